import { MalformedError } from "../bytes/malformed.ts";
import { MARKER_PREFIX, PrefixSearch } from "./prefix_search.ts";

/** Marker codes of ITU-T T.81 table B.1: the second byte, behind 0xFF. */
export const Marker = {
  TEM: 0x01,
  SOF0: 0xc0,
  SOF1: 0xc1,
  SOF2: 0xc2,
  SOF3: 0xc3,
  DHT: 0xc4,
  SOF5: 0xc5,
  SOF7: 0xc7,
  JPG: 0xc8,
  SOF9: 0xc9,
  SOF11: 0xcb,
  DAC: 0xcc,
  SOF13: 0xcd,
  SOF15: 0xcf,
  RST0: 0xd0,
  RST7: 0xd7,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DNL: 0xdc,
  DRI: 0xdd,
  DHP: 0xde,
  EXP: 0xdf,
  APP0: 0xe0,
  APP14: 0xee,
  APP15: 0xef,
  JPG0: 0xf0,
  JPG13: 0xfd,
  COM: 0xfe,
} as const;

export { MARKER_PREFIX };
/** Behind 0xFF in entropy-coded data: the 0xFF is data, no marker. */
export const STUFFING = 0x00;
/** A marker on its own: 0xFF and the code. */
export const MARKER_LENGTH = 2;
/** The length field of a segment, which counts itself. */
export const LENGTH_FIELD = 2;

/** The standard's name of a marker: `"SOF0"`, `"RST3"`, `"APP14"`; `"RES42"` for reserved codes. */
export function markerName(code: number): string {
  for (const [name, value] of Object.entries(Marker)) if (value === code) return name;
  if (isStartOfFrame(code)) return `SOF${code - Marker.SOF0}`;
  if (isRestart(code)) return `RST${code - Marker.RST0}`;
  if (code >= Marker.APP0 && code <= Marker.APP15) return `APP${code - Marker.APP0}`;
  if (code >= Marker.JPG0 && code <= Marker.JPG13) return `JPG${code - Marker.JPG0}`;
  return `RES${code.toString(16).padStart(2, "0").toUpperCase()}`;
}

/** Whether the code is one of SOF0 … SOF15: C0 … CF without DHT, JPG and DAC. */
export function isStartOfFrame(code: number): boolean {
  return code >= Marker.SOF0 && code <= Marker.SOF15 && code !== Marker.DHT &&
    code !== Marker.JPG && code !== Marker.DAC;
}

/** Whether the code is one of RST0 … RST7. */
export function isRestart(code: number): boolean {
  return code >= Marker.RST0 && code <= Marker.RST7;
}

function standsAlone(code: number): boolean {
  return isRestart(code) || code === Marker.SOI || code === Marker.EOI || code === Marker.TEM;
}

/** A marker with what belongs to it. */
export interface Segment {
  /** Where the marker's 0xFF stands. */
  readonly offset: number;
  /** The code, one of {@linkcode Marker}. */
  readonly marker: number;
  /** Where `payload` begins. */
  readonly payloadOffset: number;
  /** A view of the parameters, without the length field; empty for SOI and EOI. */
  readonly payload: Uint8Array;
  /** First byte behind the segment; for SOS behind its entropy-coded data. */
  readonly end: number;
}

const ELEMENT = "JPEG";

/**
 * Walks over the marker segments of one picture, SOI and EOI included, and stops behind EOI or
 * where the bytes end between segments. Fill bytes before a marker are skipped. Entropy-coded
 * data is passed over with its restart markers.
 *
 * @throws {MalformedError} when SOI is missing, something else than a marker stands where one is
 * due, or a segment is longer than what is left
 */
export function* segments(bytes: Uint8Array): Generator<Segment, void, void> {
  if (bytes[0] !== MARKER_PREFIX || bytes[1] !== Marker.SOI) {
    throw new MalformedError(ELEMENT, 0, `Begins with ${show(bytes, 0)}, not with SOI (FF D8)`);
  }
  yield alone(bytes, 0, Marker.SOI);
  let at: number = MARKER_LENGTH;
  while (at < bytes.length) {
    const segment = segmentAt(bytes, at);
    yield segment;
    if (segment.marker === Marker.EOI) return;
    at = segment.end;
  }
}

/**
 * The segment whose marker, or a fill byte before it, stands at `from`.
 * @throws {MalformedError} as {@linkcode segments} does
 */
export function segmentAt(bytes: Uint8Array, from: number): Segment {
  let at = from;
  while (bytes[at] === MARKER_PREFIX && bytes[at + 1] === MARKER_PREFIX) at++;
  const marker = bytes[at + 1];
  if (bytes[at] !== MARKER_PREFIX || marker === undefined || marker === STUFFING) {
    throw new MalformedError(ELEMENT, at, `A marker is due, not ${show(bytes, at)}`);
  }
  if (standsAlone(marker)) return alone(bytes, at, marker);
  return withParameters(bytes, at, marker);
}

function alone(bytes: Uint8Array, offset: number, marker: number): Segment {
  const end = offset + MARKER_LENGTH;
  return { offset, marker, payloadOffset: end, payload: bytes.subarray(end, end), end };
}

function withParameters(bytes: Uint8Array, offset: number, marker: number): Segment {
  const at = offset + MARKER_LENGTH;
  const payloadOffset = at + LENGTH_FIELD;
  const left = bytes.length - at;
  const length = left < LENGTH_FIELD ? LENGTH_FIELD : (bytes[at]! << 8) | bytes[at + 1]!;
  if (length < LENGTH_FIELD) {
    const problem = `${markerName(marker)} has length ${length}, less than its length field`;
    throw new MalformedError(ELEMENT, at, problem);
  }
  if (length > left) {
    const problem = `${markerName(marker)} needs ${length} bytes, only ${left} are left`;
    throw new MalformedError(ELEMENT, at, problem);
  }
  const end = at + length;
  const payload = bytes.subarray(payloadOffset, end);
  if (marker !== Marker.SOS) return { offset, marker, payloadOffset, payload, end };
  return { offset, marker, payloadOffset, payload, end: endOfScan(bytes, end) };
}

/**
 * Where entropy-coded data that begins at `start` ends: at the next marker that is not RST, with
 * its fill bytes, or at the end of the bytes.
 */
export function endOfScan(bytes: Uint8Array, start: number): number {
  const search = new PrefixSearch(bytes);
  let at = search.next(start);
  while (at < bytes.length) {
    let code = at + 1;
    while (bytes[code] === MARKER_PREFIX) code++;
    const next = bytes[code];
    if (next === undefined) break;
    if (next !== STUFFING && !isRestart(next)) return at;
    at = search.next(code + 1);
  }
  return bytes.length;
}

function show(bytes: Uint8Array, at: number): string {
  const found = Array.from(bytes.subarray(at, at + 2), (byte) => {
    return byte.toString(16).padStart(2, "0").toUpperCase();
  });
  return found.length === 0 ? "the end" : found.join(" ");
}
