import { AppendFile } from "./append_file.ts";

/**
 * A file that appears under its name only when it is whole: it is written beside it, hidden, and
 * renamed at the end. Whoever has the old file open keeps it.
 */
export class AtomicFile {
  /** Its name, behind links. */
  readonly path: string;
  readonly #temporary: string;
  readonly #file: AppendFile;
  #state: "open" | "committed" | "aborted" = "open";

  private constructor(path: string, temporary: string, file: AppendFile) {
    this.path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Begins a file.
   * @param name its name once it is whole, or a link to a file; the folder must exist
   * @throws {Error} (as a rejection) when it cannot be written, or the name is that of a device, a
   * pipe or a folder: giving the file its name would do away with those
   */
  static async create(name: string): Promise<AtomicFile> {
    const path = await fileNamed(name);
    const temporary = temporaryName(path);
    const file = await Deno.open(temporary, { write: true, createNew: true });
    return new AtomicFile(path, temporary, new AppendFile(file));
  }

  /** Bytes accepted so far. */
  get length(): number {
    return this.#file.length;
  }

  /**
   * Appends bytes, all of them or none. Calls take turns, in the order they are made.
   * @param parts one behind the other
   * @throws {Error} (as a rejection) when the disk is full and the like; {@linkcode abort} then, or
   * {@linkcode commitWhole}
   */
  async write(...parts: Uint8Array[]): Promise<void> {
    this.#checkOpen();
    await this.#file.append(...parts);
  }

  /** Overwrites bytes that have been written. */
  async patch(position: number, bytes: Uint8Array): Promise<void> {
    this.#checkOpen();
    await this.#file.patch(position, bytes);
  }

  /** Cuts off what is behind `length` bytes. */
  async truncate(length: number): Promise<void> {
    this.#checkOpen();
    await this.#file.truncate(length);
  }

  /**
   * Ends the file and gives it its name, replacing what had it before.
   * @throws {Error} (as a rejection) when a write had failed or the name cannot be given; nothing is
   * left behind then, and what had the name before still has it
   */
  commit(): Promise<void> {
    return this.#commit(() => this.#file.done());
  }

  /**
   * As {@linkcode commit}, but keeps the file also when a write had failed: without the bytes of that
   * one. For formats that are valid after any of their writes; the failure has been told by the write.
   */
  commitWhole(): Promise<void> {
    return this.#commit(() => Promise.resolve());
  }

  /** Throws away what has been written. Does nothing after {@linkcode commit}. */
  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    await this.#file.close();
    await this.#remove();
  }

  async #commit(check: () => Promise<void>): Promise<void> {
    this.#checkOpen();
    this.#state = "committed";
    try {
      await check().finally(() => this.#file.close());
      await Deno.rename(this.#temporary, this.path);
    } catch (error) {
      this.#state = "aborted";
      await this.#remove();
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#state !== "open") throw new Error(`The file is ${this.#state}`);
  }

  /** Failing to tidy up must not hide why. */
  async #remove(): Promise<void> {
    await Deno.remove(this.#temporary).catch(() => {});
  }
}

/** Writes a file that is there whole or not at all. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(bytes);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** What a name stands for: itself, or the file that a link leads to. */
async function fileNamed(name: string): Promise<string> {
  const found = await statOf(name);
  if (found === undefined || found.isFile) return name;
  if (!found.isSymlink) {
    throw new Deno.errors.NotSupported("there is a device, a pipe or a folder of that name");
  }
  // Throws where it leads nowhere.
  return fileNamed(await Deno.realPath(name));
}

async function statOf(name: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** In the same folder, since a rename does not cross file systems; hidden, so that no list shows it. */
function temporaryName(path: string): string {
  const split = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return `${path.slice(0, split)}.${path.slice(split)}.${crypto.randomUUID()}.part`;
}
