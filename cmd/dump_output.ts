import { FrameManifest } from "../lib/media/frame_manifest.ts";
import type { FrameWriter } from "../lib/media/frame_writer.ts";
import { frameFiles } from "../lib/media/folder_writer.ts";
import {
  highestNumber,
  numberedName,
  type NumberedNames,
  numberedPath,
  takenNumbers,
} from "../lib/media/numbered_names.ts";
import type { WriterOptions } from "./dump_formats.ts";
import { LocalError, UsageError } from "./exit_status.ts";

/** Where a segment ends: after so much time, in ms, or before so many bytes. */
export type SegmentLimit = { ms: number } | { bytes: number };

/** What becomes of what an earlier run has written. */
export type Earlier = "replace" | "resume" | "clear";

/** What is written, one file or folder after the other. */
export interface OutputFormat<W> {
  /** Whether it is a folder of files and not one file. */
  readonly folder: boolean;
  /** Of the file, or of the files in the folder. */
  readonly extension: string;
  create(path: string, options: WriterOptions): Promise<W>;
}

/** How the output is written. */
export interface OutputOptions<W = FrameWriter> {
  /** As typed. */
  path: string;
  format: OutputFormat<W>;
  earlier: Earlier;
  segment: SegmentLimit | undefined;
  writer: Omit<WriterOptions, "earlier">;
}

/** One file or folder that is being written. */
export interface OpenOutput<W = FrameWriter> {
  writer: W;
  /** Of folders of frames. */
  manifest: FrameManifest | undefined;
}

/** The file or folder that was asked for, or the numbered ones when it is cut into segments. */
export class DumpOutput<W = FrameWriter> {
  readonly #options: OutputOptions<W>;
  /** The names of segments; undefined when there are none. */
  readonly #segments: NumberedNames | undefined;
  #next: number;
  #clear: boolean;

  private constructor(
    options: OutputOptions<W>,
    segments: NumberedNames | undefined,
    first: number,
  ) {
    this.#options = options;
    this.#segments = segments;
    this.#next = first;
    this.#clear = segments !== undefined && options.earlier === "clear";
  }

  /**
   * @throws {UsageError} when what was asked for does not go together
   * @throws {LocalError} (as a rejection) when it is a folder where a file is meant
   */
  static async create<W>(options: OutputOptions<W>): Promise<DumpOutput<W>> {
    const { format, earlier, path } = options;
    const segments = options.segment === undefined ? undefined : segmentNames(path, format);
    if (earlier === "resume" && !format.folder && segments === undefined) {
      throw new UsageError("--resume goes on with numbers: of frames in a folder, or of --segment");
    }
    if (earlier === "clear" && format.folder && segments !== undefined) {
      throw new UsageError("--overwrite removes no folders; remove those of --segment yourself");
    }
    if (!format.folder && segments === undefined && await isFolder(path)) {
      throw new LocalError(`--out ${path}: this is a folder; name a file`);
    }
    const resume = segments !== undefined && earlier === "resume";
    return new DumpOutput(options, segments, resume ? await highestNumber(segments) + 1 : 1);
  }

  /** Whether it is cut into segments. */
  get segmented(): boolean {
    return this.#segments !== undefined;
  }

  /** Opens it, or the next segment. */
  async open(): Promise<OpenOutput<W>> {
    const { format, path, earlier, writer: options } = this.#options;
    const segments = this.#segments;
    const place = segments === undefined ? path : numberedPath(segments, this.#next++);
    const resume = segments === undefined && earlier === "resume";
    const writer = await format.create(place, {
      ...options,
      ...(segments === undefined ? { earlier } : {}),
    });
    const manifest = format.folder ? await FrameManifest.create(place, { resume }) : undefined;
    return { writer, manifest };
  }

  /** Called when the first frame is there to be written: only now may anything of before go. */
  async begin(): Promise<void> {
    if (!this.#clear) return;
    this.#clear = false;
    for (const number of await takenNumbers(this.#segments!)) {
      await Deno.remove(numberedPath(this.#segments!, number));
    }
  }

  /** Whether `frames` of `bytes` that last `ms` are all for a segment. */
  isFull({ ms, bytes }: { ms: number; bytes: number }): boolean {
    const limit = this.#options.segment;
    if (limit === undefined) return false;
    return "ms" in limit ? ms >= limit.ms : bytes > limit.bytes;
  }

  /**
   * What an earlier, longer run has left behind what was written now, in words.
   * @param lastName of the file that the last frame went into
   */
  async leftBehind(lastName: string | undefined): Promise<string | undefined> {
    const { format, path, earlier } = this.#options;
    if (earlier !== "replace") return undefined;
    const names = this.#segments ??
      (format.folder ? frameFiles(path, format.extension) : undefined);
    if (names === undefined) return undefined;
    const last = this.#segments === undefined ? numberOf(lastName) : this.#next - 1;
    const left = (await takenNumbers(names)).filter((number) => number > last);
    if (left.length === 0) return undefined;
    const [from, to] = [left[0]!, left.at(-1)!].map((number) => numberedName(names, number));
    return `--out ${path}: ${left.length} of an earlier run are still there, ${from} to ${to} ` +
      "(--overwrite removes such, --resume goes on behind them)";
  }
}

function numberOf(lastName: string | undefined): number {
  return lastName === undefined ? Infinity : Number(/(\d+)\.[^.]*$/.exec(lastName)?.[1]);
}

/** `recording.avi` gets segments `recording-000001.avi` …, a folder `frames/` gets `frames-000001/` …. */
function segmentNames(path: string, { folder: inFolders }: OutputFormat<unknown>): NumberedNames {
  const whole = path.replace(/(?<=.)[/\\]+$/, "");
  const split = Math.max(whole.lastIndexOf("/"), whole.lastIndexOf("\\")) + 1;
  const folder = split === 0 ? "." : whole.slice(0, split).replace(/(?<=.)[/\\]+$/, "");
  const name = whole.slice(split);
  const dot = inFolders ? -1 : name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return { folder, prefix: `${stem}-`, suffix: dot > 0 ? name.slice(dot) : "" };
}

/** Whether there is a folder of that name. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
