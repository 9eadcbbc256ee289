import { writeWhole } from "./atomic_file.ts";
import { checkJpeg, type FrameWriter } from "./frame_writer.ts";
import {
  highestNumber,
  numberedName,
  type NumberedNames,
  numberedPath,
  takenNumbers,
} from "./numbered_names.ts";

const PREFIX = "frame-";

/**
 * The name of a frame's file: `frame-000001.jpg` and so on.
 * @param frame from 1
 */
export function frameFileName(frame: number, extension = "jpg"): string {
  return numberedName({ prefix: PREFIX, suffix: `.${extension}` }, frame);
}

/** The files of frames in a folder. */
export function frameFiles(folder: string, extension = "jpg"): NumberedNames {
  return { folder, prefix: PREFIX, suffix: `.${extension}` };
}

/** What becomes of frames that are in the folder from before. */
export interface FolderOptions {
  /**
   * `replace` (the default): each is replaced when a frame of its number comes, and those of higher
   * numbers stay. `resume`: numbers go on behind the highest. `clear`: they are removed when the first
   * frame comes.
   */
  earlier?: "replace" | "resume" | "clear";
}

/** Writes each frame to a file of its own; every file that is there is whole. */
export class FolderWriter implements FrameWriter {
  readonly #files: NumberedNames;
  readonly #first: number;
  readonly #made: boolean;
  #clear: boolean;
  #frames = 0;
  #bytes = 0;
  #lastName: string | undefined;
  #turn: Promise<void> = Promise.resolve();

  protected constructor({ files, first, clear, made }: PreparedFolder) {
    this.#files = files;
    this.#first = first;
    this.#clear = clear;
    this.#made = made;
  }

  /** @param folder made when it does not exist */
  static async create(folder: string, options: FolderOptions = {}): Promise<FolderWriter> {
    return new FolderWriter(await prepareFolder(frameFiles(folder), options));
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lastName(): string | undefined {
    return this.#lastName;
  }

  async write(jpeg: Uint8Array): Promise<void> {
    const turn = this.#turn.then(() => this.#writeNext(jpeg));
    // One after the other, so that what is there when the program ends has no gaps.
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Waits for the files under way. A folder that was made for frames and got none goes again. */
  async commit(): Promise<void> {
    await this.#turn;
    // Not where somebody else has put something into it.
    if (this.#made && this.#frames === 0) await Deno.remove(this.#files.folder).catch(() => {});
  }

  /** Waits for the files under way; those that are there are whole and stay. */
  abort(): Promise<void> {
    return this.commit();
  }

  /**
   * The bytes of a frame's file.
   * @throws {FrameRefusedError} (as a rejection) when it cannot be made
   */
  protected content(jpeg: Uint8Array, frame: number): Promise<Uint8Array> {
    checkJpeg(jpeg, frame);
    return Promise.resolve(jpeg);
  }

  async #writeNext(jpeg: Uint8Array): Promise<void> {
    const content = await this.content(jpeg, this.#frames + 1);
    if (this.#clear) await removeAll(this.#files);
    this.#clear = false;
    const number = this.#first + this.#frames;
    await writeWhole(numberedPath(this.#files, number), content);
    this.#frames++;
    this.#bytes += content.length;
    this.#lastName = numberedName(this.#files, number);
  }
}

/** A folder that frames can be written to. */
export interface PreparedFolder {
  files: NumberedNames;
  /** The number of the first frame. */
  first: number;
  /** Whether what is there goes when the first frame comes. */
  clear: boolean;
  /** Whether it was not there before. */
  made: boolean;
}

/** Makes the folder, and finds out where numbers begin. */
export async function prepareFolder(
  files: NumberedNames,
  { earlier = "replace" }: FolderOptions,
): Promise<PreparedFolder> {
  const made = await makeFolder(files.folder);
  const first = earlier === "resume" ? await highestNumber(files) + 1 : 1;
  return { files, first, clear: earlier === "clear", made };
}

/** Sees to it that there is a folder. @returns whether it was not there before */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(path, { recursive: true });
    return true;
  }
  // Tells when it is no folder.
  await Deno.mkdir(path, { recursive: true });
  return false;
}

async function removeAll(files: NumberedNames): Promise<void> {
  for (const number of await takenNumbers(files)) await Deno.remove(numberedPath(files, number));
}
