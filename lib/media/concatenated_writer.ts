import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, FrameRefusedError, type FrameWriter } from "./frame_writer.ts";
import { JpegEnd } from "./jpeg_end.ts";

/**
 * Writes JPEGs one after another. The format has no lengths, so a frame must end where its markers
 * say; bytes behind its end of image (padding of some cameras) are left out.
 */
export class ConcatenatedWriter implements FrameWriter {
  readonly #file: AtomicFile;
  #frames = 0;

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** @param path the file's name once it is whole */
  static async create(path: string): Promise<ConcatenatedWriter> {
    return new ConcatenatedWriter(await AtomicFile.create(path));
  }

  get frames(): number {
    return this.#frames;
  }

  async write(jpeg: Uint8Array): Promise<void> {
    const frame = this.#frames + 1;
    checkJpeg(jpeg, frame);
    const end = new JpegEnd().feed(jpeg);
    if (end.kind === "malformed") throw new FrameRefusedError(frame, end.error.message);
    if (end.kind === "more") throw new FrameRefusedError(frame, "The JPEG has no end of image");
    this.#frames = frame;
    await this.#file.write(jpeg.subarray(0, end.value));
  }

  commit(): Promise<void> {
    return this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
