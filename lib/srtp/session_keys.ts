import { counterMode } from "./counter_mode.ts";
import { MASTER_KEY_LENGTH, MASTER_SALT_LENGTH, type MasterKey } from "./master_key.ts";

/** Bytes of a key for HMAC-SHA1 (RFC 3711, section 5.2). */
const AUTHENTICATION_KEY_LENGTH = 20;
/** Where the label is added to the master salt: above an index of 48 bits, which is 0 here. */
const LABEL_AT = MASTER_SALT_LENGTH - 7;
/** A counter's length: the salt, and 16 bits that count blocks. */
const COUNTER_LENGTH = 16;

/** What a key is derived for (RFC 3711, section 4.3.2). */
const LABEL = {
  encryption: 0x00,
  authentication: 0x01,
  salt: 0x02,
  controlEncryption: 0x03,
  controlAuthentication: 0x04,
  controlSalt: 0x05,
} as const;

/** The keys of one kind of packets. */
export interface PacketKeys {
  /** For AES, 16 bytes. */
  encryption: Uint8Array;
  /** For HMAC-SHA1, 20 bytes. */
  authentication: Uint8Array;
  /** 14 bytes */
  salt: Uint8Array;
}

/** The keys of a session (RFC 3711, section 4.3). */
export interface SessionKeys {
  rtp: PacketKeys;
  rtcp: PacketKeys;
}

/**
 * Derives a session's keys by AES in counter mode, once: with a key derivation rate of 0
 * (RFC 3711, section 4.3).
 * @throws {RangeError} when key or salt has a wrong length
 */
export function deriveSessionKeys({ key, salt }: MasterKey): SessionKeys {
  if (key.length !== MASTER_KEY_LENGTH || salt.length !== MASTER_SALT_LENGTH) {
    throw new RangeError(`A key of ${key.length} bytes and a salt of ${salt.length} fit no suite`);
  }
  const derive = (label: number, length: number): Uint8Array => {
    const counter = new Uint8Array(COUNTER_LENGTH);
    counter.set(salt);
    counter[LABEL_AT]! ^= label;
    return counterMode(key, counter, new Uint8Array(length));
  };
  return {
    rtp: {
      encryption: derive(LABEL.encryption, MASTER_KEY_LENGTH),
      authentication: derive(LABEL.authentication, AUTHENTICATION_KEY_LENGTH),
      salt: derive(LABEL.salt, MASTER_SALT_LENGTH),
    },
    rtcp: {
      encryption: derive(LABEL.controlEncryption, MASTER_KEY_LENGTH),
      authentication: derive(LABEL.controlAuthentication, AUTHENTICATION_KEY_LENGTH),
      salt: derive(LABEL.controlSalt, MASTER_SALT_LENGTH),
    },
  };
}
