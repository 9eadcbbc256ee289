import type { FrameSource } from "../../stream/frame_source.ts";
import type { ByteSource } from "../byte_source.ts";
import { fourcc } from "../fixed_integers.ts";
import { FrameFindings } from "../frame_scanner.ts";
import { FileView, GuidedScanner, type Scan } from "../guided_scanner.ts";
import { IndexedFile, type IndexedFileParts } from "../indexed_file.ts";
import { readAviHeader } from "./avi_header.ts";
import { scanIndex } from "./avi_index.ts";
import { CHUNK_HEADER_BYTES } from "./chunk.ts";
import { MoviWalk } from "./movi_walk.ts";

/** Whether a file that begins with `head` is an AVI file. */
export function isAviFile(head: Uint8Array): boolean {
  return fourcc(head, 0) === "RIFF" && fourcc(head, CHUNK_HEADER_BYTES) === "AVI ";
}

/**
 * Opens the Motion JPEG of an AVI file. Frames are found by the file's own index, OpenDML's or
 * `idx1`, a stretch at a time; where there is none, or it is wrong, chunk by chunk.
 * @param bytes the file; closed with the source
 */
export function openAviFile(
  bytes: ByteSource,
  options: Pick<IndexedFileParts, "windowBytes"> = {},
): FrameSource {
  const findings = new FrameFindings();
  const view = new FileView(bytes.size, options.windowBytes);
  const scanner = new GuidedScanner(view, findings, scanAvi(view, findings));
  const notJpeg = "The frame is no JPEG";
  return new IndexedFile(bytes, { ...options, scanner, findings, notJpeg });
}

function* scanAvi(view: FileView, findings: FrameFindings): Scan {
  const header = yield* readAviHeader(view);
  findings.frameRate = header.frameRate;
  const scan = { view, findings, header };
  yield* new MoviWalk(scan, yield* scanIndex(scan)).run();
}
