import { closeSync, constants, fstat, fstatSync, open, read, type Stats } from "node:fs";

/** What a file is now. */
export interface FileState {
  readonly isFile: boolean;
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
  /** Names it has: none when it is deleted. */
  readonly nlink: number | null;
  readonly mtime: Date | null;
}

/** A file open for reading, as much of `Deno.FsFile` as that takes. */
export interface ReadableFile {
  /** @returns bytes read, null at the end */
  read(into: Uint8Array): Promise<number | null>;
  /** @param whence always `Deno.SeekMode.Start` */
  seek(at: number, whence: Deno.SeekMode): Promise<number>;
  statSync(): FileState;
  close(): void;
}

/**
 * Opens a file to read it, and never waits for anybody: where a FIFO stands, opening it as usual would
 * wait for its writer, however well one has looked before.
 * @returns the file and what it is, or undefined when it is no regular file, or there is none
 * @throws {Error} (as a rejection) with the system's code
 */
export async function openRegular(
  path: string,
): Promise<{ file: ReadableFile; info: FileState } | undefined> {
  const file = await openAtOnce(path);
  if (file === undefined) return undefined;
  try {
    const info = await file.stat();
    if (info.isFile) return { file, info };
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/** Not followed either: where there was a file, a link has no business. */
const HOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

async function openAtOnce(path: string): Promise<RegularFile | undefined> {
  try {
    return new RegularFile(await settled<number>((done) => open(path, HOW, done)));
  } catch (error) {
    const { code } = error as { code?: string };
    // No such file; a link; a socket, or a device without a driver.
    if (code === "ENOENT" || code === "ELOOP" || code === "ENXIO") return undefined;
    throw error;
  }
}

class RegularFile implements ReadableFile {
  #position = 0;
  #reading = 0;
  #closed = false;

  constructor(readonly descriptor: number) {}

  async read(into: Uint8Array): Promise<number | null> {
    const at = this.#position;
    this.#reading++;
    try {
      const count = await settled<number>((done) => {
        read(this.descriptor, into, 0, into.length, at, done);
      });
      this.#position = at + count;
      return count === 0 && into.length > 0 ? null : count;
    } finally {
      this.#reading--;
      if (this.#closed) this.#close();
    }
  }

  seek(at: number): Promise<number> {
    this.#position = at;
    return Promise.resolve(at);
  }

  async stat(): Promise<FileState> {
    return stateOf(await settled<Stats>((done) => fstat(this.descriptor, done)));
  }

  statSync(): FileState {
    return stateOf(fstatSync(this.descriptor));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#close();
  }

  /** A descriptor that is free may be another file's at once, so whoever reads comes first. */
  #close(): void {
    if (this.#reading === 0) closeSync(this.descriptor);
  }
}

function stateOf(stats: Stats): FileState {
  const { dev, ino, size, nlink, mtime } = stats;
  return { isFile: stats.isFile(), dev, ino, size, nlink, mtime };
}

/** What a function of Node's answers. */
function settled<T>(
  begin: (done: (error: Error | null, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => error === null ? resolve(value) : reject(error));
  });
}
