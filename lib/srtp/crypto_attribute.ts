import { MalformedError, quote } from "../bytes/malformed.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { MOST_MKI_LENGTH } from "./master_key.ts";

const ELEMENT = "a=crypto";
/** Characters of a value at most. */
export const MOST_CRYPTO_LENGTH = 2048;
/** Keys in one value at most. */
export const MOST_CRYPTO_KEYS = 16;
/** tag, suite, keys, and what follows (RFC 4568, section 9.1). */
const VALUE = /^(\d{1,9}) +([A-Za-z0-9_]+) +(\S+)((?: +\S+)*) *$/;
const INLINE = "inline:";

/**
 * The value of an `a=crypto` line: SDP Security Descriptions (RFC 4568, section 4), such as
 * `1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4`.
 */
export interface CryptoAttribute {
  /** 0 … 999,999,999; tells the lines of one medium apart. */
  tag: number;
  /** As written, whether known or not. */
  suite: string;
  /** One or more. */
  keys: InlineKey[];
  /** Such as `UNENCRYPTED_SRTCP` and `WSH=128`, as written. */
  parameters: string[];
}

/** A master key with its salt (RFC 4568, section 6.1). */
export interface InlineKey {
  /** One after the other. */
  keyAndSalt: Uint8Array;
  /** How many packets it is for, as written: `2^20`. */
  lifetime?: string;
  /** What packets name it by, big-endian, 1 … 128 bytes. */
  mki?: Uint8Array;
}

/** @throws {MalformedError} with the character's offset; no message repeats a key */
export function parseCrypto(value: string): CryptoAttribute {
  if (value.length > MOST_CRYPTO_LENGTH) {
    throw new MalformedError(ELEMENT, MOST_CRYPTO_LENGTH, `More than ${MOST_CRYPTO_LENGTH} bytes`);
  }
  const match = VALUE.exec(value);
  if (match === null) throw new MalformedError(ELEMENT, 0, "Not a tag, a suite and keys");
  const [, tag, suite, keys, parameters] = match;
  const keysAt = value.indexOf(` ${keys}`) + 1;
  return {
    tag: Number(tag),
    suite: suite!,
    keys: parseKeys(keys!, keysAt),
    parameters: parameters!.split(" ").filter((parameter) => parameter !== ""),
  };
}

/** The value that says so. */
export function formatCrypto({ tag, suite, keys, parameters }: CryptoAttribute): string {
  return [tag, suite, keys.map(formatKey).join(";"), ...parameters].join(" ");
}

function parseKeys(text: string, at: number): InlineKey[] {
  const parts = text.split(";");
  if (parts.length > MOST_CRYPTO_KEYS) {
    throw new MalformedError(ELEMENT, at, `More than ${MOST_CRYPTO_KEYS} keys`);
  }
  return parts.map((part) => {
    const key = parseKey(part, at);
    at += part.length + 1;
    return key;
  });
}

function parseKey(text: string, at: number): InlineKey {
  if (!text.toLowerCase().startsWith(INLINE)) {
    throw new MalformedError(ELEMENT, at, `A key does not begin with "${INLINE}"`);
  }
  const [encoded = "", ...others] = text.slice(INLINE.length).split("|");
  const keyAndSalt = decodeBase64(encoded, ELEMENT, at + INLINE.length);
  const mki = others.find((other) => other.includes(":"));
  const lifetime = others.find((other) => other !== mki);
  if (others.length > 2 || (others.length === 2 && (mki === undefined || others[0] === mki))) {
    throw new MalformedError(ELEMENT, at, "Behind a key stand more than a lifetime and an MKI");
  }
  return {
    keyAndSalt,
    ...(lifetime === undefined ? {} : { lifetime: parseLifetime(lifetime, at) }),
    ...(mki === undefined ? {} : { mki: parseMki(mki, at) }),
  };
}

function parseLifetime(text: string, at: number): string {
  if (/^(?:2\^)?\d{1,15}$/.test(text)) return text;
  throw new MalformedError(ELEMENT, at, `${quote(text)} is no lifetime`);
}

/** A decimal number, and in how many bytes packets carry it. */
function parseMki(text: string, at: number): Uint8Array {
  const [, number, length] = /^(\d{1,310}):(\d{1,3})$/.exec(text) ?? [];
  const bytes = new Uint8Array(Math.min(Number(length ?? 0), MOST_MKI_LENGTH));
  let rest = BigInt(number ?? 0);
  for (let i = bytes.length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  if (bytes.length === 0 || Number(length) > MOST_MKI_LENGTH || rest > 0n) {
    throw new MalformedError(ELEMENT, at, `${quote(text)} is no MKI and its length`);
  }
  return bytes;
}

function formatKey({ keyAndSalt, lifetime, mki }: InlineKey): string {
  const parts = [INLINE + encodeBase64(keyAndSalt)];
  if (lifetime !== undefined) parts.push(lifetime);
  if (mki !== undefined) {
    const number = mki.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    parts.push(`${number}:${mki.length}`);
  }
  return parts.join("|");
}
