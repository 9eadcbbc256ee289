import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, FrameRefusedError } from "./frame_writer.ts";
import { JpegEnd } from "./jpeg_end.ts";
import { SingleFileWriter } from "./single_file_writer.ts";

/**
 * Writes JPEGs one after another. The format has no lengths, so a frame must end where its markers
 * say; bytes behind its end of image (padding of some cameras) are left out.
 */
export class ConcatenatedWriter extends SingleFileWriter {
  /** @param path the file's name once it is whole */
  static async create(path: string): Promise<ConcatenatedWriter> {
    return new ConcatenatedWriter(await AtomicFile.create(path));
  }

  protected override parts(jpeg: Uint8Array, frame: number): Uint8Array[] {
    checkJpeg(jpeg, frame);
    const end = new JpegEnd().feed(jpeg);
    if (end.kind === "malformed") throw new FrameRefusedError(frame, end.error.message);
    if (end.kind === "more") throw new FrameRefusedError(frame, "The JPEG has no end of image");
    return [jpeg.subarray(0, end.value)];
  }
}
