import { MalformedError } from "../bytes/malformed.ts";
import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";

const ELEMENT = "MIKEY key data";
/** Kinds of keys: one that others are generated from, or one for the traffic itself. */
export const KEY_TYPE = { TGK: 0, TGK_SALT: 1, TEK: 2, TEK_SALT: 3 } as const;
/** Kinds of validity: always, by SPI or MKI, for an interval. */
const VALIDITY = { none: 0, identifier: 1, interval: 2 } as const;

/**
 * A key within a KEMAC payload (RFC 3830, section 6.13):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | next payload  | type  |  KV   |         key data len          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :                           key data                            :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :    salt len, 16 bits, and salt: with the types 1 and 3        :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :    KV data                                                    :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface MikeyKeyData {
  /** One of {@linkcode KEY_TYPE}. */
  type: number;
  key: Uint8Array;
  /** With the types that have one. */
  salt?: Uint8Array;
  /** What packets name it by; undefined where they do not. */
  mki?: Uint8Array;
}

/**
 * The first key of an unencrypted KEMAC.
 * @throws {MalformedError}
 */
export function parseKeyData(bytes: Uint8Array): MikeyKeyData {
  const reader = new ByteReader(bytes, ELEMENT);
  reader.u8(); // another key may follow, for another time
  const at = reader.position;
  const kinds = reader.u8();
  const type = kinds >> 4;
  const key = reader.take(reader.u16());
  const hasSalt = type === KEY_TYPE.TGK_SALT || type === KEY_TYPE.TEK_SALT;
  const salt = hasSalt ? reader.take(reader.u16()) : undefined;
  const mki = readValidity(reader, kinds & 0x0f, at);
  return {
    type,
    key,
    ...(salt === undefined ? {} : { salt }),
    ...(mki === undefined ? {} : { mki }),
  };
}

/** One key, and none that follows. @throws {RangeError} when a value does not fit */
export function formatKeyData({ type, key, salt, mki }: MikeyKeyData): Uint8Array<ArrayBuffer> {
  const validity = mki === undefined ? VALIDITY.none : VALIDITY.identifier;
  const writer = new ByteWriter().u8(0).u8((type << 4) + validity).u16(key.length).bytes(key);
  if (salt !== undefined) writer.u16(salt.length).bytes(salt);
  if (mki !== undefined) writer.u8(mki.length).bytes(mki);
  return writer.finish();
}

function readValidity(reader: ByteReader, validity: number, at: number): Uint8Array | undefined {
  if (validity === VALIDITY.none) return undefined;
  if (validity === VALIDITY.identifier) return reader.take(reader.u8());
  if (validity !== VALIDITY.interval) {
    throw new MalformedError(ELEMENT, at, `Unknown key validity type ${validity}`);
  }
  reader.take(reader.u8()); // valid from
  reader.take(reader.u8()); // valid to
  return undefined;
}
