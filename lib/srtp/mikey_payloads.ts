import { MalformedError } from "../bytes/malformed.ts";
import type { ByteReader } from "../bytes/reader.ts";
import type { ByteWriter } from "../bytes/writer.ts";

const ELEMENT = "MIKEY";

/** What says which payload comes next (RFC 3830, section 6.1). */
export const PAYLOAD = {
  last: 0,
  kemac: 1,
  timestamp: 5,
  identity: 6,
  securityPolicy: 10,
  random: 11,
  generalExtension: 21,
} as const;

/** Bytes of a timestamp, by its type: NTP-UTC, NTP, a counter (section 6.6). */
const TIMESTAMP_LENGTHS: readonly number[] = [8, 8, 4];
/** Bytes of a MAC, by its algorithm: none, HMAC-SHA-1-160 (section 6.2). */
const MAC_LENGTHS: readonly number[] = [0, 20];

/** One payload of a message. All begin with a byte that names the next one. */
export type MikeyPayload =
  | KemacPayload
  | SecurityPolicyPayload
  | { type: "T"; timestampType: number; value: Uint8Array }
  | { type: "RAND"; value: Uint8Array }
  | { type: "ID"; idType: number; value: Uint8Array }
  | { type: "extension"; extensionType: number; value: Uint8Array };

/**
 * Keys, encrypted or not (RFC 3830, section 6.2):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | next payload  |   encr alg    |         encr data len         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :                           encr data                           :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    mac alg    |                      MAC                      :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface KemacPayload {
  type: "KEMAC";
  /** 0 for none */
  encryption: number;
  /** Key data payloads, see `parseKeyData`. */
  data: Uint8Array;
  /** 0 for none */
  macAlgorithm: number;
  mac: Uint8Array;
}

/**
 * How packets are to be protected (RFC 3830, section 6.10):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | next payload  |   policy no   |   prot type   | policy param  :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :    length     | type, length and value of each parameter      :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface SecurityPolicyPayload {
  type: "SP";
  policy: number;
  /** 0 for SRTP */
  protocol: number;
  parameters: { type: number; value: Uint8Array }[];
}

/**
 * Reads one payload.
 * @param type what the payload before said
 * @returns the payload, and the type of the next
 * @throws {MalformedError} when it is cut short, or of a type that pre-shared keys do not need, whose
 * end cannot be told
 */
export function readPayload(
  reader: ByteReader,
  type: number,
): { payload: MikeyPayload; next: number } {
  const at = reader.position;
  const next = reader.u8();
  switch (type) {
    case PAYLOAD.kemac:
      return { payload: readKemac(reader), next };
    case PAYLOAD.securityPolicy:
      return { payload: readSecurityPolicy(reader), next };
    case PAYLOAD.timestamp: {
      const timestampType = reader.u8();
      const length = lengthOf(TIMESTAMP_LENGTHS, timestampType, "timestamp", at);
      return { payload: { type: "T", timestampType, value: reader.take(length) }, next };
    }
    case PAYLOAD.random:
      return { payload: { type: "RAND", value: reader.take(reader.u8()) }, next };
    case PAYLOAD.identity: {
      const idType = reader.u8();
      return { payload: { type: "ID", idType, value: reader.take(reader.u16()) }, next };
    }
    case PAYLOAD.generalExtension: {
      const extensionType = reader.u8();
      const value = reader.take(reader.u16());
      return { payload: { type: "extension", extensionType, value }, next };
    }
    default:
      throw new MalformedError(
        ELEMENT,
        at,
        `Payload type ${type} does not go with pre-shared keys`,
      );
  }
}

/** Writes one payload, with the type of the next. @throws {RangeError} when a value does not fit */
export function writePayload(writer: ByteWriter, payload: MikeyPayload, next: number): void {
  writer.u8(next);
  switch (payload.type) {
    case "KEMAC":
      writer.u8(payload.encryption).u16(payload.data.length).bytes(payload.data)
        .u8(payload.macAlgorithm).bytes(payload.mac);
      return;
    case "SP": {
      const { policy, protocol, parameters } = payload;
      const length = parameters.reduce((sum, { value }) => sum + 2 + value.length, 0);
      writer.u8(policy).u8(protocol).u16(length);
      for (const { type, value } of parameters) writer.u8(type).u8(value.length).bytes(value);
      return;
    }
    case "T":
      writer.u8(payload.timestampType).bytes(payload.value);
      return;
    case "RAND":
      writer.u8(payload.value.length).bytes(payload.value);
      return;
    case "ID":
      writer.u8(payload.idType).u16(payload.value.length).bytes(payload.value);
      return;
    case "extension":
      writer.u8(payload.extensionType).u16(payload.value.length).bytes(payload.value);
  }
}

/** The number that names a payload. */
export function payloadType({ type }: MikeyPayload): number {
  return {
    KEMAC: PAYLOAD.kemac,
    SP: PAYLOAD.securityPolicy,
    T: PAYLOAD.timestamp,
    RAND: PAYLOAD.random,
    ID: PAYLOAD.identity,
    extension: PAYLOAD.generalExtension,
  }[type];
}

function readKemac(reader: ByteReader): KemacPayload {
  const encryption = reader.u8();
  const data = reader.take(reader.u16());
  const at = reader.position;
  const macAlgorithm = reader.u8();
  const mac = reader.take(lengthOf(MAC_LENGTHS, macAlgorithm, "MAC", at));
  return { type: "KEMAC", encryption, data, macAlgorithm, mac };
}

function readSecurityPolicy(reader: ByteReader): SecurityPolicyPayload {
  const policy = reader.u8();
  const protocol = reader.u8();
  const length = reader.u16();
  const end = reader.position + length;
  const parameters: SecurityPolicyPayload["parameters"] = [];
  while (reader.position < end) {
    const type = reader.u8();
    parameters.push({ type, value: reader.take(reader.u8()) });
  }
  if (reader.position === end) return { type: "SP", policy, protocol, parameters };
  throw new MalformedError(ELEMENT, end, "A policy's parameters go beyond its length");
}

function lengthOf(lengths: readonly number[], type: number, what: string, at: number): number {
  const length = lengths[type];
  if (length === undefined) throw new MalformedError(ELEMENT, at, `Unknown ${what} type ${type}`);
  return length;
}
