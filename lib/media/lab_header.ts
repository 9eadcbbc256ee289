import { startsJpeg } from "./jpeg_end.ts";

/** ASCII decimal digits before each frame of a lab file. */
export const LENGTH_DIGITS = 5;
/** The longest frame five digits can state. */
export const MAX_LAB_FRAME_BYTES = 99_999;
/**
 * Digits written for longer frames by one public converter (safiullah-foragy/Video_Streaming_RTSP).
 * Read as a tolerance, never written.
 */
const LONG_LENGTH_DIGITS = 6;
/** Bytes of a JPEG that tell that it begins. */
const JPEG_START_BYTES = 3;
const ZERO = 0x30;
const NINE = 0x39;

/** Bytes after the beginning of a frame that {@linkcode readLabHeader} may look at. */
export const MAX_LAB_HEADER_BYTES = LONG_LENGTH_DIGITS + JPEG_START_BYTES;

/**
 * What stands before each frame of a lab file: the length of the JPEG in bytes.
 *
 *     +---+---+---+---+---+----+----+----+--
 *     | d | d | d | d | d | FF | D8 | FF | …     ASCII decimal digits, then the JPEG
 *     +---+---+---+---+---+----+----+----+--
 */
export interface LabHeader {
  /** 5, or 6 by tolerance. */
  readonly digits: number;
  /** Length in bytes of what follows the digits. */
  readonly length: number;
  /** Whether what follows begins like a JPEG. */
  readonly jpeg: boolean;
}

/** The header at `at`, or undefined when there are no five digits. */
export function readLabHeader(bytes: Uint8Array, at: number): LabHeader | undefined {
  const length = readDigits(bytes, at, LENGTH_DIGITS);
  if (length === undefined) return undefined;
  if (startsJpeg(bytes, at + LENGTH_DIGITS)) return { digits: LENGTH_DIGITS, length, jpeg: true };
  if (bytes[at] !== ZERO && startsJpeg(bytes, at + LONG_LENGTH_DIGITS)) {
    const long = readDigits(bytes, at, LONG_LENGTH_DIGITS);
    if (long !== undefined) return { digits: LONG_LENGTH_DIGITS, length: long, jpeg: true };
  }
  return { digits: LENGTH_DIGITS, length, jpeg: false };
}

/** The header as it is written. */
export function formatLabHeader(length: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(String(length).padStart(LENGTH_DIGITS, "0"));
}

function readDigits(bytes: Uint8Array, at: number, count: number): number | undefined {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i];
    if (byte === undefined || byte < ZERO || byte > NINE) return undefined;
    value = value * 10 + byte - ZERO;
  }
  return value;
}
