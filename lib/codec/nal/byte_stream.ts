/**
 * The start code before every NAL unit in the byte stream format (ITU-T H.264 and H.265, Annex B);
 * one array for all, so that a piece that *is* this one tells where a NAL unit begins.
 */
export const START_CODE: Uint8Array = Uint8Array.of(0, 0, 0, 1);

const EMULATION_PREVENTION = 3;
const ZEROS_BEFORE_PREVENTION = 2;

/** NAL units as a byte stream of pieces. */
export function toByteStream(nalUnits: readonly Uint8Array[]): Uint8Array[] {
  return nalUnits.flatMap((nal) => [START_CODE, nal]);
}

/** Pieces of a byte stream as NAL units, each joined where it is of several pieces. */
export function nalUnitsOf(pieces: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[][] = [];
  for (const piece of pieces) {
    if (piece === START_CODE) units.push([]);
    else units.at(-1)?.push(piece);
  }
  return units.map((parts) => parts.length === 1 ? parts[0]! : joined(parts));
}

/** Pieces in one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * The raw byte sequence payload: what a NAL unit holds without the bytes of value 3 that keep start
 * codes from appearing in it (H.264 section 7.4.1).
 */
export function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  let length = 0;
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= ZEROS_BEFORE_PREVENTION && byte === EMULATION_PREVENTION) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain[length++] = byte;
  }
  return plain.subarray(0, length);
}
