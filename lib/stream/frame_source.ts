/** A frame as a whole JPEG file; undefined when the medium has ended before it, and only then. */
export type FrameAnswer = Uint8Array | undefined;

/** Something wrong with one frame of a medium, met while indexing; the other frames still play. */
export interface FrameFault {
  /** Ordinal in the medium, from 1, damaged frames counted too. */
  readonly frame: number;
  /** Byte offset in the file where the trouble begins. */
  readonly position: number;
  /** What is wrong, one sentence. */
  readonly problem: string;
  /** Whether the picture could be used all the same; otherwise the frame is left out. */
  readonly recovered: boolean;
}

/** A picture of something that goes on by itself. */
export interface LiveFrame {
  /** A whole JPEG file, shared with other receivers: never write into it. */
  readonly jpeg: Uint8Array;
  /** When it came, in ms on the clock of whoever watches. */
  readonly arrivedAt: number;
}

/** Who watches something live. */
export interface LiveViewer {
  /** A new frame is there; called at once, in the order they come. */
  frame(frame: LiveFrame): void;
  /** There will be no more frames, ever. */
  ended(): void;
}

/** Pictures that come when they come, and are gone when the next one does. */
export interface LiveFeed {
  /** The frame that came last; undefined before the first. */
  readonly newest: LiveFrame | undefined;
  /** Whether no more frames will come, ever. */
  readonly over: boolean;
  /** Watches what comes from now on. @returns what ends that */
  watch(viewer: LiveViewer): () => void;
}

/**
 * Where pictures come from: a file, a folder, a camera, a transcoder. Frames are numbered from 0 and
 * frames that are damaged beyond use have no number. An index grows as frames are asked for; nothing
 * is read in full before the first frame.
 */
export interface FrameSource {
  /** Frames per second the medium itself states; undefined when it states none. */
  readonly frameRate: number | undefined;

  /**
   * Set where pictures come by themselves and have no numbers: there is no end to be known, and
   * {@linkcode FrameSource.frame} gives the newest whatever the index.
   */
  readonly live?: LiveFeed;

  /**
   * Number of frames, when it is known without reading on; otherwise undefined. Infinity where there
   * is no end.
   */
  readonly knownFrameCount: number | undefined;

  /**
   * Number of frames, Infinity where there is no end. Completes the index first when it must, giving
   * way to other work meanwhile.
   * @throws {SourceClosedError} (as a rejection) after or during {@linkcode close}
   */
  frameCount(): Promise<number>;

  /**
   * Frame `index` as a whole JPEG file, or undefined past the last one: directly when it is at hand,
   * as a promise when something must be read first. The bytes are shared with other receivers: never
   * write into them.
   *
   * @param index from 0
   * @throws {RangeError} at once, when `index` is not a whole number from 0
   * @throws {FrameDamagedError} (as a rejection) when the frame cannot be had although the index has
   * it
   * @throws {MediaChangedError} (as a rejection) when the medium has been cut or overwritten since
   * @throws {SourceClosedError} (as a rejection) after {@linkcode close}
   */
  frame(index: number): FrameAnswer | Promise<FrameAnswer>;

  /**
   * Sees to it that frame `index` is at hand soon, where that costs something. Never throws: what
   * goes wrong is told when the frame is asked for.
   * @param step how far from it the frame after it is likely to be, default 1
   * @returns whether there was nothing to be begun that takes time
   */
  prefetch(index: number, step?: number): boolean;

  /** Byte offset of frame `index` in its file, where that is known and means something. */
  position?(index: number): number | undefined;

  /** Faults met so far, in file order; grows with the index, up to a ceiling. */
  readonly faults: readonly FrameFault[];

  /** Lets go of files and memory. May be called more than once. */
  close(): void;
}

/** A frame that is in the index but cannot be delivered, e.g. its file was cut while it was open. */
export class FrameDamagedError extends Error {
  /**
   * @param frame number of the frame, from 1
   * @param position byte offset of its JPEG in the file
   * @param problem what is wrong, in sentence case
   */
  constructor(readonly frame: number, readonly position: number, readonly problem: string) {
    super(`Frame ${frame} at byte ${position}: ${problem}`);
    this.name = "FrameDamagedError";
  }
}

/**
 * What a source reads from is not any more what it was when it was opened: no other frame of it can be
 * had, or none that could be trusted.
 */
export class MediaChangedError extends Error {
  /** @param change what happened, in sentence case */
  constructor(readonly change: string) {
    super(`${change}; nothing more of it can be shown`);
    this.name = "MediaChangedError";
  }
}

/** A frame was asked of a source that has been closed. */
export class SourceClosedError extends Error {
  constructor() {
    super("The media has been closed");
    this.name = "SourceClosedError";
  }
}

/** Whether `index` can be the index of a frame: a whole number from 0. */
export function isFrameIndex(index: number): boolean {
  return Number.isSafeInteger(index) && index >= 0;
}

/**
 * Checks a frame index.
 * @throws {RangeError} unless {@linkcode isFrameIndex}
 */
export function checkFrameIndex(index: number): void {
  if (!isFrameIndex(index)) {
    throw new RangeError(`A frame index is a whole number from 0, not ${index}`);
  }
}
