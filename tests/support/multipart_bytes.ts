// Recordings of what HTTP cameras send.
import { join } from "./file_bytes.ts";
import { ascii } from "./split.ts";

/** What a recording is like. */
export interface MultipartShape {
  /** Whether parts state their length; default true. */
  lengths?: boolean;
  /** Default `"frame"`. */
  boundary?: string;
  /** Default CR LF. */
  lineEnd?: string;
  /** What stands before everything, a response's head perhaps. */
  before?: string;
  /** What closes the last part; default nothing, as when a recording is stopped. */
  after?: string;
}

/** A recording of these frames. */
export function multipartFile(
  frames: readonly Uint8Array[],
  { lengths = true, boundary = "frame", lineEnd = "\r\n", before = "", after = "" }:
    MultipartShape = {},
): Uint8Array<ArrayBuffer> {
  const parts = frames.flatMap((frame) => {
    const head = [`--${boundary}`, "Content-Type: image/jpeg"];
    if (lengths) head.push(`Content-Length: ${frame.length}`);
    return [ascii(head.join(lineEnd) + lineEnd + lineEnd), frame, ascii(lineEnd)];
  });
  return join(ascii(before), ...parts, ascii(after));
}
