import { MalformedError } from "../bytes/malformed.ts";
import { FrameDamagedError, SourceClosedError } from "../stream/frame_source.ts";
import { MAX_JPEG_BYTES, startsJpeg } from "./jpeg_end.ts";
import { checkPng, isPng } from "./png_check.ts";
import type { Transcoder } from "./transcode/transcoder.ts";
import { WorkerTranscoder } from "./transcode/worker_transcoder.ts";

/** Picture files longer than this are not read. */
export const MAX_PICTURE_BYTES = MAX_JPEG_BYTES;

/**
 * Makes frames of picture files: a JPEG is one; a PNG is decoded and encoded as JPEG on a thread of
 * its own, started when the first one comes.
 */
export class PictureReader {
  readonly #make: () => Transcoder;
  #transcoder: Transcoder | undefined;
  #closed = false;

  /** @param make what decodes and encodes; tests give something else */
  constructor(make: () => Transcoder = () => new WorkerTranscoder({ threads: 1 })) {
    this.#make = make;
  }

  /**
   * @param file a whole picture file
   * @param frame the number it has, from 1, for errors
   * @param name of the file, for errors, where the medium has several
   * @throws {FrameDamagedError} (as a rejection) when it is neither JPEG nor PNG, or damaged
   */
  async frame(file: Uint8Array, frame: number, name?: string): Promise<Uint8Array> {
    if (startsJpeg(file)) return file;
    const which = name === undefined ? "" : `${JSON.stringify(name)}: `;
    const damaged = (position: number, problem: string): FrameDamagedError =>
      new FrameDamagedError(frame, position, which + problem);
    if (!isPng(file)) throw damaged(0, "The file is neither a JPEG nor a PNG");
    try {
      checkPng(file);
      return await this.#encode(file);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw damaged(error.position, `${error.element}: ${error.problem}`);
    }
  }

  /** Ends the thread; what is under way fails. */
  close(): void {
    this.#closed = true;
    this.#transcoder?.close();
  }

  async #encode(file: Uint8Array): Promise<Uint8Array> {
    if (this.#closed) throw new SourceClosedError();
    this.#transcoder ??= this.#make();
    const { result } = this.#transcoder.transcode({
      load: () => file,
      carrier: "rtp",
      urgent: true,
    });
    try {
      return (await result)!.jpeg;
    } catch (error) {
      if (this.#closed) throw new SourceClosedError();
      throw error;
    }
  }
}
