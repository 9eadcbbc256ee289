import { MalformedError } from "../bytes/malformed.ts";
import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";

/** Static RTP payload type of JPEG (RFC 3551 table 5). */
export const JPEG_PAYLOAD_TYPE = 26;
/** RTP clock rate of JPEG in Hz. */
export const JPEG_CLOCK_RATE = 90_000;

export const MAIN_HEADER_LENGTH = 8;
export const RESTART_HEADER_LENGTH = 4;
export const QUANTIZATION_HEADER_LENGTH = 4;

/** Added to types 0 and 1 when the scan has restart markers; types up to 127 have the header. */
export const TYPE_RESTART = 64;
const TYPE_DYNAMIC = 128;
/** From this Q on, tables travel in band. */
export const Q_IN_BAND = 128;
/** The Q whose tables may change with every frame, so that every frame has them. */
export const Q_EVERY_FRAME = 255;
/** Sides travel in units of this many pixels. */
export const SIDE_UNIT = 8;
/** Largest side the main header can tell, in pixels. */
export const LARGEST_SIDE = 255 * SIDE_UNIT;
export const MOST_FRAGMENT_OFFSET = 0xff_ffff;
/** Restart count of a payload that is not cut at restart intervals; F and L are then 1 as well. */
export const RESTART_COUNT_UNALIGNED = 0x3fff;

const FIRST_BIT = 0x8000;
const LAST_BIT = 0x4000;
const COUNT_MASK = 0x3fff;

/** Restart marker header (RFC 2435 section 3.1.7), in every packet of types 64 … 127. */
export interface RestartHeader {
  /** MCUs between restart markers, 1 … 65,535. */
  readonly interval: number;
  /** F: a restart interval begins with this payload. */
  readonly first: boolean;
  /** L: one ends with it. */
  readonly last: boolean;
  /** 14 bits: which interval begins here. */
  readonly count: number;
}

/** Quantization table header (RFC 2435 section 3.1.8), at offset 0 when Q is 128 … 255. */
export interface QuantizationHeader {
  /** MBZ: 0; some senders write other values. */
  readonly mbz: number;
  /** Bit i is set when table i has entries of 16 bits. */
  readonly precision: number;
  /** The tables one behind the other, zig-zag order; empty when they were sent before. */
  readonly tables: Uint8Array;
}

/**
 * RTP payload of JPEG: RFC 2435 section 3.1.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Type-specific |              Fragment Offset                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Type     |       Q       |     Width     |     Height    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       Restart Interval        |F|L|       Restart Count       |  types 64 … 127
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      MBZ      |   Precision   |             Length            |  Q 128 … 255,
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  offset 0
 * |                    Quantization Table Data                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         JPEG scan data                        |
 * ```
 */
export interface JpegPayload {
  /** 0 for progressively scanned video; 1, 2, 3 for fields. */
  readonly typeSpecific: number;
  /** Where in the frame's scan `data` begins, in bytes; 24 bits. */
  readonly fragmentOffset: number;
  /** 0 is 4:2:2, 1 is 4:2:0, 64 and 65 the same with restart markers. */
  readonly type: number;
  /** 1 … 99: tables by formula; 128 … 255: tables in band; others reserved. */
  readonly q: number;
  /** Pixels, a multiple of 8 up to 2,040; 0 when the session description tells. */
  readonly width: number;
  /** Pixels, likewise. */
  readonly height: number;
  readonly restart: RestartHeader | undefined;
  readonly quantization: QuantizationHeader | undefined;
  /** Entropy-coded data. */
  readonly data: Uint8Array;
}

const ELEMENT = "JPEG payload";

/**
 * Reads the payload of an RTP packet of JPEG. Views share its bytes. Values that RFC 2435 reserves
 * are returned as they stand.
 *
 * @throws {MalformedError} when a header is cut short, or the restart interval is 0
 */
export function parseJpegPayload(bytes: Uint8Array): JpegPayload {
  const reader = new ByteReader(bytes, ELEMENT);
  const typeSpecific = reader.u8();
  const fragmentOffset = reader.u24();
  const type = reader.u8();
  const q = reader.u8();
  const width = reader.u8() * SIDE_UNIT;
  const height = reader.u8() * SIDE_UNIT;
  const restart = hasRestartHeader(type) ? readRestartHeader(reader) : undefined;
  const withTables = q >= Q_IN_BAND && fragmentOffset === 0;
  const quantization = withTables ? readQuantizationHeader(reader) : undefined;
  const data = reader.rest();
  return { typeSpecific, fragmentOffset, type, q, width, height, restart, quantization, data };
}

/** Whether payloads of this type have a restart marker header. */
export function hasRestartHeader(type: number): boolean {
  return type >= TYPE_RESTART && type < TYPE_DYNAMIC;
}

function readRestartHeader(reader: ByteReader): RestartHeader {
  const interval = reader.u16();
  if (interval === 0) {
    throw new MalformedError(ELEMENT, reader.position - 2, "The restart interval is 0");
  }
  const bits = reader.u16();
  const first = (bits & FIRST_BIT) !== 0, last = (bits & LAST_BIT) !== 0;
  return { interval, first, last, count: bits & COUNT_MASK };
}

function readQuantizationHeader(reader: ByteReader): QuantizationHeader {
  const mbz = reader.u8();
  const precision = reader.u8();
  return { mbz, precision, tables: reader.take(reader.u16()) };
}

/**
 * Writes a payload as {@linkcode parseJpegPayload} reads it.
 * @throws {RangeError} when a value does not fit its field, or a header is missing or too many
 */
export function formatJpegPayload(payload: JpegPayload): Uint8Array<ArrayBuffer> {
  const { restart, quantization } = payload;
  if (hasRestartHeader(payload.type) !== (restart !== undefined)) {
    throw new RangeError(`Types 64 to 127 and no others have a restart header: ${payload.type}`);
  }
  const withTables = payload.q >= Q_IN_BAND && payload.fragmentOffset === 0;
  if (withTables !== (quantization !== undefined)) {
    throw new RangeError("Offset 0 with Q of 128 or more, and only it, has a quantization header");
  }
  const writer = new ByteWriter(MAIN_HEADER_LENGTH + payload.data.length + 256);
  writer.u8(payload.typeSpecific).u24(payload.fragmentOffset).u8(payload.type).u8(payload.q);
  writer.u8(payload.width / SIDE_UNIT).u8(payload.height / SIDE_UNIT);
  if (restart) {
    const flags = (restart.first ? FIRST_BIT : 0) | (restart.last ? LAST_BIT : 0);
    if (restart.count > COUNT_MASK) throw new RangeError(`${restart.count} does not fit 14 bits`);
    writer.u16(restart.interval).u16(flags | restart.count);
  }
  if (quantization) {
    const { mbz, precision, tables } = quantization;
    writer.u8(mbz).u8(precision).u16(tables.length).bytes(tables);
  }
  return writer.bytes(payload.data).finish();
}
