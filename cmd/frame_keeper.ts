import { toHex } from "../lib/bytes/hex.ts";
import type { FrameRecord } from "../lib/media/frame_manifest.ts";
import type { FrameShrinker } from "../lib/media/frame_shrinker.ts";
import { FrameRefusedError } from "../lib/media/frame_writer.ts";
import { reasonOf } from "../lib/net/errors.ts";
import type { DumpOutput, OpenOutput } from "./dump_output.ts";
import { LocalError } from "./exit_status.ts";

/** A frame to keep, whole or damaged. */
export interface GivenFrame {
  /** A whole JPEG file; undefined for a damaged frame. */
  jpeg: Uint8Array | undefined;
  /** When it is shown, in ms from a moment that is the same for all, never decreasing. */
  at: number;
  /** What is known of it; what becomes of it is added. */
  record: FrameRecord;
}

/** Where frames are kept. */
export interface KeeperOptions {
  output: DumpOutput;
  /** As typed, for errors. */
  out: string;
  /** Keep every so many complete frames, from the first. */
  every: number;
  /** Makes frames fit, where there is a limit. */
  shrinker: FrameShrinker | undefined;
  /** Whether records want the pictures' hashes. */
  hashes: boolean;
  /** Told of each frame, kept or not. */
  onRecord: (record: FrameRecord) => void;
}

/** Writes frames, and a record of each, into one file or folder after the other. */
export class FrameKeeper {
  /** Frames written. */
  kept = 0;
  /** Frames that the format cannot hold. */
  refused = 0;
  /** Why the first of them was not kept. */
  refusal: string | undefined;
  #current: OpenOutput;
  #startedAt: number | undefined;
  #begun = false;
  #complete = 0;
  #lastName: string | undefined;
  #failure: unknown;

  private constructor(readonly options: KeeperOptions, current: OpenOutput) {
    this.#current = current;
  }

  /** Opens the output, so that a name that cannot be written is told before anything is received. */
  static async open(options: KeeperOptions): Promise<FrameKeeper> {
    return new FrameKeeper(options, await options.output.open());
  }

  /**
   * Takes the next frame.
   * @throws {Error} (as a rejection) when the disk is full and the like; see {@linkcode explain}
   */
  async take(frame: GivenFrame): Promise<void> {
    try {
      await this.#take(frame);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Gives what was kept its name; nothing is left where no frame was. */
  async commit(): Promise<void> {
    const before = this.#current.writer.frames;
    try {
      await this.#end();
      // A full disk may have had no room for the last of them.
      this.kept += this.#current.writer.frames - before;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    } finally {
      this.options.shrinker?.close();
    }
  }

  async abort(): Promise<void> {
    this.options.shrinker?.close();
    await this.#current.writer.abort();
    await this.#current.manifest?.close();
  }

  /** What an earlier, longer run has left behind what was written now, in words. */
  async leftBehind(): Promise<string | undefined> {
    return this.kept === 0 ? undefined : await this.options.output.leftBehind(this.#lastName);
  }

  /** An error of writing as the person is told it; any other as it is. */
  explain(error: unknown): unknown {
    if (error !== this.#failure || error instanceof LocalError) return error;
    const kept = this.kept === 0 ? "" : `; ${this.kept} frame(s) are kept, as a whole`;
    return new LocalError(`--out ${this.options.out}: cannot write: ${reasonOf(error)}${kept}`, {
      cause: error,
    });
  }

  async #take({ jpeg, at, record }: GivenFrame): Promise<void> {
    if (jpeg !== undefined) {
      if (this.options.hashes) record.sha256 = await sha256(jpeg);
      if (this.#complete++ % this.options.every === 0) await this.#keep(jpeg, at, record);
    }
    const { manifest } = this.#current;
    if (manifest !== undefined) record.number += manifest.before;
    await manifest?.add(record);
    this.options.onRecord(record);
  }

  async #keep(jpeg: Uint8Array, at: number, record: FrameRecord): Promise<void> {
    const fitted = await this.options.shrinker?.fit(jpeg) ?? jpeg;
    if (!(fitted instanceof Uint8Array)) {
      const limit = `It has ${jpeg.length} bytes, only ${this.options.shrinker!.maxBytes} fit`;
      return this.#refuse(`${limit}, and it cannot be made shorter: ${fitted.problem}`, record);
    }
    if (!this.#begun) await this.options.output.begin();
    this.#begun = true;
    await this.#startSegment(fitted.length, at);
    const { writer } = this.#current;
    const before = writer.frames;
    try {
      await writer.write(fitted, at);
    } catch (error) {
      if (!(error instanceof FrameRefusedError)) throw error;
      return this.#refuse(error.problem, record);
    } finally {
      this.kept += writer.frames - before;
    }
    if (fitted !== jpeg) record.shrunkTo = fitted.length;
    this.#lastName = writer.lastName;
    if (writer.lastName !== undefined) record.file = writer.lastName;
  }

  #refuse(problem: string, record: FrameRecord): void {
    record.refused = problem;
    this.refused++;
    this.refusal ??= `frame ${record.number}: ${problem}`;
  }

  /** Ends the segment that is full, and begins another. */
  async #startSegment(length: number, at: number): Promise<void> {
    const { writer } = this.#current;
    this.#startedAt ??= at;
    const full = { ms: at - this.#startedAt, bytes: writer.bytes + length };
    if (writer.frames === 0 || !this.options.output.isFull(full)) return;
    await this.#end();
    this.#current = await this.options.output.open();
    this.#startedAt = at;
  }

  async #end(): Promise<void> {
    const { writer, manifest } = this.#current;
    try {
      await (writer.frames === 0 ? writer.abort() : writer.commit());
    } finally {
      await manifest?.close();
    }
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(digest));
}
