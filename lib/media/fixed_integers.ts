// Integers of fixed width inside files. Callers see to it that the bytes are there; what is not
// reads as zero, so that no length check is needed where a zero is refused anyway.

/** Values of one byte. */
const BYTE = 0x100;
const WORD = 0x1_0000_0000;

export function u16le(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function u32le(bytes: Uint8Array, at: number): number {
  return u16le(bytes, at) + u16le(bytes, at + 2) * BYTE * BYTE;
}

/** Exact up to 2^53; no file is longer. */
export function u64le(bytes: Uint8Array, at: number): number {
  return u32le(bytes, at) + u32le(bytes, at + 4) * WORD;
}

export function u16be(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u32be(bytes: Uint8Array, at: number): number {
  return u16be(bytes, at) * BYTE * BYTE + u16be(bytes, at + 2);
}

export function i32be(bytes: Uint8Array, at: number): number {
  return u32be(bytes, at) | 0;
}

/** Exact up to 2^53; no file is longer. */
export function u64be(bytes: Uint8Array, at: number): number {
  return u32be(bytes, at) * WORD + u32be(bytes, at + 4);
}

/** Four characters by which chunks, boxes and codecs are told (FourCC), as Latin-1. */
export function fourcc(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
