import { AppendFile } from "./append_file.ts";

/** What is kept of one frame beside its picture. */
export interface FrameRecord {
  /** In order, from 1; damaged frames are counted too. */
  number: number;
  /** Name of the picture's file; absent when there is none. */
  file?: string;
  /** RTP timestamp of its packets; absent for a frame of a file, as what follows. */
  rtpTimestamp?: number;
  /** Sequence numbers of its first and last packet as far as they came. */
  firstSequence?: number;
  lastSequence?: number;
  /** When its last packet came: seconds since the Unix epoch, with a fraction. */
  arrivalTime?: number;
  /** Of a frame of a file: seconds from the file's beginning. */
  mediaTime?: number;
  /** Bytes of the JPEG as received, or of what came of it. */
  bytes: number;
  /** SHA-256 of the JPEG as received, in hexadecimal; absent for a damaged frame. */
  sha256?: string;
  complete: boolean;
  /** What was missing; absent for a complete frame. */
  missing?: string;
  /** Why the format cannot hold a complete frame; absent when it can. */
  refused?: string;
  /** Bytes after it was made shorter to fit; absent when it is as received. */
  shrunkTo?: number;
}

/** The name of the manifest in a folder of frames. */
export const MANIFEST_NAME = "frames.jsonl";

/** How a manifest begins. */
export interface ManifestOptions {
  /** Whether to go on behind the records that are there; otherwise they are replaced. */
  resume?: boolean;
}

/** Bytes from the end of a manifest in which its last line is looked for. */
const TAIL_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Writes {@linkcode FrameRecord}s as JSON, one object a line, each as soon as it is known: what is
 * there is a valid manifest however the program ends. The file is touched when the first record comes.
 */
export class FrameManifest {
  readonly #path: string;
  readonly #resume: boolean;
  readonly #encoder = new TextEncoder();
  #file: AppendFile | undefined;

  /** Records that were there before, by the number of the last: those added are counted on from it. */
  readonly before: number;

  private constructor(path: string, resume: boolean, before: number) {
    this.#path = path;
    this.#resume = resume;
    this.before = before;
  }

  /** @param folder must exist */
  static async create(
    folder: string,
    { resume = false }: ManifestOptions = {},
  ): Promise<FrameManifest> {
    const path = `${folder}/${MANIFEST_NAME}`;
    return new FrameManifest(path, resume, resume ? await lastNumber(path) : 0);
  }

  /**
   * Adds a record.
   * @throws {Error} (as a rejection) when the disk is full and the like; those before it stay
   */
  async add(record: FrameRecord): Promise<void> {
    this.#file ??= await this.#open();
    await this.#file.append(this.#encoder.encode(JSON.stringify(record) + "\n"));
  }

  /** Closes it. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #open(): Promise<AppendFile> {
    const resume = this.#resume;
    const file = await Deno.open(this.#path, {
      ...{ read: true, write: true, create: true },
      truncate: !resume,
    });
    return new AppendFile(file, resume ? await cutHalfLine(file) : 0);
  }
}

/** Cuts off a line without an end, as a crash of the machine leaves it. @returns the length then */
async function cutHalfLine(file: Deno.FsFile): Promise<number> {
  const { size } = await file.stat();
  const { from, bytes } = await readTail(file, size);
  const length = from + bytes.lastIndexOf(NEWLINE) + 1;
  if (length < size) await file.truncate(length);
  await file.seek(length, Deno.SeekMode.Start);
  return length;
}

/** The number of the last whole record; 0 where there is none. */
async function lastNumber(path: string): Promise<number> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  try {
    const { bytes } = await readTail(file, (await file.stat()).size);
    const lines = new TextDecoder().decode(bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1));
    return numberOf(lines.trimEnd().split("\n").at(-1) ?? "");
  } finally {
    file.close();
  }
}

function numberOf(line: string): number {
  try {
    const { number } = JSON.parse(line) as { number?: unknown };
    return Number.isSafeInteger(number) ? number as number : 0;
  } catch {
    return 0;
  }
}

async function readTail(
  file: Deno.FsFile,
  size: number,
): Promise<{ from: number; bytes: Uint8Array }> {
  const from = Math.max(0, size - TAIL_BYTES);
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return { from, bytes: bytes.subarray(0, filled) };
}
