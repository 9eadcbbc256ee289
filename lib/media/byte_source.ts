import { SourceClosedError } from "../stream/frame_source.ts";

/** Bytes that can be read at any place: an open file, or a clip held in memory. */
export interface ByteSource {
  /** Length in bytes, as it was when the source was opened. */
  readonly size: number;

  /**
   * The bytes from offset `at`: `length` of them, fewer only where the source ends. Directly when
   * they are at hand. The receiver does not write into them.
   * @throws {SourceClosedError} after {@linkcode close}
   */
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>;

  /** May be called more than once. */
  close(): void;
}

/** A {@linkcode ByteSource} over bytes in memory; reads are views, nothing is copied. */
export class MemoryBytes implements ByteSource {
  #closed = false;

  constructor(readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(at: number, length: number): Uint8Array {
    if (this.#closed) throw new SourceClosedError();
    return this.bytes.subarray(at, at + length);
  }

  close(): void {
    this.#closed = true;
  }
}
