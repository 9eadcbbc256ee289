import { closestString } from "@std/text/closest-string";
import { AviWriter } from "../lib/media/avi_writer.ts";
import { ConcatenatedWriter } from "../lib/media/concatenated_writer.ts";
import { type FolderOptions, FolderWriter } from "../lib/media/folder_writer.ts";
import type { FrameWriter } from "../lib/media/frame_writer.ts";
import { MAX_LAB_FRAME_BYTES } from "../lib/media/lab_header.ts";
import { LabWriter } from "../lib/media/lab_writer.ts";
import type { OutputFormat } from "./dump_output.ts";
import { UNIT_FORMAT_NAMES, type UnitFormat, unitFormat } from "./dump_unit_formats.ts";
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

/** A format that frames can be written in. */
export interface DumpFormat extends OutputFormat<FrameWriter> {
  /** Most bytes of a frame, where the format has room for no more: longer ones are made to fit. */
  maxFrameBytes?: number;
  /** Whether a frame is shown until the next one, however long: then repetitions are left out. */
  keepsTime?: boolean;
  /** Frames that are written where nothing is said about how many. */
  usualFrames?: number;
}

/** Formats that keep packets as they come. */
const CAPTURES = ["pcapng", "rtpdump"] as const;

/** What is to be written: frames of JPEG streams, units of other streams, or packets. */
export type ChosenFormat =
  | {
    kind: "frames";
    name: string;
    format: DumpFormat;
    /** Whether neither `--format` nor the name of the output asked for it. */
    usual: boolean;
  }
  | { kind: "units"; name: string; format: UnitFormat }
  | { kind: "packets"; name: typeof CAPTURES[number] };

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

/** Names of the formats of pictures. */
export const FRAME_FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/** Names of the formats there are. */
export const FORMAT_NAMES: readonly string[] = [
  ...FRAME_FORMAT_NAMES,
  ...UNIT_FORMAT_NAMES,
  ...CAPTURES,
];

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
  [/\.(?:h264|264|avc)$/i, "h264"],
  [/\.(?:h265|265|hevc)$/i, "h265"],
  [/\.(?:aac|adts)$/i, "aac"],
  [/\.wav$/i, "wav"],
  [/\.(?:opus|ogg)$/i, "opus"],
  [/\.(?:ts|m2ts|mts)$/i, "ts"],
  [/\.xml$/i, "xml"],
  [/\.(?:mp4|m4v|m4a)$/i, "mp4"],
  [/\.pcapng$/i, "pcapng"],
  [/\.rtpdump$/i, "rtpdump"],
];
/** Ends of names that say a file is meant, and not the folder that would be made. */
const OTHER_FILES = /\.(?:jpe?g|png|mov|mkv|webm|mpe?g|mp3|flac|pcap)$/i;

/**
 * The format to write.
 * @param name as it was asked for; undefined to tell it by the name of the output
 * @throws {UsageError} when there is none
 */
export function dumpFormat(name: string | undefined, out: string): ChosenFormat {
  const found = name ?? formatByName(out);
  return formatOf(found ?? DEFAULT_FORMAT, found === undefined);
}

/** The format that the end of a file's name asks for; undefined where it asks for none. */
function formatByName(out: string): string | undefined {
  const found = BY_EXTENSION.find(([end]) => end.test(out));
  if (found !== undefined) return found[1];
  if (!OTHER_FILES.test(out)) return undefined;
  throw new UsageError(
    `--out ${out}: no format by that name; say --format F (${FORMAT_NAMES.join(", ")}; jpg and ` +
      "png make a folder)",
  );
}

function formatOf(name: string, usual: boolean): ChosenFormat {
  const frames = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (frames !== undefined) return { kind: "frames", name, format: frames, usual };
  const units = unitFormat(name);
  if (units !== undefined) return { kind: "units", name, format: units };
  const packets = CAPTURES.find((capture) => capture === name);
  if (packets !== undefined) return { kind: "packets", name: packets };
  const nearest = closestString(name, [...FORMAT_NAMES]);
  throw new UsageError(
    `--format: unknown format ${JSON.stringify(name)} (did you mean ${nearest}? ` +
      `there are ${FORMAT_NAMES.join(", ")})`,
  );
}
