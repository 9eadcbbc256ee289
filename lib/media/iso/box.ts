import { MalformedError, quote } from "../../bytes/malformed.ts";
import { fourcc, u32be, u64be } from "../fixed_integers.ts";
import type { FileView, Scan } from "../guided_scanner.ts";

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;
/** Version and flags, with which the contents of many boxes begin. */
export const FULL_BOX_BYTES = 4;
/** A size of 1 stands for one of 64 bits behind the type, 0 for all there is. */
const LARGE_SIZE = 1;
const UNTIL_END = 0;
/** Boxes inside one another or side by side that are looked at in one search, at most. */
export const MAX_BOXES = 10_000;

/**
 * A box (ISO/IEC 14496-12, section 4.2), which QuickTime calls an atom; integers are big-endian.
 *
 *      0               4               8                              16
 *     +---------------+---------------+- - - - - - - - - - - - - - - -+- -
 *     |     size      |     type      |  size of 64 bits, if size = 1 | …
 *     +---------------+---------------+- - - - - - - - - - - - - - - -+- -
 */
export interface Box {
  readonly type: string;
  /** Offset in the file of the header. */
  readonly at: number;
  /** Offset of what is in it. */
  readonly data: number;
  /** Offset of the first byte behind it, or behind what is there of it. */
  readonly end: number;
  /** Whether it says that it goes on behind the end of what it is in, which may be the file. */
  readonly cut: boolean;
}

/**
 * The box that begins at `at`, or undefined where `limit` leaves no room for one.
 * @param limit where the box around it ends, or the file
 * @throws {MalformedError} when its size is less than its header
 */
export function* readBox(view: FileView, at: number, limit: number): Scan<Box | undefined> {
  if (limit - at < HEADER_BYTES) return undefined;
  const bytes = yield* view.look(at, LARGE_HEADER_BYTES, SKIP_BYTES);
  if (bytes.length < HEADER_BYTES) return undefined;
  const type = fourcc(bytes, HEADER_BYTES / 2);
  const stated = u32be(bytes, 0);
  const large = stated === LARGE_SIZE;
  const header = large ? LARGE_HEADER_BYTES : HEADER_BYTES;
  const size = large ? u64be(bytes, HEADER_BYTES) : stated === UNTIL_END ? limit - at : stated;
  if (size < header) {
    throw new MalformedError("box", at, `${quote(type)} states a size of ${size} bytes`);
  }
  const end = Math.min(at + size, limit);
  return { type, at, data: at + header, end, cut: at + size > limit };
}

/** Between boxes there is little to see. */
const SKIP_BYTES = 4096;

/** The boxes directly in a stretch of the file, to be stepped through. */
export class Boxes {
  #at: number;
  #count = 0;

  constructor(readonly view: FileView, from: number, readonly limit: number) {
    this.#at = from;
  }

  /** @throws {MalformedError} when there are more than {@linkcode MAX_BOXES} */
  *next(): Scan<Box | undefined> {
    const box = yield* readBox(this.view, this.#at, this.limit);
    if (box === undefined) return undefined;
    if (++this.#count > MAX_BOXES) {
      throw new MalformedError("box", box.at, `More than ${MAX_BOXES} boxes side by side`);
    }
    this.#at = box.end;
    return box;
  }
}

/** The first box of a type directly in `parent`. */
export function* findBox(view: FileView, parent: Box, type: string): Scan<Box | undefined> {
  const boxes = new Boxes(view, parent.data, parent.end);
  for (let box = yield* boxes.next(); box !== undefined; box = yield* boxes.next()) {
    if (box.type === type) return box;
  }
  return undefined;
}

/** The box reached by stepping from type to type. */
export function* findPath(view: FileView, parent: Box, path: string[]): Scan<Box | undefined> {
  let box: Box | undefined = parent;
  for (const type of path) {
    box = yield* findBox(view, box, type);
    if (box === undefined) return undefined;
  }
  return box;
}

/** As {@linkcode findBox}. @throws {MalformedError} when there is none */
export function* needBox(view: FileView, parent: Box, type: string): Scan<Box> {
  const box = yield* findBox(view, parent, type);
  if (box === undefined) throw new MalformedError(parent.type, parent.at, `Has no ${type} box`);
  return box;
}

/** What is in a box, up to so many bytes; what is not there reads as zero. */
export function* contents(view: FileView, box: Box, most: number): Scan<Uint8Array> {
  return yield* view.look(box.data, Math.min(most, box.end - box.data), most);
}

/** @throws {MalformedError} when a box is cut */
export function checkWhole(box: Box): void {
  if (box.cut) throw new MalformedError(box.type, box.at, "Is cut off by the end of the file");
}
