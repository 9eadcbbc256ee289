import { MalformedError } from "../bytes/malformed.ts";
import { frameFileName, writeWhole } from "./folder_writer.ts";
import { checkJpeg, FrameRefusedError, type FrameWriter } from "./frame_writer.ts";
import { PngConverter } from "./png_converter.ts";

const EXTENSION = "png";

/** Writes each frame as a PNG file of its own; every file that is there is whole. */
export class PngFolderWriter implements FrameWriter {
  readonly #folder: string;
  #frames = 0;
  readonly #converter = new PngConverter();
  #turn: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder made when it does not exist; frames in it from before are replaced one by one */
  static async create(folder: string): Promise<PngFolderWriter> {
    await Deno.mkdir(folder, { recursive: true });
    return new PngFolderWriter(folder);
  }

  get frames(): number {
    return this.#frames;
  }

  /** @throws {FrameRefusedError} (as a rejection) also when the JPEG cannot be decoded */
  async write(jpeg: Uint8Array): Promise<void> {
    const turn = this.#turn.then(() => this.#writeNext(jpeg));
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Waits for the files under way. */
  async commit(): Promise<void> {
    await this.#turn;
    this.#converter.close();
  }

  /** Waits for the files under way; those that are there are whole and stay. */
  abort(): Promise<void> {
    return this.commit();
  }

  async #writeNext(jpeg: Uint8Array): Promise<void> {
    const frame = this.#frames + 1;
    checkJpeg(jpeg, frame);
    const png = await this.#convert(jpeg, frame);
    await writeWhole(`${this.#folder}/${frameFileName(frame, EXTENSION)}`, png);
    this.#frames = frame;
  }

  async #convert(jpeg: Uint8Array, frame: number): Promise<Uint8Array> {
    try {
      return await this.#converter.convert(jpeg);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new FrameRefusedError(frame, error.problem);
    }
  }
}
