/**
 * An open file that grows at its end, a unit at a time. A unit is in it whole or not at all: when
 * the disk is full, what has been written of one is cut off again. Calls take turns, in the order
 * they are made.
 */
export class AppendFile {
  readonly #file: Deno.FsFile;
  #turn: Promise<unknown> = Promise.resolve();
  #accepted: number;
  #written: number;
  #failure: unknown;
  #failed = false;

  /**
   * @param file open for writing, at its end; {@linkcode close} closes it
   * @param length its length in bytes
   */
  constructor(file: Deno.FsFile, length = 0) {
    this.#file = file;
    this.#accepted = length;
    this.#written = length;
  }

  /** Bytes in the file once all calls so far are done, as far as none of them fails. */
  get length(): number {
    return this.#accepted;
  }

  /**
   * Appends one unit.
   * @param parts of it, one behind the other
   * @throws {Error} (as a rejection) when the disk is full and the like; later units may do
   */
  append(...parts: Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    this.#accepted += bytes;
    return this.#queue(async () => {
      try {
        for (const part of parts) await writeAll(this.#file, part);
        this.#written += bytes;
      } catch (error) {
        this.#accepted -= bytes;
        this.#noteFailure(error);
        await this.#cut(this.#written);
        throw error;
      }
    });
  }

  /**
   * Overwrites bytes that are there, e.g. a length that is known only now.
   * @throws {Error} (as a rejection) when the system does not let it
   */
  patch(position: number, bytes: Uint8Array): Promise<void> {
    return this.#queue(async () => {
      try {
        await this.#file.seek(position, Deno.SeekMode.Start);
        await writeAll(this.#file, bytes);
      } finally {
        await this.#file.seek(this.#written, Deno.SeekMode.Start);
      }
    });
  }

  /** Cuts off what is behind `length` bytes. */
  truncate(length: number): Promise<void> {
    return this.#queue(async () => {
      await this.#cut(length);
      this.#accepted += length - this.#written;
      this.#written = length;
    });
  }

  /**
   * Waits for the calls so far.
   * @throws {Error} (as a rejection) the first failure of {@linkcode append}, if there was one
   */
  async done(): Promise<void> {
    await this.#turn;
    if (this.#failed) throw this.#failure;
  }

  /** Waits for the calls so far, however they end, and closes the file. */
  async close(): Promise<void> {
    await this.#turn;
    this.#file.close();
  }

  #queue(call: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(call);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #noteFailure(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
  }

  async #cut(length: number): Promise<void> {
    await this.#file.truncate(length);
    await this.#file.seek(length, Deno.SeekMode.Start);
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
