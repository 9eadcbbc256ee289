import type { Seeded } from "../support/seeded.ts";

/** The most bytes a mutated input grows to; longer ones find nothing that shorter ones do not. */
const MOST_BYTES = 20_000;

const EDGE_BYTES = [0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x24, 0x2c, 0x3b, 0x7f, 0x80, 0xff];
const EDGE_NUMBERS = ["0", "-1", "1", "255", "256", "65535", "65536", "4294967296", "9".repeat(30)];

/** Widths of numbers in binary formats, in bytes. */
const WIDTHS = [2, 4, 8];

type Mutation = (bytes: Uint8Array, random: Seeded, others: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  // A bit turned over.
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[place(out, random)]! ^= 1 << random.whole(0, 7);
    return out;
  },
  // A byte that is special to some format.
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[place(out, random)] = random.one(EDGE_BYTES);
    return out;
  },
  // A binary number at the edge of some range, the length of everything among them.
  (bytes, random) => {
    const out = bytes.slice();
    const width = random.one(WIDTHS);
    if (out.length < width) return out;
    const most = 2n ** BigInt(8 * width) - 1n;
    const length = BigInt(out.length);
    const value = random.one([0n, 1n, most / 2n, most / 2n + 1n, most, length, length + 1n]) & most;
    writeNumber(out, random.whole(0, out.length - width), width, value, random.next() < 0.5);
    return out;
  },
  // The end cut off.
  (bytes, random) => {
    return bytes.slice(0, random.whole(0, bytes.length));
  },
  // A few bytes taken out.
  (bytes, random) => {
    const at = random.whole(0, bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + random.whole(1, 12)));
  },
  // A few bytes put in.
  (bytes, random) => {
    const noise = Uint8Array.from({ length: random.whole(1, 12) }, () => random.whole(0, 255));
    return insert(bytes, noise, random);
  },
  // A part of it many times.
  (bytes, random) => {
    const at = random.whole(0, bytes.length);
    const part = bytes.subarray(at, at + random.one([1, 2, 8, 40]));
    return insert(bytes, join(...Array(random.one([1, 2, 50, 500])).fill(part)), random);
  },
  // The beginning of one and the end of another.
  (bytes, random, others) => {
    const other = random.one(others);
    return join(
      bytes.subarray(0, random.whole(0, bytes.length)),
      other.subarray(random.whole(0, other.length)),
    );
  },
  // A decimal number at the edge of some range.
  (bytes, random) => {
    const text = new TextDecoder("latin1").decode(bytes);
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: digits } = random.one(numbers);
    const edge = new TextEncoder().encode(random.one(EDGE_NUMBERS));
    return join(bytes.subarray(0, index), edge, bytes.subarray(index + digits.length));
  },
];

/**
 * One of `seeds` after some mutations; the seeds are left as they are.
 * @param most bytes of it
 */
export function mutated(
  seeds: readonly Uint8Array[],
  random: Seeded,
  most = MOST_BYTES,
): Uint8Array {
  let bytes: Uint8Array = random.one(seeds);
  for (let i = random.whole(0, 6); i > 0; i--) bytes = random.one(MUTATIONS)(bytes, random, seeds);
  return bytes.slice(0, most);
}

/** Bytes of an input that are cut into the smallest pieces: a window somewhere in it. */
const FINELY_CUT = 600;
const LONGEST_PIECE = 2000;

/** `bytes` in pieces of random lengths. */
export function inPieces(bytes: Uint8Array, random: Seeded): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const longest = random.one([1, 7, 100, LONGEST_PIECE]);
  const from = random.whole(-FINELY_CUT / 2, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const fine = at >= from && at < from + FINELY_CUT;
    // What stands before the window must not reach into it.
    const most = fine ? longest : at < from ? Math.min(LONGEST_PIECE, from - at) : LONGEST_PIECE;
    const length = random.whole(1, most);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

function place(bytes: Uint8Array, random: Seeded): number {
  return random.whole(0, bytes.length - 1);
}

/** `value` must fit. */
function writeNumber(
  bytes: Uint8Array,
  at: number,
  width: number,
  value: bigint,
  littleEndian: boolean,
): void {
  for (let i = 0, rest = value; i < width; i++, rest >>= 8n) {
    bytes[littleEndian ? at + i : at + width - 1 - i] = Number(rest & 0xffn);
  }
}

function insert(bytes: Uint8Array, part: Uint8Array, random: Seeded): Uint8Array {
  const at = random.whole(0, bytes.length);
  return join(bytes.subarray(0, at), part, bytes.subarray(at));
}

function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
