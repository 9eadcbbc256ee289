import type { FrameFault } from "../stream/frame_source.ts";
import { FrameIndex } from "./frame_index.ts";

/** Faults kept for display; later ones are only counted. */
export const MAX_FAULTS_KEPT = 1000;
/** So many damaged frames without a good one between them end a file. */
export const MAX_FAULTS_IN_A_ROW = 1000;
/** A file whose first frame does not begin within so many bytes is no media. */
export const FIRST_FRAME_WITHIN = 4 * 1024 * 1024;
/** Scanners need no more bytes than this in one window to get on. */
export const MIN_WINDOW_BYTES = 32;

/**
 * Walks a file from its first byte to its last, fed one window at a time, and notes what it finds.
 * It names the byte it wants to look at next, so it can hop over what it need not see, and go back.
 */
export interface FrameScanner {
  /** Offset in the file where the next window must begin. */
  readonly position: number;
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
  readonly #faults: FrameFault[] = [];
  #met = 0;
  #faultsInARow = 0;

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

  /** Whether to stop searching at `position`, since this file has too little in it. */
  hopeless(position: number): boolean {
    return this.#faultsInARow >= MAX_FAULTS_IN_A_ROW ||
      (this.index.count === 0 && position > FIRST_FRAME_WITHIN);
  }

  #note(position: number, problem: string, recovered: boolean): void {
    if (this.#faults.length >= MAX_FAULTS_KEPT) return;
    this.#faults.push({ frame: this.#met + 1, position, problem, recovered });
  }
}
