import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, FrameRefusedError, type FrameWriter } from "./frame_writer.ts";
import { formatLabHeader, LENGTH_DIGITS, MAX_LAB_FRAME_BYTES } from "./lab_header.ts";

/** Writes the course lab's format: each JPEG preceded by its length in bytes as five digits. */
export class LabWriter implements FrameWriter {
  readonly #file: AtomicFile;
  #frames = 0;

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** @param path the file's name once it is whole */
  static async create(path: string): Promise<LabWriter> {
    return new LabWriter(await AtomicFile.create(path));
  }

  get frames(): number {
    return this.#frames;
  }

  async write(jpeg: Uint8Array): Promise<void> {
    const frame = this.#frames + 1;
    checkJpeg(jpeg, frame);
    if (jpeg.length > MAX_LAB_FRAME_BYTES) {
      const limit = `only ${MAX_LAB_FRAME_BYTES} fit the ${LENGTH_DIGITS} digits of a lab file`;
      throw new FrameRefusedError(frame, `It has ${jpeg.length} bytes, ${limit}`);
    }
    this.#frames = frame;
    await Promise.all([this.#file.write(formatLabHeader(jpeg.length)), this.#file.write(jpeg)]);
  }

  commit(): Promise<void> {
    return this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
