import { CRYPTO_SUITES, type CryptoSuite } from "./crypto_suite.ts";
import { KeyingError } from "./keying_error.ts";
import { KEY_AND_SALT_LENGTH, keyAndSalt, masterKeyFrom, MOST_MKI_LENGTH } from "./master_key.ts";
import { formatKeyData, KEY_TYPE, parseKeyData } from "./mikey_key_data.ts";
import { type MikeyMessage, type MikeySource, PRE_SHARED_INIT } from "./mikey_message.ts";
import type { KemacPayload, SecurityPolicyPayload } from "./mikey_payloads.ts";
import type { Keying } from "./sdes.ts";

const SRTP = 0;
const NTP_UTC = 0;
/** Bytes of RAND: 16 or more (RFC 3830, section 6.11). */
export const MIKEY_RANDOM_LENGTH = 16;
/** Bytes of a timestamp of NTP. */
export const MIKEY_TIMESTAMP_LENGTH = 8;

/** Parameters of an SRTP policy, with the defaults (RFC 3830, section 6.10.1). */
const PARAMETER = {
  encryption: { type: 0, value: 1, meaning: "AES in counter mode" },
  encryptionKeyLength: { type: 1, value: 16, meaning: "encryption keys of 16 bytes" },
  authentication: { type: 2, value: 1, meaning: "HMAC-SHA-1" },
  saltLength: { type: 4, value: 14, meaning: "salts of 14 bytes" },
  prf: { type: 5, value: 0, meaning: "keys derived by AES in counter mode" },
  derivationRate: { type: 6, value: 0, meaning: "keys derived once" },
  srtpEncryption: { type: 7, value: 1, meaning: "SRTP encrypted" },
  srtcpEncryption: { type: 8, value: 1, meaning: "SRTCP encrypted" },
  srtpAuthentication: { type: 10, value: 1, meaning: "SRTP authenticated" },
} as const;
/** Bytes of the authentication key, where the standard's readers look for them. */
const AUTHENTICATION_KEY_LENGTH = { type: 3, value: 20 } as const;
/** Bytes of the authentication tag. */
const TAG_LENGTH = { type: 11, value: 10 } as const;

/** What a message that comes with an offer or a SETUP has to say. */
export interface MikeyOffer extends Keying {
  /** The sources that the key is for. */
  sources: { ssrc: number; rollovers: number }[];
  /** Identifies the bundle of sessions, 32 bits, random. */
  bundle: number;
  /** {@linkcode MIKEY_RANDOM_LENGTH} random bytes. */
  random: Uint8Array;
  /** Now, {@linkcode MIKEY_TIMESTAMP_LENGTH} bytes of NTP. */
  timestamp: Uint8Array;
}

/**
 * A message that carries a key in the clear, for what is itself encrypted (RTSP over TLS): a
 * pre-shared key with null encryption and null authentication (RFC 3830, sections 4.2.3 and 4.2.4).
 * Key and salt stand in one TEK, as GStreamer has them.
 */
export function mikeyMessage(offer: MikeyOffer): MikeyMessage {
  const { suite, master, sources, bundle, random, timestamp } = offer;
  const { mki } = master;
  const parameters = [...Object.values(PARAMETER), { ...TAG_LENGTH, value: suite.tagLength }];
  const key = {
    type: KEY_TYPE.TEK,
    key: keyAndSalt(master),
    ...(mki === undefined ? {} : { mki }),
  };
  return {
    dataType: PRE_SHARED_INIT,
    verification: false,
    prf: 0,
    bundle,
    sources: sources.map((source) => ({ policy: 0, ...source })),
    payloads: [
      { type: "T", timestampType: NTP_UTC, value: timestamp },
      { type: "RAND", value: random },
      {
        type: "SP",
        policy: 0,
        protocol: SRTP,
        parameters: parameters.map(({ type, value }) => ({ type, value: Uint8Array.of(value) })),
      },
      {
        type: "KEMAC",
        encryption: 0,
        data: formatKeyData(key),
        macAlgorithm: 0,
        mac: new Uint8Array(0),
      },
    ],
  };
}

/**
 * What a message comes to.
 * @throws {KeyingError} when it needs a secret that we do not share, or asks for what is not known here
 * @throws {MalformedError} when its key cannot be read
 */
export function mikeyKeying(message: MikeyMessage): Keying & { sources: MikeySource[] } {
  const { dataType, payloads, sources } = message;
  const kemac = payloads.find((payload): payload is KemacPayload => payload.type === "KEMAC");
  if (dataType !== PRE_SHARED_INIT || kemac === undefined) {
    throw new KeyingError(
      `a MIKEY message of type ${dataType} brings no key that can be read here`,
    );
  }
  if (kemac.encryption !== 0) {
    throw new KeyingError("the MIKEY key is encrypted with a secret that is not known here");
  }
  const { type, key, salt, mki } = parseKeyData(kemac.data);
  if (type !== KEY_TYPE.TEK && type !== KEY_TYPE.TEK_SALT) {
    throw new KeyingError("the MIKEY key is one to generate others from, which is not known here");
  }
  const whole = new Uint8Array([...key, ...salt ?? []]);
  if (whole.length !== KEY_AND_SALT_LENGTH || (mki?.length ?? 0) > MOST_MKI_LENGTH) {
    throw new KeyingError(`key and salt have ${whole.length} bytes and not ${KEY_AND_SALT_LENGTH}`);
  }
  const policies = payloads.filter((payload): payload is SecurityPolicyPayload => {
    return payload.type === "SP" && payload.protocol === SRTP;
  });
  return { suite: suiteOf(policies[0]), master: masterKeyFrom(whole, mki), sources };
}

/** The suite of a policy; parameters that it does not name have their defaults. */
function suiteOf(policy: SecurityPolicyPayload | undefined): CryptoSuite {
  for (const parameter of Object.values(PARAMETER)) {
    const value = valueOf(policy, parameter);
    if (value === parameter.value) continue;
    const { type, meaning } = parameter;
    throw new KeyingError(
      `the MIKEY policy asks for ${value} as parameter ${type}, known here is ${meaning}`,
    );
  }
  const tagLength = tagLengthOf(policy);
  const suite = Object.values(CRYPTO_SUITES).find((suite) => suite.tagLength === tagLength);
  if (suite !== undefined) return suite;
  throw new KeyingError(`tags of ${tagLength} bytes are not known here`);
}

/**
 * Tolerance: GStreamer 1.22 writes the length of the tag as that of the key (10 or 4), and none for
 * the tag.
 */
function tagLengthOf(policy: SecurityPolicyPayload | undefined): number {
  const keyLength = valueOf(policy, AUTHENTICATION_KEY_LENGTH);
  const isTag = Object.values(CRYPTO_SUITES).some(({ tagLength }) => tagLength === keyLength);
  if (!isTag && keyLength !== AUTHENTICATION_KEY_LENGTH.value) {
    throw new KeyingError(`authentication keys of ${keyLength} bytes are not known here`);
  }
  return valueOf(policy, isTag ? { ...TAG_LENGTH, value: keyLength } : TAG_LENGTH);
}

function valueOf(
  policy: SecurityPolicyPayload | undefined,
  { type, value }: { type: number; value: number },
): number {
  const found = policy?.parameters.find((parameter) => parameter.type === type)?.value;
  return found === undefined ? value : found.reduce((sum, byte) => sum * 256 + byte, 0);
}
