import type { FrameSource } from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import { ConcatenatedScanner } from "./concatenated_scanner.ts";
import { FrameFindings } from "./frame_scanner.ts";
import { IndexedFile, type IndexedFileParts } from "./indexed_file.ts";
import { startsJpeg } from "./jpeg_end.ts";

/** Whether a file that begins with `head` is one JPEG after another, or a single one. */
export function isConcatenatedFile(head: Uint8Array): boolean {
  return startsJpeg(head);
}

/**
 * Opens a file of JPEGs one after another with nothing between them, as circulates under the lab
 * file's name too and as `ffmpeg -f mjpeg` writes it.
 * @param bytes the file; closed with the source
 */
export function openConcatenatedFile(
  bytes: ByteSource,
  options: Pick<IndexedFileParts, "windowBytes"> = {},
): FrameSource {
  const findings = new FrameFindings();
  return new IndexedFile(bytes, {
    ...options,
    scanner: new ConcatenatedScanner(findings),
    findings,
  });
}
