import { AtomicFile } from "./atomic_file.ts";
import { checkJpeg, type FrameWriter } from "./frame_writer.ts";

const NUMBER_DIGITS = 6;

/**
 * The name of a frame's file: `frame-000001.jpg` and so on.
 * @param frame from 1
 */
export function frameFileName(frame: number, extension = "jpg"): string {
  return `frame-${String(frame).padStart(NUMBER_DIGITS, "0")}.${extension}`;
}

/** Writes each frame to a file of its own; every file that is there is whole. */
export class FolderWriter implements FrameWriter {
  readonly #folder: string;
  #frames = 0;
  #turn: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder made when it does not exist; frames in it from before are replaced one by one */
  static async create(folder: string): Promise<FolderWriter> {
    await Deno.mkdir(folder, { recursive: true });
    return new FolderWriter(folder);
  }

  get frames(): number {
    return this.#frames;
  }

  async write(jpeg: Uint8Array): Promise<void> {
    checkJpeg(jpeg, this.#frames + 1);
    const path = `${this.#folder}/${frameFileName(++this.#frames)}`;
    // One after the other, so that what is there when the program ends has no gaps.
    const turn = this.#turn.then(() => writeWhole(path, jpeg));
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Waits for the files under way. */
  commit(): Promise<void> {
    return this.#turn;
  }

  /** Waits for the files under way; those that are there are whole and stay. */
  abort(): Promise<void> {
    return this.#turn;
  }
}

/** Writes a file that is there whole or not at all. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(bytes);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
