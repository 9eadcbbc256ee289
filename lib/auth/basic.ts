import { MalformedError } from "../bytes/malformed.ts";
import { isScheme } from "./auth_value.ts";
import { constantTimeEqual } from "./constant_time.ts";
import type { Credentials } from "./credentials.ts";

/** A user name and a password. */
export interface UserPassword {
  /** Without a colon when used with Basic. */
  username: string;
  password: string;
}

/**
 * Basic credentials (RFC 7617, 2), encoded as UTF-8.
 * @throws {RangeError} when the user name has a colon in it
 */
export function basicCredentials(user: UserPassword): Credentials {
  if (user.username.includes(":")) {
    throw new RangeError("A user name for Basic must not have a colon in it");
  }
  const bytes = new TextEncoder().encode(`${user.username}:${user.password}`);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { scheme: "Basic", token68: btoa(binary), parameters: new Map() };
}

/**
 * The user name and password in Basic credentials; `undefined` when they are of another scheme.
 * Bytes that are not UTF-8 are read as ISO 8859-1, which is what older clients send.
 * @throws {MalformedError} when they are not base64, or have no colon; the value is never shown
 */
export function readBasic(credentials: Credentials): UserPassword | undefined {
  if (!isScheme(credentials, "Basic")) return undefined;
  const text = decode(credentials.token68 ?? "");
  const colon = text.indexOf(":");
  if (colon < 0) throw new MalformedError("Authorization", 0, "Basic credentials have no colon");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Whether Basic credentials are those of `user`. The time it takes does not depend on which part
 * is wrong.
 * @throws {MalformedError} as {@linkcode readBasic} does
 */
export function verifyBasic(credentials: Credentials, user: UserPassword): boolean {
  const given = readBasic(credentials);
  if (given === undefined) return false;
  const sameName = constantTimeEqual(given.username, user.username);
  const samePassword = constantTimeEqual(given.password, user.password);
  return sameName && samePassword;
}

function decode(base64: string): string {
  let latin: string;
  try {
    latin = atob(base64);
  } catch {
    throw new MalformedError("Authorization", 0, "Basic credentials are not base64");
  }
  try {
    const bytes = Uint8Array.from(latin, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin;
  }
}
