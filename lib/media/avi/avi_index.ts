import { u16le, u32le, u64le } from "../fixed_integers.ts";
import type { FrameFindings } from "../frame_scanner.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { startsJpeg } from "../jpeg_end.ts";
import type { AviHeader } from "./avi_header.ts";
import {
  behind,
  type Chunk,
  CHUNK_HEADER_BYTES,
  dataOf,
  LIST_HEADER_BYTES,
  readChunk,
} from "./chunk.ts";

/** Parts of an index that the index of the indexes names, at most. */
export const MAX_INDEX_PARTS = 16_384;
/** Chunks between the frames and `idx1`, at most. */
const MAX_CHUNKS_BEFORE_INDEX = 64;

/** Headers that stand alone are read with little around them. */
const SHORT_WINDOW_BYTES = 4096;
/**
 * Of an index little is read at first, so that the first frame need not wait, and then more, but not
 * so much that others wait: some thousand frames are placed in a tenth of a millisecond.
 */
const GROWTH = 4;
const LONGEST_WINDOW_BYTES = 16 * 1024;

/** What the scan of an AVI file works with. */
export interface AviScan {
  readonly view: FileView;
  readonly findings: FrameFindings;
  readonly header: AviHeader;
}

/**
 * `indx` and `ix##` chunks begin alike ("OpenDML AVI File Format Extensions 1.02", section 3.0):
 *
 *      0       2   3   4               8              12
 *     +-------+---+---+---------------+---------------+
 *     | longs |sub|typ| entries in use| id of chunks  |   of an entry; then 12 bytes more: the first
 *     +-------+---+---+---------------+---------------+   8 are the base offset in `ix##`
 */
const Index = Object.freeze({ TYPE: 3, ENTRIES: 4, BASE: 12, BYTES: 24 });
const IndexType = Object.freeze({ OF_INDEXES: 0, OF_CHUNKS: 1 });
/** Of an index of indexes: offset (8 bytes), size, duration. */
const PART_BYTES = 16;
const LONG_BYTES = 4;
/** Of an index of chunks: offset of the data and size are the first two longs. */
const MIN_ENTRY_LONGS = 2;
/** Bit 31 of a size says "no key frame". */
const SIZE_MASK = 0x7fff_ffff;

/** An entry of `idx1`: identifier, flags, offset, size. */
const Idx1 = Object.freeze({ OFFSET: 8, SIZE: 12, BYTES: 16 });
/** The offset in `idx1` counts from the list's type, or by another reading from the file's start. */
const LIST_TYPE_AT = 8;

/** Whether a chunk of this identifier is a frame of the stream: `00dc`, `00db`. */
export function isFrameId(id: string, stream: string): boolean {
  return id === `${stream}dc` || id === `${stream}db`;
}

/**
 * Takes the frames from the index, part by part, as far as there is one that tells the truth.
 * @returns the first byte that the index says nothing of
 */
export function* scanIndex(scan: AviScan): Scan<number> {
  const { header } = scan;
  const begin = header.movi.at + LIST_HEADER_BYTES;
  if (header.index !== undefined) {
    const end = yield* scanOpenDml(scan, header.index);
    if (end > 0) return Math.max(begin, end);
  }
  return (yield* scanIdx1(scan)) ?? begin;
}

/** @returns the end of the last frame, or 0 when nothing came of it */
function* scanOpenDml(scan: AviScan, index: Chunk): Scan<number> {
  const { view } = scan;
  const head = yield* view.look(dataOf(index), Index.BYTES, SHORT_WINDOW_BYTES);
  if (head[Index.TYPE] === IndexType.OF_CHUNKS) return yield* scanPart(scan, index);
  if (head[Index.TYPE] !== IndexType.OF_INDEXES) return 0;
  const room = Math.floor(Math.max(0, index.size - Index.BYTES) / PART_BYTES);
  const parts = Math.min(u32le(head, Index.ENTRIES), room, MAX_INDEX_PARTS);
  const table = (yield* view.look(dataOf(index) + Index.BYTES, parts * PART_BYTES)).slice();
  let end = 0;
  for (let i = 0; i < parts && !scan.findings.exhausted; i++) {
    const at = u64le(table, i * PART_BYTES);
    view.forget();
    const chunk = readChunk(yield* view.look(at, LIST_HEADER_BYTES, SHORT_WINDOW_BYTES), at);
    // Behind a part that is not there, or is not true, the frames are looked for one by one.
    if (chunk === undefined || !/^ix\d\d$|^\d\dix$/.test(chunk.id)) return end;
    const partEnd = yield* scanPart(scan, chunk);
    if (partEnd === 0) return end;
    end = Math.max(end, partEnd);
  }
  return end;
}

/** @returns the end of the last frame in one index of chunks, or 0 when it is not to be believed */
function* scanPart({ view, findings, header }: AviScan, chunk: Chunk): Scan<number> {
  const head = yield* view.look(dataOf(chunk), Index.BYTES, SHORT_WINDOW_BYTES);
  const entryBytes = u16le(head, 0) * LONG_BYTES;
  if (head[Index.TYPE] !== IndexType.OF_CHUNKS || entryBytes < MIN_ENTRY_LONGS * LONG_BYTES) {
    return 0;
  }
  const base = u64le(head, Index.BASE);
  const room = Math.floor((chunk.size - Index.BYTES) / entryBytes);
  const count = Math.min(u32le(head, Index.ENTRIES), room);
  const table = new Table(view, dataOf(chunk) + Index.BYTES, count, entryBytes);
  let end = 0;
  for (let i = 0; i < count && !findings.exhausted; i++) {
    const entry = yield* table.entry(i);
    if (entry === undefined) break;
    const at = base + u32le(entry, 0);
    const size = u32le(entry, LONG_BYTES) & SIZE_MASK;
    if (i === 0 && !(yield* isChunkThere(view, header, at - CHUNK_HEADER_BYTES, size))) return 0;
    findings.place(at, size, view.size);
    end = Math.max(end, at + size + size % 2);
  }
  return Math.min(end, view.size);
}

/** @returns the end of the last frame in `idx1`, or undefined when there is none to be believed */
function* scanIdx1({ view, findings, header }: AviScan): Scan<number | undefined> {
  const chunk = yield* findIdx1(view, header.movi);
  if (chunk === undefined) return undefined;
  const count = Math.floor(Math.min(chunk.size, view.size - dataOf(chunk)) / Idx1.BYTES);
  const table = new Table(view, dataOf(chunk), count, Idx1.BYTES);
  let base: number | undefined;
  let end = 0;
  for (let i = 0; i < count && !findings.exhausted; i++) {
    const entry = yield* table.entry(i);
    if (entry === undefined) break;
    if (!isFrameId(String.fromCharCode(...entry.subarray(0, LONG_BYTES)), header.stream)) continue;
    const offset = u32le(entry, Idx1.OFFSET);
    const size = u32le(entry, Idx1.SIZE) & SIZE_MASK;
    base ??= yield* baseOfIdx1(view, header, offset, size);
    if (base === undefined) return undefined;
    const at = base + offset + CHUNK_HEADER_BYTES;
    findings.place(at, size, view.size);
    end = Math.max(end, at + size + size % 2);
  }
  return base === undefined ? undefined : Math.min(end, view.size);
}

function* findIdx1(view: FileView, movi: Chunk): Scan<Chunk | undefined> {
  let at = behind(movi);
  for (let hops = 0; hops < MAX_CHUNKS_BEFORE_INDEX; hops++) {
    const chunk = readChunk(yield* view.look(at, LIST_HEADER_BYTES, SHORT_WINDOW_BYTES), at);
    if (chunk === undefined || chunk.id === "RIFF") return undefined;
    if (chunk.id === "idx1") return chunk;
    at = behind(chunk);
  }
  return undefined;
}

/** What the offsets of `idx1` count from, as the first frame shows. */
function* baseOfIdx1(
  view: FileView,
  header: AviHeader,
  offset: number,
  size: number,
): Scan<number | undefined> {
  for (const base of [header.movi.at + LIST_TYPE_AT, 0]) {
    if (yield* isChunkThere(view, header, base + offset, size)) return base;
  }
  return undefined;
}

/** Whether a frame's chunk of that size begins at `at`, and a JPEG in it. */
function* isChunkThere(view: FileView, header: AviHeader, at: number, size: number): Scan<boolean> {
  if (at < 0) return false;
  const bytes = yield* view.look(at, LIST_HEADER_BYTES, LIST_HEADER_BYTES);
  const chunk = readChunk(bytes, at);
  return chunk !== undefined && isFrameId(chunk.id, header.stream) && chunk.size === size &&
    (size === 0 || startsJpeg(bytes, CHUNK_HEADER_BYTES));
}

/** Entries of a fixed size, read in windows of their own. */
class Table {
  #first = 0;
  #window: number;
  #entries: Uint8Array = new Uint8Array(0);

  constructor(
    readonly view: FileView,
    readonly at: number,
    readonly count: number,
    readonly entryBytes: number,
  ) {
    this.#window = Math.min(SHORT_WINDOW_BYTES, view.windowBytes);
  }

  /** Entry `i`, or undefined where the file ends before it. */
  *entry(i: number): Scan<Uint8Array | undefined> {
    let from = (i - this.#first) * this.entryBytes;
    if (from + this.entryBytes > this.#entries.length) {
      const left = (this.count - i) * this.entryBytes;
      const wanted = Math.min(left, Math.max(this.entryBytes, this.#window));
      this.#entries = yield* this.view.look(this.at + i * this.entryBytes, wanted, wanted);
      const most = Math.min(LONGEST_WINDOW_BYTES, this.view.windowBytes);
      this.#window = Math.min(most, GROWTH * this.#window);
      this.#first = i;
      from = 0;
    }
    if (from + this.entryBytes > this.#entries.length) return undefined;
    return this.#entries.subarray(from, from + this.entryBytes);
  }
}
