import type { AtomicFile } from "./atomic_file.ts";
import {
  CHUNK_HEADER_BYTES,
  formatFrameHeaders,
  formatHeader,
  formatIndex,
  formatNextRiff,
  formatOlderIndex,
  HEADER_BYTES,
  indexBytes,
  type IndexPlace,
  LIST_HEADER_BYTES,
  MAX_RIFFS,
  MOVI_AT,
  olderIndexBytes,
} from "./avi_layout.ts";
import type { Fraction } from "./frame_grid.ts";
import { RiffFrames } from "./riff_frames.ts";

/** Bytes of one RIFF, about: players of the old kind know no more. */
const RIFF_BYTES = 2 ** 30;
/** The headers on disk are brought up to date so often, in ms. */
const HEADERS_EVERY_MS = 500;
/** When the disk is full: how often frames are taken back to make room for the index. */
const MOST_TRIES = 4;
/** Room for the index beyond its length: file systems give it in blocks. */
const SPARE_BYTES = 16 * 1024;

/** What of a file is for tests to choose. */
export interface AviFileOptions {
  /** Bytes of one RIFF, default 1 GiB. */
  riffBytes?: number;
  /** A clock in ms that never jumps. */
  now?: () => number;
}

/** An AVI file on disk: chunks, RIFFs, headers and indexes, as {@linkcode formatHeader} has them. */
export class AviFile {
  /** Of the pictures, for the headers. */
  size = { width: 0, height: 0 };
  readonly #file: AtomicFile;
  readonly #riffLimit: number;
  readonly #now: () => number;
  readonly #indexes: IndexPlace[] = [];
  #riff = new RiffFrames(0);
  #frames = 0;
  #framesBefore = 0;
  #firstRiff: { bytes: number; moviBytes: number; frames: number; indexed: boolean } | undefined;
  #longest = 0;
  #headersAt = -Infinity;

  /** @param file fresh; ended by this one's {@linkcode commit} or {@linkcode abort} */
  constructor(file: AtomicFile, { riffBytes = RIFF_BYTES, now }: AviFileOptions) {
    this.#file = file;
    this.#riffLimit = riffBytes;
    this.#now = now ?? (() => performance.now());
  }

  /** Frames in it; repetitions are not counted. */
  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#file.length;
  }

  /**
   * Adds a frame.
   * @param empty how many times the one before is shown again before it
   * @param rate for the headers, as far as it is known
   */
  async add(jpeg: Uint8Array, empty: number, rate: Fraction): Promise<void> {
    if (this.#file.length === 0) await this.#file.write(this.#header(rate));
    const padding = jpeg.length % 2;
    const bytes = (empty + 1) * CHUNK_HEADER_BYTES + jpeg.length + padding;
    if (!this.#fits(bytes, empty + 1)) await this.#nextRiff(rate);
    const at = this.#file.length;
    const headers = formatFrameHeaders(empty, jpeg.length);
    await this.#file.write(headers, jpeg, new Uint8Array(padding));
    for (let i = 1; i <= empty; i++) this.#riff.push(at + i * CHUNK_HEADER_BYTES, 0);
    this.#riff.push(at + headers.length, jpeg.length);
    this.#frames++;
    this.#longest = Math.max(this.#longest, jpeg.length + CHUNK_HEADER_BYTES);
    if (this.#now() - this.#headersAt >= HEADERS_EVERY_MS) await this.#writeHeaders(rate);
  }

  /** Writes index and headers and gives the file its name; where the disk is full, with fewer frames. */
  async commit(rate: Fraction): Promise<void> {
    if (this.#file.length === 0) await this.#file.write(this.#header(rate));
    await this.#endInAnyCase(rate);
    await this.#file.commitWhole();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  #fits(bytes: number, frames: number): boolean {
    const { count, base } = this.#riff;
    if (count === 0) return true;
    const all = count + frames;
    const indexes = indexBytes(all) + (base === 0 ? olderIndexBytes(all) : 0);
    return this.#file.length - base + bytes + indexes <= this.#riffLimit;
  }

  async #nextRiff(rate: Fraction): Promise<void> {
    if (this.#indexes.length + 1 >= MAX_RIFFS) {
      throw new Error(`An AVI file of ${MAX_RIFFS} parts holds no more`);
    }
    await this.#endRiff(rate);
    const base = this.#file.length;
    await this.#file.write(formatNextRiff(LIST_HEADER_BYTES + 4, 4));
    this.#framesBefore += this.#riff.count;
    this.#riff = new RiffFrames(base);
  }

  async #endInAnyCase(rate: Fraction): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        return await this.#endRiff(rate);
      } catch {
        await this.#takeBack(2 ** tries * SPARE_BYTES);
      }
    }
    // Without an index it plays too, only not at once from its middle.
    await this.#writeHeaders(rate);
  }

  async #endRiff(rate: Fraction): Promise<void> {
    const { base, count } = this.#riff;
    const position = this.#file.length;
    const index = formatIndex(this.#riff);
    const older = base === 0 ? [formatOlderIndex(this.#riff)] : [];
    await this.#file.write(index, ...older);
    this.#indexes.push({ position, bytes: index.length, frames: count });
    await this.#writeHeaders(rate, position + index.length);
  }

  /** Takes frames off the end, so that there is room for the index of those that stay. */
  async #takeBack(spare: number): Promise<void> {
    const riff = this.#riff;
    const full = this.#file.length;
    let end = full;
    while (
      riff.count > 1 && full - end < spare + indexBytes(riff.count) + olderIndexBytes(riff.count)
    ) {
      end = riff.base + riff.position(riff.count - 1) - CHUNK_HEADER_BYTES;
      if (riff.pop() > 0) this.#frames--;
    }
    await this.#file.truncate(end);
  }

  /** @param moviEnd end of the list of frames when the RIFF is complete; the file's when it grows */
  async #writeHeaders(rate: Fraction, moviEnd = this.#file.length): Promise<void> {
    this.#headersAt = this.#now();
    const { base, count } = this.#riff;
    const bytes = this.#file.length - base - CHUNK_HEADER_BYTES;
    if (base === 0) {
      const moviBytes = moviEnd - MOVI_AT - CHUNK_HEADER_BYTES;
      this.#firstRiff = { bytes, moviBytes, frames: count, indexed: this.#indexes.length > 0 };
    } else {
      const moviBytes = moviEnd - base - LIST_HEADER_BYTES - CHUNK_HEADER_BYTES;
      await this.#file.patch(base, formatNextRiff(bytes, moviBytes));
    }
    await this.#file.patch(0, this.#header(rate));
  }

  #header(rate: Fraction): Uint8Array<ArrayBuffer> {
    const empty = {
      bytes: HEADER_BYTES - CHUNK_HEADER_BYTES,
      moviBytes: HEADER_BYTES - MOVI_AT - CHUNK_HEADER_BYTES,
      ...{ frames: 0, indexed: false },
    };
    const first = this.#firstRiff ?? empty;
    return formatHeader({
      ...this.size,
      ...{ rate, firstFrames: first.frames, frames: this.#framesBefore + this.#riff.count },
      ...{ longest: this.#longest, indexed: first.indexed, indexes: this.#indexes },
      ...{ riffBytes: first.bytes, moviBytes: first.moviBytes },
    });
  }
}
