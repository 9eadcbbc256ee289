import { SourceClosedError } from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import type { FileWatch } from "./file_watch.ts";
import type { ReadableFile } from "./regular_file.ts";

/**
 * A {@linkcode ByteSource} over an open file. A file has one position, so reads take turns; a read
 * that begins where the last one ended needs no seek. There is no read-ahead here: the indexer asks
 * for wide windows, players for exactly one frame, and neither spoils the other's buffer.
 */
export class FileBytes implements ByteSource {
  #position = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /**
   * @param file open for reading, at its beginning; closed by {@linkcode close}
   * @param size its length in bytes
   * @param watch sees to it that what is read is what was there when it was opened
   */
  constructor(
    readonly file: Pick<ReadableFile, "read" | "seek" | "close">,
    readonly size: number,
    readonly watch?: FileWatch,
  ) {}

  read(at: number, length: number): Promise<Uint8Array> {
    const turn = this.#turn.then(() => this.#read(at, length));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.file.close();
  }

  async #read(at: number, length: number): Promise<Uint8Array> {
    try {
      this.#checkOpen();
      if (at !== this.#position) {
        this.#position = await this.file.seek(at, Deno.SeekMode.Start);
      }
      const bytes = await this.#fill(new Uint8Array(length));
      if (this.watch?.check(at, bytes)) await this.#checkHead(this.watch);
      return bytes;
    } catch (error) {
      this.#checkOpen();
      this.#position = -1;
      throw error;
    }
  }

  /** Somebody has written to the file: what was there may still be. */
  async #checkHead(watch: FileWatch): Promise<void> {
    this.#position = await this.file.seek(0, Deno.SeekMode.Start);
    watch.compareHead(await this.#fill(new Uint8Array(watch.head.length)));
  }

  async #fill(target: Uint8Array): Promise<Uint8Array> {
    let filled = 0;
    while (filled < target.length) {
      this.#checkOpen();
      const count = await this.file.read(target.subarray(filled));
      if (count === null) break;
      filled += count;
      this.#position += count;
    }
    return target.subarray(0, filled);
  }

  #checkOpen(): void {
    if (this.#closed) throw new SourceClosedError();
  }
}
