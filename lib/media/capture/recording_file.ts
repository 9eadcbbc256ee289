import { ByteWriter } from "../../bytes/writer.ts";
import { AtomicFile } from "../atomic_file.ts";

/** Bytes gathered before they are written. */
const PIECE_BYTES = 64 * 1024;
/** Bytes that may wait for a slow disk; what comes while there are more is left out. */
const MOST_WAITING = 64 * 1024 * 1024;

/**
 * A recording on its way to disk, packet after packet without waiting for one, and at the latest a
 * second after it came: whoever is killed leaves that much. Like every file it has its name only
 * once it is whole.
 */
export class RecordingFile {
  /** Packets left out since the disk did not keep up, or has failed. */
  leftOut = 0;
  #writer = new ByteWriter(PIECE_BYTES + 4096);
  #waiting = 0;
  #second: number | undefined;
  #failed = false;
  #failure: unknown;

  private constructor(readonly file: AtomicFile) {}

  /** @param path its name once it is whole; the folder must exist */
  static async create(path: string): Promise<RecordingFile> {
    return new RecordingFile(await AtomicFile.create(path));
  }

  /**
   * Has a packet, or what else belongs together, written.
   * @param write must not write anything when it fails
   * @param second when it came, in whole seconds of any clock
   */
  append(write: (writer: ByteWriter) => void, second: number): void {
    if (this.#failed || this.#waiting > MOST_WAITING) {
      this.leftOut++;
      return;
    }
    write(this.#writer);
    if (this.#writer.length >= PIECE_BYTES || second !== this.#second) this.#flush();
    this.#second = second;
  }

  /**
   * Writes what is left and gives the file its name.
   * @throws what writing threw, e.g. since the disk is full; what had been written is kept
   */
  async close(): Promise<void> {
    if (!this.#failed) this.#flush();
    await this.file.commitWhole();
    if (this.#failed) throw this.#failure;
  }

  /** Throws away what has been written. */
  async abort(): Promise<void> {
    await this.file.abort();
  }

  #flush(): void {
    const bytes = this.#writer.finish();
    if (bytes.length === 0) return;
    this.#writer = new ByteWriter(PIECE_BYTES + 4096);
    this.#waiting += bytes.length;
    // Told by close.
    this.file.write(bytes).catch((error) => this.#fail(error))
      .finally(() => this.#waiting -= bytes.length);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
  }
}
