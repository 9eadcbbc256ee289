import type { AtomicFile } from "./atomic_file.ts";
import type { FrameWriter } from "./frame_writer.ts";

/** A file that is nothing but its frames, one behind the other, and valid after each. */
export abstract class SingleFileWriter implements FrameWriter {
  readonly #file: AtomicFile;
  #frames = 0;

  /** @param file fresh */
  constructor(file: AtomicFile) {
    this.#file = file;
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#file.length;
  }

  async write(jpeg: Uint8Array): Promise<void> {
    const parts = this.parts(jpeg, this.#frames + 1);
    this.#frames++;
    try {
      await this.#file.write(...parts);
    } catch (error) {
      this.#frames--;
      throw error;
    }
  }

  commit(): Promise<void> {
    return this.#file.commitWhole();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  /**
   * What is written of a frame.
   * @param frame its number, from 1
   * @throws {FrameRefusedError} when the format cannot hold it
   */
  protected abstract parts(jpeg: Uint8Array, frame: number): Uint8Array[];
}
