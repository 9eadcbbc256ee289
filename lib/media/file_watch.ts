import { equals } from "@std/bytes/equals";
import { MediaChangedError } from "../stream/frame_source.ts";
import type { FileState } from "./regular_file.ts";

/** Bytes from the beginning of a file by which it is known again. */
export const HEAD_BYTES = 4096;

/** What it watches of a file. */
type WatchedState = Pick<FileState, "size" | "nlink" | "mtime">;

/**
 * Tells whether an open file still is what it was. One that is deleted, or has another put in its
 * place, is there for whoever has it open; one that grows keeps what it had. One that is cut or written
 * over cannot be read on: parts of two pictures would make one.
 */
export class FileWatch {
  /** The file's first bytes, once they have been read. */
  head: Uint8Array = new Uint8Array(0);
  #size: number;
  #modified: number | undefined;
  #gone = false;
  #change: MediaChangedError | undefined;

  /**
   * @param opened what the file was when it was opened
   * @param tell told once that the file is gone, and once how it has changed
   */
  constructor(
    readonly file: { statSync(): WatchedState },
    opened: WatchedState,
    readonly tell: (change: string) => void,
  ) {
    this.#size = opened.size;
    this.#modified = opened.mtime?.getTime();
  }

  /**
   * Looks at the file once bytes have been read of it.
   * @returns whether it has been written to, and {@linkcode compareHead} is to tell how
   * @throws {MediaChangedError} when it has been cut, or was found to be another before
   */
  check(at: number, bytes: Uint8Array): boolean {
    if (this.#change !== undefined) throw this.#change;
    const { size, nlink, mtime } = this.file.statSync();
    if (size < this.#size) {
      this.#fail(`The file was cut from ${this.#size} to ${size} bytes while it was served`);
    }
    if (nlink === 0 && !this.#gone) {
      this.#gone = true;
      this.tell("The file was deleted or replaced while it was served; who watches it keeps it");
    }
    const isTouched = mtime?.getTime() !== this.#modified;
    this.#modified = mtime?.getTime();
    if (at === 0 && this.head.length === 0 && !isTouched) this.head = bytes.slice(0, HEAD_BYTES);
    return isTouched;
  }

  /**
   * @param bytes what the file begins with now
   * @throws {MediaChangedError} when it is something else than before
   */
  compareHead(bytes: Uint8Array): void {
    if (equals(this.head, bytes)) return;
    this.#fail("The file was written over while it was served");
  }

  #fail(change: string): never {
    this.#change = new MediaChangedError(change);
    this.tell(change);
    throw this.#change;
  }
}
