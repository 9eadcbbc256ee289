import { findJpeg, isEndOfImage, MAX_JPEG_BYTES, startsJpeg } from "../jpeg_end.ts";
import type { Scan } from "../guided_scanner.ts";
import { type AviScan, isFrameId } from "./avi_index.ts";
import {
  behind,
  type Chunk,
  CHUNK_HEADER_BYTES,
  dataOf,
  LIST_HEADER_BYTES,
  readChunk,
} from "./chunk.ts";

/** Chunks in a row that are no frame of the video: sound, text, padding. */
export const MAX_OTHER_CHUNKS = 100_000;

/** Behind a frame longer than this the next header is read alone, not a window's worth. */
const LONG_FRAME_BYTES = 32 * 1024;
const SHORT_WINDOW_BYTES = 4096;
/** Enough of a chunk to tell whether a JPEG begins in it. */
const LOOK_BYTES = LIST_HEADER_BYTES;
const EOI_BYTES = 2;
/** Chunks that may be cut off by the end of the file. */
const KNOWN_ID = /^(RIFF|LIST|JUNK|idx1|ix\d\d|\d\d[a-z]{2})$/i;

/**
 * Finds frames chunk by chunk, in files without an index: those whose recording was interrupted, and
 * what lies behind the index of others. Lists are stepped into without heed to their size, which may
 * never have been written. A chunk is believed when another begins where its size leads; else the
 * file is searched, forward only, for the next chunk with a JPEG in it.
 */
export class MoviWalk {
  readonly #scan: AviScan;
  #at: number;
  /** The chunk before, which what comes next shows to be true or not. */
  #last: { readonly chunk: Chunk; readonly frame: boolean; readonly jpeg: boolean } | undefined;
  #others = 0;

  /** @param from where a chunk begins */
  constructor(scan: AviScan, from: number) {
    this.#scan = scan;
    this.#at = from;
  }

  *run(): Scan {
    const { view, findings } = this.#scan;
    while (!findings.exhausted && this.#others <= MAX_OTHER_CHUNKS) {
      if (view.size - this.#at < CHUNK_HEADER_BYTES) {
        // Behind the end only where the last chunk is cut.
        if (this.#at <= view.size || this.#last === undefined) return this.#acceptLast();
        yield* this.#distrust(`The chunk leads to byte ${this.#at}, past the end of the file`);
        continue;
      }
      const bytes = yield* view.look(this.#at, LOOK_BYTES, this.#window());
      const chunk = readChunk(bytes, this.#at);
      if (chunk === undefined || !this.#isLikely(chunk)) {
        yield* this.#distrust(`No chunk begins at byte ${this.#at}`);
      } else {
        this.#acceptLast();
        this.#enter(chunk, bytes);
      }
    }
  }

  /** Bytes of a picture may look like an identifier; then what follows is seldom a size that fits. */
  #isLikely(chunk: Chunk): boolean {
    return KNOWN_ID.test(chunk.id) || behind(chunk) <= this.#scan.view.size + 1;
  }

  #window(): number {
    const long = this.#last !== undefined && this.#last.chunk.size > LONG_FRAME_BYTES;
    return long ? SHORT_WINDOW_BYTES : this.#scan.view.windowBytes;
  }

  #enter(chunk: Chunk, bytes: Uint8Array): void {
    if (chunk.id === "RIFF" || (chunk.id === "LIST" && isMovieList(chunk.type))) {
      this.#at += LIST_HEADER_BYTES;
      return;
    }
    const frame = isFrameId(chunk.id, this.#scan.header.stream);
    this.#others = frame ? 0 : this.#others + 1;
    this.#last = { chunk, frame, jpeg: startsJpeg(bytes, CHUNK_HEADER_BYTES) };
    this.#at = behind(chunk);
  }

  #acceptLast(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined || !last.frame) return;
    const { chunk, jpeg } = last;
    const { findings, view } = this.#scan;
    if (chunk.size > 0 && !jpeg) {
      findings.reject(chunk.at, `The ${chunk.size} bytes of the frame are no JPEG`);
    } else findings.place(dataOf(chunk), chunk.size, view.size);
  }

  /** Searches for the next frame from within the chunk before, whose size may be what is damaged. */
  *#distrust(problem: string): Scan {
    const { findings } = this.#scan;
    const last = this.#last;
    this.#last = undefined;
    const wrongAt = this.#at;
    const found = yield* this.#search(last === undefined ? wrongAt + 1 : dataOf(last.chunk));
    if (last?.frame && last.jpeg) {
      yield* this.#settle(last.chunk, wrongAt, found, problem);
    } else findings.reject(last?.chunk.at ?? wrongAt, problem);
    this.#at = found ?? this.#scan.view.size;
  }

  /** A frame behind which no chunk begins: whole all the same, or longer than it says, or neither. */
  *#settle(chunk: Chunk, wrongAt: number, found: number | undefined, problem: string): Scan {
    const { findings, view } = this.#scan;
    const end = dataOf(chunk) + chunk.size;
    const limit = found ?? view.size;
    if (end <= limit) {
      const tail = yield* view.look(end - EOI_BYTES, EOI_BYTES, SHORT_WINDOW_BYTES);
      if (isEndOfImage(tail, 0)) {
        findings.accept(dataOf(chunk), chunk.size);
        findings.reject(wrongAt, problem);
        return;
      }
      const length = limit - dataOf(chunk);
      if (found !== undefined && length <= MAX_JPEG_BYTES) {
        findings.recover(chunk.at, problem, { position: dataOf(chunk), length });
        return;
      }
    }
    findings.reject(chunk.at, end > view.size ? cutOff(chunk, view.size) : problem);
  }

  /** Where the next chunk of the video with a JPEG in it begins. */
  *#search(from: number): Scan<number | undefined> {
    const { view, findings, header } = this.#scan;
    for (let at = from; view.size - at > CHUNK_HEADER_BYTES && !findings.hopeless(at);) {
      const bytes = yield* view.lookOn(at, LOOK_BYTES);
      let jpeg = findJpeg(bytes, CHUNK_HEADER_BYTES);
      for (; jpeg >= 0; jpeg = findJpeg(bytes, jpeg + 1)) {
        const start = jpeg - CHUNK_HEADER_BYTES;
        const chunk = readChunk(bytes.subarray(start, jpeg), at + start);
        if (chunk !== undefined && isFrameId(chunk.id, header.stream)) return at + start;
      }
      at += Math.max(1, bytes.length - LOOK_BYTES + 1);
    }
    return undefined;
  }
}

function isMovieList(type: string): boolean {
  return type === "movi" || type === "rec ";
}

function cutOff({ size, at }: Chunk, fileSize: number): string {
  const left = fileSize - at - CHUNK_HEADER_BYTES;
  return `The frame has ${size} bytes, only ${left} are left in the file`;
}
