/** How packets are protected, and how much longer that makes them. */
export interface CryptoSuite {
  /** As RFC 4568, section 6.2 calls it. */
  readonly name: CryptoSuiteName;
  /** Bytes of the authentication tag of an SRTP packet. */
  readonly tagLength: number;
  /** Bytes of the authentication tag of an SRTCP packet. */
  readonly controlTagLength: number;
}

/** The suites known here: AES in counter mode with keys of 128 bits, and HMAC-SHA1. */
export type CryptoSuiteName = "AES_CM_128_HMAC_SHA1_80" | "AES_CM_128_HMAC_SHA1_32";

/** The suites by name. The shorter tag is for SRTP alone (RFC 4568, section 6.2.2). */
export const CRYPTO_SUITES: Readonly<Record<CryptoSuiteName, CryptoSuite>> = {
  AES_CM_128_HMAC_SHA1_80: { name: "AES_CM_128_HMAC_SHA1_80", tagLength: 10, controlTagLength: 10 },
  AES_CM_128_HMAC_SHA1_32: { name: "AES_CM_128_HMAC_SHA1_32", tagLength: 4, controlTagLength: 10 },
};

/** The suite that offers and answers name where they may choose. */
export const DEFAULT_CRYPTO_SUITE: CryptoSuite = CRYPTO_SUITES.AES_CM_128_HMAC_SHA1_80;

/** The suite of a name; undefined for one that is not known here. */
export function cryptoSuite(name: string): CryptoSuite | undefined {
  return Object.values(CRYPTO_SUITES).find((suite) => suite.name === name);
}
