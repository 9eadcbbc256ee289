import type { CryptoAttribute } from "./crypto_attribute.ts";
import { type CryptoSuite, cryptoSuite } from "./crypto_suite.ts";
import { KeyingError } from "./keying_error.ts";
import { KEY_AND_SALT_LENGTH, keyAndSalt, type MasterKey, masterKeyFrom } from "./master_key.ts";

/** How packets are protected, and with which key. */
export interface Keying {
  suite: CryptoSuite;
  master: MasterKey;
}

/** A session parameter that changes nothing for who receives (RFC 4568, section 6.3.6). */
const WINDOW_HINT = /^WSH=\d+$/i;

/**
 * What an `a=crypto` line comes to. Of several keys the first is used (which one a packet is made
 * with, its MKI tells).
 * @throws {KeyingError} when it asks for what is not known here
 */
export function keyingOf({ suite: name, keys, parameters }: CryptoAttribute): Keying {
  const suite = cryptoSuite(name);
  if (suite === undefined) throw new KeyingError(`the suite ${name} is not known here`);
  // Who offers what begins with - can do without it (section 6.3.7).
  const needed = parameters.find((parameter) => {
    return !parameter.startsWith("-") && !WINDOW_HINT.test(parameter);
  });
  if (needed !== undefined) throw new KeyingError(`${needed} is not known here`);
  const [key] = keys;
  if (key?.keyAndSalt.length !== KEY_AND_SALT_LENGTH) {
    const length = key?.keyAndSalt.length ?? 0;
    throw new KeyingError(`key and salt have ${length} bytes and not ${KEY_AND_SALT_LENGTH}`);
  }
  return { suite, master: masterKeyFrom(key.keyAndSalt, key.mki) };
}

/** The `a=crypto` line that offers a key, with the tag 1. */
export function cryptoOffer({ suite, master }: Keying): CryptoAttribute {
  const { mki } = master;
  const key = { keyAndSalt: keyAndSalt(master), ...(mki === undefined ? {} : { mki }) };
  return { tag: 1, suite: suite.name, keys: [key], parameters: [] };
}
