import { closestString } from "@std/text/closest-string";
import { AviWriter } from "../lib/media/avi_writer.ts";
import { ConcatenatedWriter } from "../lib/media/concatenated_writer.ts";
import { type FolderOptions, FolderWriter } from "../lib/media/folder_writer.ts";
import type { FrameWriter } from "../lib/media/frame_writer.ts";
import { MAX_LAB_FRAME_BYTES } from "../lib/media/lab_header.ts";
import { LabWriter } from "../lib/media/lab_writer.ts";
import { UsageError } from "./exit_status.ts";

/** What a format may want to know. */
export interface WriterOptions extends FolderOptions {
  /** Frames a second, where they are known; otherwise the frames' times tell. */
  frameRate?: number | undefined;
  /** Most pixels of the longer side of a GIF's pictures. */
  side?: number | undefined;
  /** Told what a person should know of how it is written. */
  talk: (line: string) => void;
}

/** A format frames can be written in. */
export interface DumpFormat {
  /** Whether it is a folder of files and not one file. */
  folder: boolean;
  /** Of the file, or of the files in the folder. */
  extension: string;
  /** Most bytes of a frame, where the format has room for no more: longer ones are made to fit. */
  maxFrameBytes?: number;
  /** Whether a frame is shown until the next one, however long: then repetitions are left out. */
  keepsTime?: boolean;
  /** Frames that are written where nothing is said about how many. */
  usualFrames?: number;
  create(path: string, options: WriterOptions): Promise<FrameWriter>;
}

/** A GIF holds every picture on its own, and browsers hold all of them in memory. */
const USUAL_GIF_FRAMES = 600;

const FORMATS: Readonly<Record<string, DumpFormat>> = {
  jpg: {
    folder: true,
    extension: "jpg",
    create: (path, { earlier }) => FolderWriter.create(path, folderOptions(earlier)),
  },
  png: {
    folder: true,
    extension: "png",
    create: async (path, { earlier }) => {
      // Loaded only here: it brings the decoder along.
      const { PngFolderWriter } = await import("../lib/media/png_folder_writer.ts");
      return await PngFolderWriter.create(path, folderOptions(earlier));
    },
  },
  mjpeg: { folder: false, extension: "mjpeg", create: (path) => ConcatenatedWriter.create(path) },
  lab: {
    folder: false,
    extension: "Mjpeg",
    maxFrameBytes: MAX_LAB_FRAME_BYTES,
    create: (path) => LabWriter.create(path),
  },
  avi: {
    folder: false,
    extension: "avi",
    keepsTime: true,
    create: (path, { frameRate }) => AviWriter.create(path, { frameRate }),
  },
  gif: {
    folder: false,
    extension: "gif",
    keepsTime: true,
    usualFrames: USUAL_GIF_FRAMES,
    create: async (path, { side, talk }) => {
      const { GifWriter } = await import("../lib/media/gif_writer.ts");
      const onScale = (from: string, to: string): void =>
        talk(`pictures of ${from} are made ${to} in the GIF (--side N: another size)`);
      return await GifWriter.create(path, { side, onScale });
    },
  },
};

function folderOptions(earlier: FolderOptions["earlier"]): FolderOptions {
  return earlier === undefined ? {} : { earlier };
}

/** Names of the formats there are. */
export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/** Formats that are planned; each becomes a row above, or of a table of its own beside it. */
const LATER: readonly string[] = ["rtpdump", "pcapng", "h264", "h265", "aac", "wav"];

const DEFAULT_FORMAT = "jpg";

/**
 * Formats by the end of a file's name. The course lab's files are called `movie.Mjpeg`, with a capital
 * M; in any other spelling it is the format most programs know under that name.
 */
const BY_EXTENSION: readonly [end: RegExp, format: string][] = [
  [/\.Mjpeg$/, "lab"],
  [/\.mjpe?g$/i, "mjpeg"],
  [/\.avi$/i, "avi"],
  [/\.gif$/i, "gif"],
];
/** Ends of names that say a file is meant, and not the folder that would be made. */
const OTHER_FILES =
  /\.(?:jpe?g|png|mp4|m4v|mov|mkv|webm|mpe?g|ts|pcapng|pcap|rtpdump|h26[45]|aac|wav)$/i;

/**
 * The format to write.
 * @param name as it was asked for; undefined to tell it by the name of the output
 * @throws {UsageError} when there is none, or not yet
 */
export function dumpFormat(name: string | undefined, out: string): DumpFormat {
  return formatOf(name ?? formatByName(out));
}

function formatByName(out: string): string {
  const found = BY_EXTENSION.find(([end]) => end.test(out));
  if (found !== undefined) return found[1];
  if (OTHER_FILES.test(out)) {
    throw new UsageError(
      `--out ${out}: no format by that name; say --format F (${FORMAT_NAMES.join(", ")}; jpg and ` +
        "png make a folder)",
    );
  }
  return DEFAULT_FORMAT;
}

function formatOf(name: string): DumpFormat {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format !== undefined) return format;
  if (LATER.includes(name)) {
    throw new UsageError(
      `--format ${name} is not in this version yet; there are ${FORMAT_NAMES.join(", ")}`,
    );
  }
  const nearest = closestString(name, [...FORMAT_NAMES, ...LATER]);
  throw new UsageError(
    `--format: unknown format ${JSON.stringify(name)} (did you mean ${nearest}? ` +
      `there are ${FORMAT_NAMES.join(", ")})`,
  );
}
