import { MalformedError } from "../bytes/malformed.ts";
import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";
import {
  type MikeyPayload,
  PAYLOAD,
  payloadType,
  readPayload,
  writePayload,
} from "./mikey_payloads.ts";

const ELEMENT = "MIKEY";
/** The version there is (RFC 3830, section 6.1). */
export const MIKEY_VERSION = 1;
/** The data type of the initiator's message with a pre-shared key. */
export const PRE_SHARED_INIT = 0;
/** The CS ID map type of SRTP. */
const SRTP_ID_MAP = 0;
const VERIFICATION_BIT = 0x80;
const PRF_MASK = 0x7f;
/** Payloads of one message at most; a message has about five. */
export const MOST_MIKEY_PAYLOADS = 32;
/** Bytes of a message at most. */
export const MOST_MIKEY_LENGTH = 8192;

/**
 * A MIKEY message (RFC 3830). Its common header (section 6.1), which the first payload follows:
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    version    |   data type   | next payload  |V|  PRF func   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                            CSB ID                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      #CS      | CS ID map type|   policy no   |      SSRC     :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :                                               |      ROC      :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :                                               | policy no, …  :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface MikeyMessage {
  /** {@linkcode PRE_SHARED_INIT} for what is used here. */
  dataType: number;
  /** V: the responder shall answer. */
  verification: boolean;
  /** 0 for MIKEY-1 */
  prf: number;
  /** Identifies the bundle of sessions, 32 bits, random. */
  bundle: number;
  /** The sources that the key is for. */
  sources: MikeySource[];
  payloads: MikeyPayload[];
}

/** One source (RFC 3830, section 6.1.1). */
export interface MikeySource {
  policy: number;
  ssrc: number;
  /** How often its sequence numbers have begun anew. */
  rollovers: number;
}

/** @throws {MalformedError} */
export function parseMikey(bytes: Uint8Array): MikeyMessage {
  if (bytes.length > MOST_MIKEY_LENGTH) {
    throw new MalformedError(ELEMENT, MOST_MIKEY_LENGTH, `More than ${MOST_MIKEY_LENGTH} bytes`);
  }
  const reader = new ByteReader(bytes, ELEMENT);
  const version = reader.u8();
  if (version !== MIKEY_VERSION) {
    throw new MalformedError(ELEMENT, 0, `Version ${version} is not ${MIKEY_VERSION}`);
  }
  const dataType = reader.u8();
  const first = reader.u8();
  const flags = reader.u8();
  const bundle = reader.u32();
  const sources = readSources(reader);
  const payloads = readPayloads(reader, first);
  const verification = (flags & VERIFICATION_BIT) !== 0;
  return { dataType, verification, prf: flags & PRF_MASK, bundle, sources, payloads };
}

/** @throws {RangeError} when a value does not fit */
export function formatMikey(message: MikeyMessage): Uint8Array<ArrayBuffer> {
  const { dataType, verification, prf, bundle, sources, payloads } = message;
  const types = [...payloads.map(payloadType), PAYLOAD.last];
  const writer = new ByteWriter();
  writer.u8(MIKEY_VERSION).u8(dataType).u8(types[0]!)
    .u8((verification ? VERIFICATION_BIT : 0) + prf).u32(bundle)
    .u8(sources.length).u8(SRTP_ID_MAP);
  for (const { policy, ssrc, rollovers } of sources) writer.u8(policy).u32(ssrc).u32(rollovers);
  payloads.forEach((payload, i) => writePayload(writer, payload, types[i + 1]!));
  return writer.finish();
}

function readSources(reader: ByteReader): MikeySource[] {
  const count = reader.u8();
  const at = reader.position;
  const mapType = reader.u8();
  if (mapType !== SRTP_ID_MAP) {
    throw new MalformedError(ELEMENT, at, `CS ID map type ${mapType} is not that of SRTP`);
  }
  return Array.from({ length: count }, () => {
    return { policy: reader.u8(), ssrc: reader.u32(), rollovers: reader.u32() };
  });
}

function readPayloads(reader: ByteReader, first: number): MikeyPayload[] {
  const payloads: MikeyPayload[] = [];
  for (let type = first; type !== PAYLOAD.last;) {
    if (payloads.length === MOST_MIKEY_PAYLOADS) {
      const problem = `More than ${MOST_MIKEY_PAYLOADS} payloads`;
      throw new MalformedError(ELEMENT, reader.position, problem);
    }
    const { payload, next } = readPayload(reader, type);
    payloads.push(payload);
    type = next;
  }
  if (reader.remaining === 0) return payloads;
  throw new MalformedError(ELEMENT, reader.position, "Something follows the last payload");
}
