import { startsJpeg } from "./jpeg_end.ts";

/** Where frames are kept: a file or a folder. */
export interface FrameWriter {
  /** Frames accepted so far. */
  readonly frames: number;

  /** Bytes written so far, about: what is held back for a moment is not in it. */
  readonly bytes: number;

  /** Name of the file that the last frame went into, where each has a file of its own. */
  readonly lastName?: string | undefined;

  /**
   * Appends a frame.
   * @param jpeg a whole JPEG file; not kept after the promise is settled
   * @param at when it is shown, in ms from a moment that is the same for all frames, never decreasing;
   * formats that keep no time do not look at it
   * @throws {FrameRefusedError} (as a rejection) when the format cannot hold this frame; the writer
   * can go on with the next
   * @throws {Error} (as a rejection) when the disk is full and the like: then {@linkcode commit} keeps
   * what is whole
   */
  write(jpeg: Uint8Array, at?: number): Promise<void>;

  /** Ends it: only now does a file appear under its name. */
  commit(): Promise<void>;

  /** Throws away what is not whole. Does nothing after {@linkcode commit}. */
  abort(): Promise<void>;
}

/** A frame that a format cannot hold. */
export class FrameRefusedError extends Error {
  /**
   * @param frame number it would have had, from 1
   * @param problem why, in sentence case
   */
  constructor(readonly frame: number, readonly problem: string) {
    super(`Frame ${frame}: ${problem}`);
    this.name = "FrameRefusedError";
  }
}

/** @throws {FrameRefusedError} unless `jpeg` begins like a JPEG */
export function checkJpeg(jpeg: Uint8Array, frame: number): void {
  if (!startsJpeg(jpeg)) throw new FrameRefusedError(frame, "The bytes are no JPEG");
}
