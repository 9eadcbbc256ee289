import { closestString } from "@std/text/closest-string";
import { ConcatenatedWriter } from "../lib/media/concatenated_writer.ts";
import { FolderWriter } from "../lib/media/folder_writer.ts";
import type { FrameWriter } from "../lib/media/frame_writer.ts";
import { LabWriter } from "../lib/media/lab_writer.ts";
import { LocalError, UsageError } from "./exit_status.ts";

/** A format frames can be written in. */
export interface DumpFormat {
  /** Whether it is a folder of files and not one file. */
  folder: boolean;
  /** Of the files in the folder. */
  extension: string;
  create(path: string): Promise<FrameWriter>;
}

const FORMATS: Readonly<Record<string, DumpFormat>> = {
  jpg: { folder: true, extension: "jpg", create: (path) => FolderWriter.create(path) },
  png: {
    folder: true,
    extension: "png",
    create: async (path) => {
      // Loaded only here: it brings the decoder along.
      const { PngFolderWriter } = await import("../lib/media/png_folder_writer.ts");
      return await PngFolderWriter.create(path);
    },
  },
  mjpeg: { folder: false, extension: "mjpeg", create: (path) => ConcatenatedWriter.create(path) },
  lab: { folder: false, extension: "Mjpeg", create: (path) => LabWriter.create(path) },
};

/** Names of the formats there are. */
export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/** Formats that are planned. */
const LATER: readonly string[] = [
  "avi",
  "gif",
  "rtpdump",
  "pcapng",
  "h264",
  "h265",
  "aac",
  "wav",
];

/**
 * The format of that name.
 * @throws {UsageError} when there is none, or not yet
 */
export function dumpFormat(name: string): DumpFormat {
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

/**
 * Opens the output, so that a name that cannot be written is told before anything is received.
 * @throws {LocalError} when it is a folder where a file is meant
 */
export async function openDump(format: DumpFormat, path: string): Promise<FrameWriter> {
  if (!format.folder && await isFolder(path)) {
    throw new LocalError(`--out ${path}: this is a folder; name a file`);
  }
  return await format.create(path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
