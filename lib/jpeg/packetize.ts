import { type Carriable, carriage, type NotCarriable } from "./carriage.ts";
import type { JpegInfo } from "./inspect.ts";
import { Marker, MARKER_LENGTH, MARKER_PREFIX } from "./markers.ts";
import {
  formatJpegPayload,
  MAIN_HEADER_LENGTH,
  MOST_FRAGMENT_OFFSET,
  Q_EVERY_FRAME,
  QUANTIZATION_HEADER_LENGTH,
  RESTART_COUNT_UNALIGNED,
  RESTART_HEADER_LENGTH,
  type RestartHeader,
} from "./rtp_payload.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Room before each payload for exactly an RTP header without CSRC and extension. */
export const RTP_HEADROOM = 12;

const TABLES_LENGTH = 2 * BLOCK_SIZE;
/** Bytes of type-specific that come before the fragment offset. */
const FRAGMENT_OFFSET_AT = 1;

/** Smallest `maxPayload`: all headers of a first packet and one byte of the scan. */
export const SMALLEST_PAYLOAD = MAIN_HEADER_LENGTH + RESTART_HEADER_LENGTH +
  QUANTIZATION_HEADER_LENGTH + TABLES_LENGTH + 1;

/**
 * The packets of a frame in one buffer. Packet `i` is
 * `buffer.subarray(offsets[i], offsets[i] + lengths[i])`: {@linkcode RTP_HEADROOM} bytes for the
 * sender to write its RTP header into, then the payload. The last one takes the marker. What the
 * buffer holds in headrooms and gaps means nothing.
 */
export interface PacketizedFrame {
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Bytes before each packet that belong to none. */
  readonly gap: number;
  /** Where packets begin in `buffer`. */
  readonly offsets: Uint32Array<ArrayBuffer>;
  /** Their lengths in bytes, headroom included. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly packetCount: number;
  /** Bytes of all payloads. */
  readonly payloadBytes: number;
  /** Whatever the sender keeps about it. */
  prepared: unknown;
}

/** How {@linkcode packetizeJpeg} cuts. */
export interface PacketizeOptions {
  /** Most bytes a payload, {@linkcode SMALLEST_PAYLOAD} or more, RTP header not counted. */
  maxPayload: number;
  /** Bytes to be left free before each packet, default 0. */
  gap?: number;
}

/** Thrown for a picture that RFC 2435 cannot carry; ask {@linkcode carriage} before. */
export class CarriageError extends Error {
  /** @param reason what is in the way */
  constructor(readonly reason: NotCarriable) {
    super(`RFC 2435 cannot carry this JPEG: ${reason.obstacle}`);
    this.name = "CarriageError";
  }
}

/**
 * Cuts a JPEG file into RTP payloads in the form that every known receiver decodes: Q 255 with two
 * tables of 8 bits in each frame, EOI kept, restart headers that claim no alignment (RFC 2435
 * sections 3.1 and 4).
 *
 * @param info what {@linkcode inspectJpeg} says about `jpeg`
 * @throws {CarriageError} when RFC 2435 cannot carry the picture
 * @throws {RangeError} when `maxPayload` is too small
 */
export function packetizeJpeg(
  jpeg: Uint8Array,
  info: JpegInfo,
  { maxPayload, gap = 0 }: PacketizeOptions,
): PacketizedFrame {
  if (!(maxPayload >= SMALLEST_PAYLOAD)) {
    throw new RangeError(`A payload has ${SMALLEST_PAYLOAD} bytes or more, not ${maxPayload}`);
  }
  const way = carriage(info);
  if (!way.ok) throw new CarriageError(way);
  const scan = scanWithEoi(jpeg, info);
  let first = headers.get(way);
  if (first === undefined) headers.set(way, first = firstHeaders(way, info.restartInterval));
  const later = first.subarray(0, first.length - QUANTIZATION_HEADER_LENGTH - TABLES_LENGTH);
  const inFirst = Math.min(scan.length, Math.floor(maxPayload) - first.length);
  const inLater = Math.floor(maxPayload) - later.length;
  const packetCount = 1 + Math.ceil((scan.length - inFirst) / inLater);
  const payloadBytes = first.length + (packetCount - 1) * later.length + scan.length;
  const buffer = new Uint8Array(payloadBytes + packetCount * (gap + RTP_HEADROOM));
  const offsets = new Uint32Array(packetCount);
  const lengths = new Uint32Array(packetCount);
  // The scan comes in whole, at the end of the buffer; from there each part moves to the front, where
  // everything before it is done with.
  const scanAt = buffer.length - scan.length;
  buffer.set(scan, scanAt);
  let at = 0;
  let taken = 0;
  for (let i = 0; i < packetCount; i++) {
    const header = i === 0 ? first : later;
    const end = Math.min(taken + (i === 0 ? inFirst : inLater), scan.length);
    const packetAt = at + gap;
    const headerAt = packetAt + RTP_HEADROOM;
    const dataAt = headerAt + header.length;
    buffer.set(header, headerAt);
    patchU24(buffer, headerAt + FRAGMENT_OFFSET_AT, taken);
    buffer.copyWithin(dataAt, scanAt + taken, scanAt + end);
    offsets[i] = packetAt;
    at = dataAt + end - taken;
    lengths[i] = at - packetAt;
    taken = end;
  }
  return { buffer, gap, offsets, lengths, packetCount, payloadBytes, prepared: undefined };
}

/** The scan with EOI behind it: a view of the file where they stand together, as they mostly do. */
function scanWithEoi(jpeg: Uint8Array, { scanStart, scanEnd }: JpegInfo): Uint8Array {
  const end = scanEnd + MARKER_LENGTH;
  if (jpeg[scanEnd] === MARKER_PREFIX && jpeg[scanEnd + 1] === Marker.EOI) {
    return jpeg.subarray(scanStart, end);
  }
  const copy = new Uint8Array(end - scanStart);
  copy.set(jpeg.subarray(scanStart, scanEnd));
  copy[copy.length - 2] = MARKER_PREFIX;
  copy[copy.length - 1] = Marker.EOI;
  return copy;
}

/** Of pictures carried the same way: those of a stream, mostly. */
const headers = new WeakMap<Carriable, Uint8Array>();

/** All headers of the first packet; those of the others are its beginning. */
function firstHeaders(way: Carriable, restartInterval: number): Uint8Array {
  const tables = new Uint8Array(TABLES_LENGTH);
  tables.set(way.luminance);
  tables.set(way.chrominance, BLOCK_SIZE);
  const restart: RestartHeader | undefined = restartInterval === 0
    ? undefined
    : { interval: restartInterval, first: true, last: true, count: RESTART_COUNT_UNALIGNED };
  const { type, width, height } = way;
  const quantization = { mbz: 0, precision: 0, tables };
  const data = new Uint8Array();
  const q = Q_EVERY_FRAME;
  const main = { typeSpecific: 0, fragmentOffset: 0, type, q, width, height };
  return formatJpegPayload({ ...main, restart, quantization, data });
}

function patchU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value & MOST_FRAGMENT_OFFSET) >> 16;
  bytes[at + 1] = (value >> 8) & 0xff;
  bytes[at + 2] = value & 0xff;
}
