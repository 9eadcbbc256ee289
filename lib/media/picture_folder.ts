import {
  checkFrameIndex,
  type FrameAnswer,
  FrameDamagedError,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../stream/frame_source.ts";
import { PictureReader } from "./picture_reader.ts";

/** What a {@linkcode PictureFolder} is made of. */
export interface PictureFolderParts {
  /** The files, in the order in which they are shown. */
  names: readonly string[];
  /**
   * Reads a file of the folder; undefined when it is not there any more.
   * @throws {MediaUnreadableError} (as a rejection) when it cannot be read, or is too long
   */
  read: (name: string) => Promise<Uint8Array | undefined>;
  reader?: PictureReader;
}

/** A folder of numbered pictures, one a frame. Files are read when they are asked for. */
export class PictureFolder implements FrameSource {
  readonly frameRate = undefined;
  readonly faults: readonly FrameFault[] = [];
  readonly #names: readonly string[];
  readonly #read: PictureFolderParts["read"];
  readonly #reader: PictureReader;
  #closed = false;

  constructor({ names, read, reader = new PictureReader() }: PictureFolderParts) {
    this.#names = names;
    this.#read = read;
    this.#reader = reader;
  }

  get knownFrameCount(): number {
    return this.#names.length;
  }

  frameCount(): Promise<number> {
    if (this.#closed) return Promise.reject(new SourceClosedError());
    return Promise.resolve(this.#names.length);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    const name = this.#names[index];
    return name === undefined ? undefined : this.#frame(index, name);
  }

  /** Nothing is kept here, so nothing can be fetched ahead. */
  prefetch(): boolean {
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#reader.close();
  }

  async #frame(index: number, name: string): Promise<Uint8Array> {
    const damaged = (problem: string): FrameDamagedError =>
      new FrameDamagedError(index + 1, 0, `${JSON.stringify(name)}: ${problem}`);
    let file: Uint8Array | undefined;
    try {
      file = await this.#read(name);
    } catch (error) {
      throw damaged(error instanceof Error ? error.message : String(error));
    }
    if (this.#closed) throw new SourceClosedError();
    if (file === undefined) throw damaged("The file is not there any more");
    return await this.#reader.frame(file, index + 1, name);
  }
}
