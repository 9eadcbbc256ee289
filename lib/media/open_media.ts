import { FrameDamagedError, type FrameSource } from "../stream/frame_source.ts";
import { MediaUnreadableError } from "../stream/media_provider.ts";
import { isAviFile, openAviFile } from "./avi/avi_file.ts";
import type { ByteSource } from "./byte_source.ts";
import { isConcatenatedFile, openConcatenatedFile } from "./concatenated_file.ts";
import { isRecording, openRecording } from "./capture/capture_source.ts";
import { CachedSource } from "./frame_cache.ts";
import type { FrameStore } from "./frame_store.ts";
import { isIsoFile, openIsoFile } from "./iso/iso_file.ts";
import { isLabFile, openLabFile } from "./lab_file.ts";
import { isMultipartFile, openMultipartFile } from "./multipart_file.ts";
import { isPng } from "./png_check.ts";
import { PngStill } from "./png_still.ts";
import { isStill, StillSource } from "./still.ts";

/** Bytes from the beginning of a file by which its format is told. */
export const SNIFF_BYTES = 512;

/** A format of media files, told by content: names mislead. */
interface MediaFormat {
  readonly name: string;
  /** @param head the first {@linkcode SNIFF_BYTES} bytes, or all there are */
  recognises(head: Uint8Array): boolean;
  /** @param bytes the file; closed with the source */
  open(bytes: ByteSource): FrameSource | Promise<FrameSource>;
  /** Whether one picture alone is a still in this format, to be shown on and on. */
  readonly stills?: boolean;
}

/** In order of trial. */
const FORMATS: readonly MediaFormat[] = [
  { name: "AVI", recognises: isAviFile, open: openAviFile },
  { name: "MOV or MP4", recognises: isIsoFile, open: openIsoFile },
  { name: "PNG", recognises: isPng, open: (bytes) => new PngStill(bytes), stills: true },
  { name: "packet recording", recognises: isRecording, open: openRecording },
  { name: "multipart recording", recognises: isMultipartFile, open: openMultipartFile },
  {
    name: "concatenated JPEG",
    recognises: isConcatenatedFile,
    open: openConcatenatedFile,
    stills: true,
  },
  // Last, since a lab file may begin with damage.
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
): Promise<FrameSource> {
  let source: FrameSource | undefined;
  try {
    const head = await bytes.read(0, SNIFF_BYTES);
    const format = FORMATS.find((format) => format.recognises(head));
    if (format === undefined) throw new MediaUnreadableError(options.name, unknownFormat(head));
    source = await format.open(bytes);
    const cached = await openSource(source, { ...options, format: format.name });
    const still = format.stills === true && await isStill(cached, bytes.size);
    return still ? new StillSource(cached) : cached;
  } catch (error) {
    (source ?? bytes).close();
    throw error;
  }
}

/**
 * Reads the first frame of a source, so that what is returned has one, at hand.
 * @param source closed with what is returned, but not when this fails
 * @throws {MediaUnreadableError} (as a rejection) when no frame can be used
 */
export async function openSource(
  source: FrameSource,
  options: OpenMediaOptions & { format: string },
): Promise<CachedSource> {
  const cached = new CachedSource(source, options.store);
  try {
    if (await cached.frame(0) !== undefined) return cached;
  } catch (error) {
    if (!(error instanceof FrameDamagedError)) throw error;
    throw new MediaUnreadableError(options.name, error.message);
  }
  throw new MediaUnreadableError(options.name, noFrame(options.format, source));
}

/** The name of the format that a file's first {@linkcode SNIFF_BYTES} bytes tell; if any. */
export function formatName(head: Uint8Array): string | undefined {
  return FORMATS.find((format) => format.recognises(head))?.name;
}

function unknownFormat(head: Uint8Array): string {
  if (head.length === 0) return "The file is empty (frame 1 at byte 0)";
  const names = FORMATS.map((format) => format.name);
  const known = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return `Begins with neither a frame length nor a JPEG, so it is no ${known} (frame 1 at byte 0)`;
}

function noFrame(format: string, source: FrameSource): string {
  const fault = source.faults[0];
  const where = fault === undefined ? "" : `; frame ${fault.frame} at byte ${fault.position}: ` +
    fault.problem;
  return `No frame of this ${format} can be used${where}`;
}
