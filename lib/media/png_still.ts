import {
  checkFrameIndex,
  type FrameAnswer,
  FrameDamagedError,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import { MAX_PICTURE_BYTES, PictureReader } from "./picture_reader.ts";

/** A PNG file as one frame. */
export class PngStill implements FrameSource {
  readonly frameRate = undefined;
  readonly knownFrameCount = 1;
  readonly faults: readonly FrameFault[] = [];
  readonly #bytes: ByteSource;
  readonly #reader: PictureReader;
  #closed = false;

  /** @param bytes the file; closed with this source */
  constructor(bytes: ByteSource, reader = new PictureReader()) {
    this.#bytes = bytes;
    this.#reader = reader;
  }

  frameCount(): Promise<number> {
    return this.#closed ? Promise.reject(new SourceClosedError()) : Promise.resolve(1);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    return index === 0 ? this.#read() : undefined;
  }

  /** Nothing is kept here, so nothing can be fetched ahead. */
  prefetch(): boolean {
    return true;
  }

  position(index: number): number | undefined {
    return index === 0 ? 0 : undefined;
  }

  close(): void {
    this.#closed = true;
    this.#reader.close();
    this.#bytes.close();
  }

  async #read(): Promise<Uint8Array> {
    const { size } = this.#bytes;
    if (size > MAX_PICTURE_BYTES) {
      throw new FrameDamagedError(1, 0, `A PNG of ${size} bytes exceeds ${MAX_PICTURE_BYTES}`);
    }
    return await this.#reader.frame(await this.#bytes.read(0, size), 1);
  }
}
