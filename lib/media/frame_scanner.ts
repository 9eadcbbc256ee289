import type { FrameFault } from "../stream/frame_source.ts";
import { FrameIndex } from "./frame_index.ts";
import { MAX_JPEG_BYTES } from "./jpeg_end.ts";

/** Faults kept for display; later ones are only counted. */
export const MAX_FAULTS_KEPT = 1000;
/** So many damaged frames without a good one between them end a file. */
export const MAX_FAULTS_IN_A_ROW = 1000;
/** A file whose first frame does not begin within so many bytes is no media. */
export const FIRST_FRAME_WITHIN = 4 * 1024 * 1024;
/** Frames of one file, at most: their index takes 12 bytes each. At 30 a second these are 77 hours. */
export const MAX_FRAMES = 2 ** 23;
/** Bytes of a file for each frame that its index places, at least: an entry of an index takes more. */
export const MIN_BYTES_A_FRAME = 2;
/** Scanners need no more bytes than this in one window to get on. */
export const MIN_WINDOW_BYTES = 32;

/**
 * Walks a file from its first byte to its last, fed one window at a time, and notes what it finds.
 * It names the byte it wants to look at next, so it can hop over what it need not see, and go back.
 */
export interface FrameScanner {
  /** Offset in the file where the next window must begin. */
  readonly position: number;
  /** Bytes the next window should have, where the scanner knows better than its reader. */
  readonly windowBytes?: number;
  /** Nothing is left to be found. */
  readonly finished: boolean;
  /**
   * Looks at `window`, the bytes from {@linkcode position} on.
   * @param window at least {@linkcode MIN_WINDOW_BYTES}, or everything up to the end of the file
   * @param size length of the file in bytes
   */
  scan(window: Uint8Array, size: number): void;
}

/** What a {@linkcode FrameScanner} has found so far. */
export class FrameFindings {
  readonly index = new FrameIndex();
  /** Frames per second that the file states. */
  frameRate: number | undefined;
  readonly #faults: FrameFault[] = [];
  readonly #maxFrames: number;
  #met = 0;
  #faultsInARow = 0;
  #overfull = false;

  /** @param maxFrames default {@linkcode MAX_FRAMES} */
  constructor(maxFrames = MAX_FRAMES) {
    this.#maxFrames = maxFrames;
  }

  /** The first {@linkcode MAX_FAULTS_KEPT} faults. */
  get faults(): readonly FrameFault[] {
    return this.#faults;
  }

  /** A good frame. */
  accept(position: number, length: number): void {
    this.index.push(position, length);
    this.#met++;
    this.#faultsInARow = 0;
  }

  /** A frame that can be used although something is wrong at `position`. */
  recover(position: number, problem: string, jpeg: { position: number; length: number }): void {
    this.#note(position, problem, true);
    this.accept(jpeg.position, jpeg.length);
  }

  /** A frame that cannot be used. */
  reject(position: number, problem: string): void {
    this.#note(position, problem, false);
    this.#met++;
    this.#faultsInARow++;
  }

  /** Something wrong between frames; the next frame is not affected. */
  note(position: number, problem: string): void {
    this.#note(position, problem, true);
  }

  /**
   * A frame as an index of the file places it. Length 0 shows the frame before once more (a frame
   * that was dropped while recording).
   * @param size length of the file in bytes
   */
  place(position: number, length: number, size: number): void {
    if (this.index.count * MIN_BYTES_A_FRAME > size) {
      this.reject(
        Math.max(0, position),
        `An index states more frames than ${size} bytes have room for`,
      );
      this.#overfull = true;
      return;
    }
    if (position < 0) {
      this.reject(0, `An index places the frame at ${position}, before the beginning of the file`);
    } else if (length === 0) {
      this.#repeat(position);
    } else if (position + length > size) {
      const left = Math.max(0, size - position);
      this.reject(position, `The frame has ${length} bytes, only ${left} are left in the file`);
    } else if (length > MAX_JPEG_BYTES) {
      this.reject(position, `The frame has ${length} bytes, more than ${MAX_JPEG_BYTES}`);
    } else this.accept(position, length);
  }

  /** Whether nothing more is taken from this file: too many damaged frames in a row, or too many. */
  get exhausted(): boolean {
    return this.#overfull || this.#faultsInARow >= MAX_FAULTS_IN_A_ROW ||
      this.index.count >= this.#maxFrames;
  }

  /** Whether to stop searching at `position`, since this file has too little in it. */
  hopeless(position: number): boolean {
    return this.exhausted || (this.index.count === 0 && position > FIRST_FRAME_WITHIN);
  }

  #repeat(position: number): void {
    const last = this.index.count - 1;
    if (last >= 0) this.accept(this.index.position(last), this.index.length(last));
    else this.reject(position, "An empty frame repeats the one before, and there is none");
  }

  #note(position: number, problem: string, recovered: boolean): void {
    if (this.#faults.length >= MAX_FAULTS_KEPT) return;
    this.#faults.push({ frame: this.#met + 1, position, problem, recovered });
  }
}
