// Frames of Motion JPEG format B, made of JPEGs with one DQT and one DHT segment, as the QuickTime
// File Format has them.
import { join, u32be } from "./file_bytes.ts";
import { ascii } from "./split.ts";

const HEAD_BYTES = 40;
const Code = Object.freeze({ DQT: 0xdb, DHT: 0xc4, SOF0: 0xc0, SOS: 0xda });

/** What is to be otherwise. */
export interface FieldShape {
  /** Leaves DHT out: the tables are those of Annex K. */
  withoutTables?: boolean;
  /** A second field behind it. */
  second?: Uint8Array;
}

/** A frame with one field, or two. */
export function formatB(jpeg: Uint8Array, { withoutTables, second }: FieldShape = {}): Uint8Array {
  const parts = new Map<number, Uint8Array>();
  let at = 2;
  for (let code = 0; code !== Code.SOS;) {
    code = jpeg[at + 1]!;
    const length = jpeg[at + 2]! << 8 | jpeg[at + 3]!;
    parts.set(code, jpeg.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const data = jpeg.subarray(at, -2).filter((_, i, all) => !(all[i] === 0 && all[i - 1] === 0xff));
  const places: number[] = [];
  const body: Uint8Array[] = [];
  let end = HEAD_BYTES;
  for (const code of [Code.DQT, Code.DHT, Code.SOF0, Code.SOS]) {
    const absent = withoutTables && code === Code.DHT;
    places.push(absent ? 0 : end);
    if (absent) continue;
    body.push(parts.get(code)!);
    end += parts.get(code)!.length;
  }
  const size = end + data.length;
  const next = second === undefined ? 0 : size;
  const head = join(u32be(0), ascii("mjpg"), u32be(size, size, next, ...places, end));
  return join(head, ...body, data, second ?? new Uint8Array());
}
