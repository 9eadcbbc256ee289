import { MalformedError } from "../../bytes/malformed.ts";
import { inspectJpeg } from "../../jpeg/inspect.ts";
import { startsJpeg } from "../jpeg_end.ts";

/** Pixels across and down. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The largest picture that is worked on, in pixels; it takes some ten bytes of memory for each. */
export const MOST_PIXELS = 64 * 1024 * 1024;

/** The first bytes of a PNG, up to the size in IHDR (RFC 2083, sections 3.1 and 4.1.1). */
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PNG_WIDTH_AT = 16;
const PNG_HEIGHT_AT = 20;
const PNG_SIZE_END = 24;

/** Whether a file begins as a PNG. */
export function startsPng(file: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, at) => file[at] === byte);
}

/**
 * The size of a JPEG or PNG file.
 * @throws {MalformedError} when it is neither, or larger than {@linkcode MOST_PIXELS}
 */
export function pictureSize(file: Uint8Array): PictureSize {
  const { width, height } = startsJpeg(file) ? inspectJpeg(file) : pngSize(file);
  if (width * height <= MOST_PIXELS) return { width, height };
  throw new MalformedError("picture", 0, `${width}x${height} are more than ${MOST_PIXELS} pixels`);
}

function pngSize(file: Uint8Array): PictureSize {
  if (!startsPng(file)) throw new MalformedError("picture", 0, "Neither a JPEG nor a PNG");
  if (file.length < PNG_SIZE_END) throw new MalformedError("PNG", file.length, "Ends in its head");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return { width: view.getUint32(PNG_WIDTH_AT), height: view.getUint32(PNG_HEIGHT_AT) };
}
