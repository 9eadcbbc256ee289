import { MalformedError } from "../bytes/malformed.ts";
import { type FolderOptions, FolderWriter, frameFiles, prepareFolder } from "./folder_writer.ts";
import { checkJpeg, FrameRefusedError } from "./frame_writer.ts";
import { PngConverter } from "./png_converter.ts";

/** Writes each frame as a PNG file of its own; every file that is there is whole. */
export class PngFolderWriter extends FolderWriter {
  readonly #converter = new PngConverter();

  /** @param folder made when it does not exist */
  static override async create(
    folder: string,
    options: FolderOptions = {},
  ): Promise<PngFolderWriter> {
    return new PngFolderWriter(await prepareFolder(frameFiles(folder, "png"), options));
  }

  override async commit(): Promise<void> {
    await super.commit();
    this.#converter.close();
  }

  protected override async content(jpeg: Uint8Array, frame: number): Promise<Uint8Array> {
    checkJpeg(jpeg, frame);
    try {
      return await this.#converter.convert(jpeg);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new FrameRefusedError(frame, error.problem);
    }
  }
}
