import { MalformedError } from "../bytes/malformed.ts";
import { inspectJpeg } from "../jpeg/inspect.ts";
import { AtomicFile } from "./atomic_file.ts";
import { AviFile, type AviFileOptions } from "./avi_file_writer.ts";
import { fractionOf, FrameGrid, measuredRate } from "./frame_grid.ts";
import { checkJpeg, FrameRefusedError, type FrameWriter } from "./frame_writer.ts";
import { MAX_JPEG_BYTES } from "./jpeg_end.ts";

/** The rate of frames whose times tell none: the course lab's. */
const DEFAULT_RATE = 20;
/** The rate is measured over so many frames, so long, or so many bytes, whatever is first. */
const HEAD_FRAMES = 25;
const HEAD_MS = 2000;
const HEAD_BYTES = 8 * 1024 * 1024;

/** How an AVI file is written. */
export interface AviOptions extends AviFileOptions {
  /** Frames a second of the file; measured from the frames' times when left out. */
  frameRate?: number | undefined;
}

interface HeldFrame {
  jpeg: Uint8Array;
  at: number | undefined;
}

/**
 * Writes Motion JPEG as AVI with OpenDML's indexes, so that its length has no bound that matters.
 * Frames keep their time: where some are missing, the one before is shown on. While it is being
 * written the file plays as far as it goes; only when it is closed has it its indexes.
 *
 * The first {@linkcode HEAD_FRAMES} frames, of at most two seconds, are held until the rate is known,
 * unless it is given.
 */
export class AviWriter implements FrameWriter {
  readonly #file: AviFile;
  #grid: FrameGrid | undefined;
  #head: HeldFrame[] = [];
  #headBytes = 0;
  #written = false;

  private constructor(file: AviFile, frameRate: number | undefined) {
    this.#file = file;
    if (frameRate !== undefined) this.#grid = new FrameGrid(fractionOf(frameRate), true);
  }

  /** @param path the file's name once it is whole */
  static async create(path: string, options: AviOptions = {}): Promise<AviWriter> {
    const file = new AviFile(await AtomicFile.create(path), options);
    return new AviWriter(file, options.frameRate);
  }

  get frames(): number {
    return this.#file.frames + this.#head.length;
  }

  get bytes(): number {
    return this.#file.bytes + this.#headBytes;
  }

  async write(jpeg: Uint8Array, at?: number): Promise<void> {
    this.#check(jpeg);
    if (this.#grid !== undefined) return await this.#write(this.#grid, jpeg, at);
    this.#head.push({ jpeg: jpeg.slice(), at });
    this.#headBytes += jpeg.length;
    if (this.#headIsEnough()) await this.#release();
  }

  async commit(): Promise<void> {
    try {
      await this.#release();
    } finally {
      await this.#file.commit(this.#grid!.rate);
    }
  }

  async abort(): Promise<void> {
    this.#head = [];
    await this.#file.abort();
  }

  #check(jpeg: Uint8Array): void {
    const frame = this.frames + 1;
    checkJpeg(jpeg, frame);
    if (jpeg.length > MAX_JPEG_BYTES) {
      throw new FrameRefusedError(
        frame,
        `It has ${jpeg.length} bytes, more than ${MAX_JPEG_BYTES}`,
      );
    }
    if (this.#written) return;
    // The headers state the size of the first; players ask each picture itself.
    try {
      const { width, height } = inspectJpeg(jpeg);
      this.#file.size = { width, height };
      this.#written = true;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new FrameRefusedError(frame, error.message);
    }
  }

  #headIsEnough(): boolean {
    const from = this.#head[0]!.at ?? 0;
    const to = this.#head.at(-1)!.at ?? 0;
    return this.#head.length >= HEAD_FRAMES || to - from >= HEAD_MS ||
      this.#headBytes >= HEAD_BYTES;
  }

  /** Decides on the rate, and writes what waited for it. */
  async #release(): Promise<void> {
    const head = this.#head;
    const times = head.flatMap(({ at }) => at ?? []);
    this.#grid ??= new FrameGrid(measuredRate(times) ?? fractionOf(DEFAULT_RATE), false);
    this.#headBytes = 0;
    for (let held = head.shift(); held !== undefined; held = head.shift()) {
      await this.#write(this.#grid, held.jpeg, held.at);
    }
  }

  async #write(grid: FrameGrid, jpeg: Uint8Array, at: number | undefined): Promise<void> {
    await this.#file.add(jpeg, grid.place(at), grid.rate);
  }
}
