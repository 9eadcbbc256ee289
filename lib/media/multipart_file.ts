import type { FrameSource } from "../stream/frame_source.ts";
import type { ByteSource } from "./byte_source.ts";
import { FrameFindings } from "./frame_scanner.ts";
import { FileView, GuidedScanner } from "./guided_scanner.ts";
import { IndexedFile, type IndexedFileParts } from "./indexed_file.ts";
import { MultipartScan } from "./multipart_scan.ts";

/** A delimiter line with a header field behind it, with nothing but line ends before. */
const STARTS_PART = /^[\r\n]*--[^\r\n]{1,200}\r?\n(?=[!-~]+:)/;
/** A response of HTTP that was recorded with what it carries. */
const STARTS_RESPONSE = /^HTTP\/1\.[01] 200[^\r\n]*\r?\n/;

/** Whether a file that begins with `head` is a recorded `multipart/x-mixed-replace` stream. */
export function isMultipartFile(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return STARTS_PART.test(text) || STARTS_RESPONSE.test(text);
}

/**
 * Opens a recording of what an HTTP camera sends: JPEGs, each behind a boundary and a head of its
 * own, with its length or without; as `ffmpeg -f mpjpeg` and `curl -o` write it.
 * @param bytes the file; closed with the source
 */
export function openMultipartFile(
  bytes: ByteSource,
  options: Pick<IndexedFileParts, "windowBytes"> = {},
): FrameSource {
  const findings = new FrameFindings();
  const view = new FileView(bytes.size, options.windowBytes);
  const scan = new MultipartScan(view, findings);
  const scanner = new GuidedScanner(view, findings, scan.run());
  return new IndexedFile(bytes, { ...options, scanner, findings });
}
