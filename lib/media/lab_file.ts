import type { FrameSource } from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import { FrameFindings, type FrameScanner } from "./frame_scanner.ts";
import { IndexedFile, type IndexedFileParts } from "./indexed_file.ts";
import { findJpeg } from "./jpeg_end.ts";
import { LENGTH_DIGITS, readLabHeader } from "./lab_header.ts";
import { LabScanner } from "./lab_scanner.ts";

/** A first length with a byte lost or added still counts as one. */
const LENGTH_SLACK_BYTES = 3;

/** Whether a file that begins with `head` is in the lab's format, its first length damaged or not. */
export function isLabFile(head: Uint8Array): boolean {
  if (readLabHeader(head, 0) !== undefined) return true;
  const jpeg = findJpeg(head);
  return jpeg > 0 && jpeg <= LENGTH_DIGITS + LENGTH_SLACK_BYTES;
}

/**
 * Opens a file in the course lab's format: each JPEG preceded by its length in bytes as five digits.
 * @param bytes the file; closed with the source
 */
export function openLabFile(
  bytes: ByteSource,
  options: Pick<IndexedFileParts, "windowBytes"> = {},
): FrameSource {
  const findings = new FrameFindings();
  const scanner: FrameScanner = new LabScanner(findings);
  return new IndexedFile(bytes, { ...options, scanner, findings });
}
