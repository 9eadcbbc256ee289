/**
 * A file that appears under its name only when it is whole: it is written beside it, hidden, and
 * renamed at the end. Whoever has the old file open keeps it.
 */
export class AtomicFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  #turn: Promise<void> = Promise.resolve();
  #state: "open" | "committed" | "aborted" = "open";
  #length = 0;

  private constructor(path: string, temporary: string, file: Deno.FsFile) {
    this.path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Begins a file.
   * @param path its name once it is whole; the folder must exist
   */
  static async create(path: string): Promise<AtomicFile> {
    const temporary = temporaryName(path);
    const file = await Deno.open(temporary, { write: true, createNew: true });
    return new AtomicFile(path, temporary, file);
  }

  /** Bytes accepted so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends bytes. Calls take turns, in the order they are made.
   * @throws {Error} (as a rejection) when the disk is full and the like; {@linkcode abort} then
   */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") return Promise.reject(new Error(`The file is ${this.#state}`));
    this.#length += bytes.length;
    this.#turn = this.#turn.then(() => this.#writeAll(bytes));
    // Told to the caller below; to commit once more.
    this.#turn.catch(() => {});
    return this.#turn;
  }

  /**
   * Ends the file and gives it its name, replacing what had it before.
   * @throws {Error} (as a rejection) when a write had failed or the name cannot be given; nothing is
   * left behind then, and what had the name before still has it
   */
  async commit(): Promise<void> {
    if (this.#state !== "open") throw new Error(`The file is ${this.#state}`);
    this.#state = "committed";
    try {
      await this.#turn.finally(() => this.#file.close());
      await Deno.rename(this.#temporary, this.path);
    } catch (error) {
      this.#state = "aborted";
      await this.#remove();
      throw error;
    }
  }

  /** Throws away what has been written. Does nothing after {@linkcode commit}. */
  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    await this.#turn.catch(() => {});
    this.#file.close();
    await this.#remove();
  }

  /** Failing to tidy up must not hide why. */
  async #remove(): Promise<void> {
    await Deno.remove(this.#temporary).catch(() => {});
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }
}

/** In the same folder, since a rename does not cross file systems; hidden, so that no list shows it. */
function temporaryName(path: string): string {
  const split = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return `${path.slice(0, split)}.${path.slice(split)}.${crypto.randomUUID()}.part`;
}
