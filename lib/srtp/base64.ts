import { MalformedError } from "../bytes/malformed.ts";

/**
 * Bytes from base64.
 * @param element what is being read, for errors; the text is not repeated in them, as it may be a key
 * @throws {MalformedError} when it is none
 */
export function decodeBase64(text: string, element: string, at: number): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new MalformedError(element, at, `${text.length} characters are not base64`);
  }
}

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
