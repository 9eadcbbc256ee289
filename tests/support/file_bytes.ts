// Pieces of which files are put together by hand.
import { ascii } from "./split.ts";

export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Integers of `width` bytes each, the last byte first (little-endian) or not. */
function integers(values: readonly number[], width: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (width === 2) view.setUint16(i * width, value, little);
    else if (width === 4) view.setUint32(i * width, value, little);
    else view.setBigUint64(i * width, BigInt(value), little);
  });
  return bytes;
}

export const u16le = (...values: number[]): Uint8Array => integers(values, 2, true);
export const u32le = (...values: number[]): Uint8Array => integers(values, 4, true);
export const u64le = (...values: number[]): Uint8Array => integers(values, 8, true);
export const u16be = (...values: number[]): Uint8Array => integers(values, 2, false);
export const u32be = (...values: number[]): Uint8Array => integers(values, 4, false);
export const u64be = (...values: number[]): Uint8Array => integers(values, 8, false);

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

/** RIFF: identifier, size, data, and a byte of padding where the size is odd. */
export function chunk(id: string, ...parts: Uint8Array[]): Uint8Array {
  const data = join(...parts);
  return join(ascii(id), u32le(data.length), data, zeros(data.length % 2));
}

/** ISO base media: size, type, data. */
export function box(type: string, ...parts: Uint8Array[]): Uint8Array {
  const data = join(...parts);
  return join(u32be(8 + data.length), ascii(type), data);
}

/** The same with version and flags. */
export function fullBox(type: string, flags: number, ...parts: Uint8Array[]): Uint8Array {
  return box(type, u32be(flags), ...parts);
}
