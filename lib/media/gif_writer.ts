import { MalformedError } from "../bytes/malformed.ts";
import { inspectJpeg } from "../jpeg/inspect.ts";
import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, FrameRefusedError, type FrameWriter } from "./frame_writer.ts";
import type { GifPicture, GifRequest } from "./gif_frame.ts";
// Imported as a value too, so that a compiled program has the worker inside.
import { GIF_WORKER_NAME, type GifAnswer } from "./gif_worker.ts";
import { sizeWithin } from "./transcode/scale.ts";
import { WorkerCaller } from "./worker_caller.ts";

/** The longer side of the pictures, unless asked otherwise: a GIF of larger ones is no use in a page. */
export const DEFAULT_GIF_SIDE = 480;
/** Sides are 16-bit numbers. */
const LARGEST_SIDE = 65_535;
/** A tick: times are in hundredths of a second. */
const TICK_MS = 10;
/** What browsers show no faster: shorter ones they take for a tenth of a second. */
const LEAST_TICKS = 2;
const MOST_TICKS = 65_535;
/** How long pictures without a time are shown: as in the course lab. */
const DEFAULT_TICKS = 5;
const TRAILER = Uint8Array.of(0x3b);

/** How a GIF file is written. */
export interface GifOptions {
  /** Most pixels of the longer side, default {@linkcode DEFAULT_GIF_SIDE}. */
  side?: number | undefined;
  /** Told once when pictures are made smaller. */
  onScale?: (from: string, to: string) => void;
}

interface HeldPicture extends GifPicture {
  /** When it is shown, in hundredths of a second. */
  tick: number;
}

/**
 * Writes a GIF that is shown over and over, with the time each frame has. Pictures are painted on a
 * thread of their own; the last is held until the next tells how long it is shown, and left out when
 * that is less than a fiftieth of a second.
 */
export class GifWriter implements FrameWriter {
  readonly #file: AtomicFile;
  readonly #options: GifOptions;
  readonly #caller: WorkerCaller<GifRequest, GifAnswer>;
  #size: { width: number; height: number } | undefined;
  #held: HeldPicture | undefined;
  #lastTicks = DEFAULT_TICKS;
  #frames = 0;
  #merged = 0;

  private constructor(file: AtomicFile, options: GifOptions) {
    this.#file = file;
    this.#options = options;
    const url = new URL("./gif_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: GIF_WORKER_NAME });
    this.#caller = new WorkerCaller("GIF painter", worker);
  }

  /** @param path the file's name once it is whole */
  static async create(path: string, options: GifOptions = {}): Promise<GifWriter> {
    return new GifWriter(await AtomicFile.create(path), options);
  }

  get frames(): number {
    return this.#frames + this.#merged + (this.#held === undefined ? 0 : 1);
  }

  get bytes(): number {
    return this.#file.length;
  }

  async write(jpeg: Uint8Array, at?: number): Promise<void> {
    const frame = this.frames + 1;
    checkJpeg(jpeg, frame);
    this.#size ??= this.#chooseSize(jpeg, frame);
    const held = this.#held;
    const tick = at === undefined
      ? (held?.tick ?? -DEFAULT_TICKS) + DEFAULT_TICKS
      : Math.round(at / TICK_MS);
    const tooSoon = held !== undefined && tick - held.tick < LEAST_TICKS;
    // What comes in the stead of the first picture has the file's header as well.
    const first = this.#file.length === 0 && (held === undefined || tooSoon);
    const picture = await this.#paint(jpeg, first, frame);
    if (tooSoon) {
      this.#held = { ...picture, tick: held.tick };
      this.#merged++;
      return;
    }
    this.#held = undefined;
    if (held !== undefined) await this.#write(held, tick - held.tick);
    this.#held = { ...picture, tick };
  }

  async commit(): Promise<void> {
    try {
      const held = this.#held;
      this.#held = undefined;
      if (held !== undefined) await this.#write(held, this.#lastTicks);
    } finally {
      this.#caller.close();
      // Without it players show the file too.
      await this.#file.write(TRAILER).catch(() => {});
      await this.#file.commitWhole();
    }
  }

  async abort(): Promise<void> {
    this.#caller.close();
    await this.#file.abort();
  }

  #chooseSize(jpeg: Uint8Array, frame: number): { width: number; height: number } {
    try {
      const { width, height } = inspectJpeg(jpeg);
      const side = Math.min(LARGEST_SIDE, this.#options.side ?? DEFAULT_GIF_SIDE);
      const size = sizeWithin({ width, height }, side);
      if (size.width !== width || size.height !== height) {
        this.#options.onScale?.(`${width}x${height}`, `${size.width}x${size.height}`);
      }
      return size;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new FrameRefusedError(frame, error.message);
    }
  }

  async #paint(jpeg: Uint8Array, first: boolean, frame: number): Promise<GifPicture> {
    const answer = await this.#caller.ask({ jpeg, ...this.#size!, first });
    if ("problem" in answer) throw new FrameRefusedError(frame, answer.problem);
    return answer;
  }

  async #write({ gif, delayAt }: GifPicture, ticks: number): Promise<void> {
    this.#lastTicks = Math.min(MOST_TICKS, ticks);
    new DataView(gif.buffer, gif.byteOffset).setUint16(delayAt, this.#lastTicks, true);
    await this.#file.write(gif);
    this.#frames++;
  }
}
