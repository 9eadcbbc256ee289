import { FrameDamagedError, type FrameSource } from "../stream/frame_source.ts";
import { MediaUnreadableError } from "../stream/media_provider.ts";
import type { ByteSource } from "./byte_source.ts";
import { isConcatenatedFile, openConcatenatedFile } from "./concatenated_file.ts";
import { CachedSource, type FrameStore } from "./frame_cache.ts";
import { isLabFile, openLabFile } from "./lab_file.ts";

/** Bytes from the beginning of a file by which its format is told. */
export const SNIFF_BYTES = 64;

/** A format of media files, told by content: names mislead. */
interface MediaFormat {
  readonly name: string;
  recognises(head: Uint8Array): boolean;
  open(bytes: ByteSource): FrameSource;
}

/** In order of trial. */
const FORMATS: readonly MediaFormat[] = [
  {
    name: "concatenated JPEG",
    recognises: isConcatenatedFile,
    open: openConcatenatedFile,
  },
  { name: "lab file", recognises: isLabFile, open: openLabFile },
];

/** What {@linkcode openMedia} needs beside the bytes. */
export interface OpenMediaOptions {
  /** The name people know the media by, for errors. */
  name: string;
  /** Where frames are kept; default a store of its own. */
  store?: FrameStore;
}

/**
 * Opens media by its content and reads the first frame, so that what is returned has one, at hand.
 * @param bytes the file; closed with the source, or when opening fails
 * @throws {MediaUnreadableError} (as a rejection) when the format is unknown or no frame can be used
 */
export async function openMedia(
  bytes: ByteSource,
  options: OpenMediaOptions,
): Promise<CachedSource> {
  try {
    const head = await bytes.read(0, SNIFF_BYTES);
    const format = FORMATS.find((format) => format.recognises(head));
    if (format === undefined) throw new MediaUnreadableError(options.name, unknownFormat(head));
    const source = new CachedSource(format.open(bytes), options.store);
    if (await source.frame(0) === undefined) {
      throw new MediaUnreadableError(options.name, noFrame(format.name, source));
    }
    return source;
  } catch (error) {
    bytes.close();
    if (!(error instanceof FrameDamagedError)) throw error;
    throw new MediaUnreadableError(options.name, error.message);
  }
}

function unknownFormat(head: Uint8Array): string {
  if (head.length === 0) return "The file is empty (frame 1 at byte 0)";
  const known = FORMATS.map((format) => format.name).join(" or ");
  return `Begins with neither a frame length nor a JPEG, so it is no ${known} (frame 1 at byte 0)`;
}

function noFrame(format: string, source: FrameSource): string {
  const fault = source.faults[0];
  const where = fault === undefined ? "" : `; frame ${fault.frame} at byte ${fault.position}: ` +
    fault.problem;
  return `No frame of this ${format} can be used${where}`;
}
