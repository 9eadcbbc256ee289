import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, FrameRefusedError } from "./frame_writer.ts";
import { formatLabHeader, LENGTH_DIGITS, MAX_LAB_FRAME_BYTES } from "./lab_header.ts";
import { SingleFileWriter } from "./single_file_writer.ts";

/** Writes the course lab's format: each JPEG preceded by its length in bytes as five digits. */
export class LabWriter extends SingleFileWriter {
  /** @param path the file's name once it is whole */
  static async create(path: string): Promise<LabWriter> {
    return new LabWriter(await AtomicFile.create(path));
  }

  protected override parts(jpeg: Uint8Array, frame: number): Uint8Array[] {
    checkJpeg(jpeg, frame);
    if (jpeg.length > MAX_LAB_FRAME_BYTES) {
      const limit = `only ${MAX_LAB_FRAME_BYTES} fit the ${LENGTH_DIGITS} digits of a lab file`;
      throw new FrameRefusedError(frame, `It has ${jpeg.length} bytes, ${limit}`);
    }
    return [formatLabHeader(jpeg.length), jpeg];
  }
}
