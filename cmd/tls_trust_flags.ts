import { fromHex } from "../lib/bytes/hex.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import { LocalError, UsageError } from "./exit_status.ts";

/** The flags that say what is trusted. */
export interface TrustFlags {
  "tls-ca": string | undefined;
  "tls-fingerprint": string | undefined;
}

const SHA256_BYTES = 32;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * What is trusted beside the authorities that this machine knows.
 * @returns undefined for nothing
 * @throws {UsageError} when both are given, or the fingerprint is none
 * @throws {LocalError} when the file cannot be read, or holds no certificate
 */
export async function readTrust(flags: TrustFlags): Promise<TlsTrust | undefined> {
  const { "tls-ca": file, "tls-fingerprint": fingerprint } = flags;
  if (file !== undefined && fingerprint !== undefined) {
    throw new UsageError("--tls-ca and --tls-fingerprint do not go together: one is enough");
  }
  if (file !== undefined) return { authorities: await certificatesIn(file, `--tls-ca ${file}`) };
  if (fingerprint === undefined) return undefined;
  const bytes = readFingerprint(fingerprint);
  if (bytes !== undefined) return { fingerprint: bytes };
  throw noFingerprint(`--tls-fingerprint ${JSON.stringify(fingerprint)}`);
}

/** @param flag as typed, with its value */
export function noFingerprint(flag: string): UsageError {
  return new UsageError(`${flag} is no SHA-256: ${2 * SHA256_BYTES} hex digits`);
}

/**
 * The certificates in a PEM file.
 * @param flag as typed, with its value
 * @throws {LocalError} (as a rejection) when it cannot be read, or holds none
 */
export async function certificatesIn(file: string, flag: string): Promise<string[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new LocalError(`${flag}: cannot read it (name a PEM file)`, { cause: error });
  }
  const found = text.match(CERTIFICATE);
  if (found !== null) return found;
  throw new LocalError(`${flag}: no certificate in it (PEM has BEGIN CERTIFICATE)`);
}

/** Whether a text can only be meant as a fingerprint, though digits of it may be missing. */
export function looksLikeFingerprint(text: string): boolean {
  return /^(sha-?256[:=])?[0-9a-f:]{40,}$/i.test(text);
}

/** 64 hexadecimal digits, with colons between bytes or without; undefined for anything else. */
export function readFingerprint(text: string): Uint8Array | undefined {
  const digits = text.replace(/^sha-?256[:=]/i, "").replaceAll(":", "");
  if (!/^[0-9a-f]*$/i.test(digits) || digits.length !== 2 * SHA256_BYTES) return undefined;
  return fromHex(digits);
}
