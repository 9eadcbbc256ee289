/** Bytes of a master key (RFC 3711, section 8.2). */
export const MASTER_KEY_LENGTH = 16;
/** Bytes of a master salt. */
export const MASTER_SALT_LENGTH = 14;
/** Bytes of both, one after the other, as SDES and MIKEY carry them. */
export const KEY_AND_SALT_LENGTH = MASTER_KEY_LENGTH + MASTER_SALT_LENGTH;
/** Bytes of a master key identifier at most (RFC 4568, section 6.1). */
export const MOST_MKI_LENGTH = 128;

/** What the keys of a session are derived from (RFC 3711, section 3.2.1). */
export interface MasterKey {
  /** {@linkcode MASTER_KEY_LENGTH} bytes. */
  key: Uint8Array;
  /** {@linkcode MASTER_SALT_LENGTH} bytes. */
  salt: Uint8Array;
  /** What packets name it by, 1 … {@linkcode MOST_MKI_LENGTH} bytes; undefined where they do not. */
  mki?: Uint8Array;
}

/**
 * A master key from key and salt in one.
 * @param bytes {@linkcode KEY_AND_SALT_LENGTH}, of which views are kept
 * @throws {RangeError} when they are more or fewer
 */
export function masterKeyFrom(bytes: Uint8Array, mki?: Uint8Array): MasterKey {
  if (bytes.length !== KEY_AND_SALT_LENGTH) {
    throw new RangeError(`Key and salt have ${KEY_AND_SALT_LENGTH} bytes, not ${bytes.length}`);
  }
  return {
    key: bytes.subarray(0, MASTER_KEY_LENGTH),
    salt: bytes.subarray(MASTER_KEY_LENGTH),
    ...(mki === undefined ? {} : { mki }),
  };
}

/** Key and salt in one, in memory of their own. */
export function keyAndSalt({ key, salt }: MasterKey): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(KEY_AND_SALT_LENGTH);
  bytes.set(key);
  bytes.set(salt, MASTER_KEY_LENGTH);
  return bytes;
}
