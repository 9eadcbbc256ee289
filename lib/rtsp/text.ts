import { quote } from "../bytes/malformed.ts";
import type { OnTolerance } from "./tolerance.ts";

const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z|~]+$/;
const VERSION = /^RTSP\/[0-9]+\.[0-9]+$/;
const TAB = 0x09;
const SPACE = 0x20;
const DELETE = 0x7f;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether `text` is a token, RFC 2326 section 15.1. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether `text` is an RTSP-Version, RFC 2326 section 3.1; the name is case-sensitive. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Whether a character code may not stand in a line: controls other than TAB. */
export function isControl(code: number): boolean {
  return (code < SPACE && code !== TAB) || code === DELETE;
}

/** Whether any character of `text` may not stand in a line, CR and LF among them. */
export function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) return true;
  }
  return false;
}

/** `text` without spaces and tabs at its ends; other Unicode spaces are content. */
export function trimBlanks(text: string): string {
  let from = 0;
  while (from < text.length && isBlank(text.charCodeAt(from))) from++;
  return trimBlanksEnd(text.slice(from));
}

/** `text` without spaces and tabs at its end. */
export function trimBlanksEnd(text: string): string {
  let to = text.length;
  while (to > 0 && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(0, to);
}

/** Whether a character code is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** A line's text: UTF-8, or else ISO 8859-1, which is reported. */
export function decodeLine(line: Uint8Array, onTolerance?: OnTolerance): string {
  try {
    return utf8.decode(line);
  } catch {
    let text = "";
    for (const byte of line) text += String.fromCharCode(byte);
    onTolerance?.("line-not-utf-8", quote(text));
    return text;
  }
}

/** A number written in digits only, at most `most`; undefined for anything else. */
export function parseDigits(text: string, most: number): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}
