import { MalformedError } from "../../bytes/malformed.ts";
import type { FrameSource } from "../../stream/frame_source.ts";
import type { ByteSource } from "../byte_source.ts";
import { ConcatenatedScanner } from "../concatenated_scanner.ts";
import { fourcc } from "../fixed_integers.ts";
import { FrameFindings } from "../frame_scanner.ts";
import { FileView, GuidedScanner, type Scan } from "../guided_scanner.ts";
import { IndexedFile, type IndexedFileParts } from "../indexed_file.ts";
import { type Box, Boxes } from "./box.ts";
import { type Codec, MOTION_JPEG_B } from "./codec.ts";
import { fieldToJpeg } from "./mjpeg_b.ts";
import { scanFragments } from "./fragments.ts";
import { readMovie } from "./movie.ts";
import { scanSampleTable } from "./sample_table.ts";
import { noteEdits, readFrameRate } from "./sample_times.ts";

/** Boxes with which files begin; QuickTime's older ones have no `ftyp`. */
const FIRST_BOXES = new Set([
  "ftyp",
  "moov",
  "mdat",
  "free",
  "skip",
  "wide",
  "pnot",
  "styp",
  "uuid",
]);
const TYPE_AT = 4;
const NO_MOVIE = "Has no moov box, which is written last: the recording was interrupted";

/** Whether a file that begins with `head` is a QuickTime or MP4 file. */
export function isIsoFile(head: Uint8Array): boolean {
  return FIRST_BOXES.has(fourcc(head, TYPE_AT));
}

/**
 * Opens the Motion JPEG of a QuickTime (MOV) or MP4 file, in fragments or not. Every frame is shown,
 * in the order in which the file has them, edit lists or no.
 * @param bytes the file; closed with the source
 */
export function openIsoFile(
  bytes: ByteSource,
  options: Pick<IndexedFileParts, "windowBytes"> = {},
): FrameSource {
  const findings = new FrameFindings();
  const view = new FileView(bytes.size, options.windowBytes);
  let toJpeg = (frame: Uint8Array): Uint8Array => frame;
  const onCodec = ({ type }: Codec): void => {
    if (type === MOTION_JPEG_B) toJpeg = fieldToJpeg;
  };
  const scanner = new GuidedScanner(view, findings, scanIso(view, findings, onCodec));
  const parts = { scanner, findings, notJpeg: "The frame is no JPEG" };
  return new IndexedFile(bytes, { ...options, ...parts, toJpeg: (frame) => toJpeg(frame) });
}

function* scanIso(
  view: FileView,
  findings: FrameFindings,
  onCodec: (codec: Codec) => void,
): Scan {
  const { movie, data } = yield* findMovie(view);
  if (movie === undefined) return yield* scanWithoutMovie(view, findings, data);
  const track = yield* readMovie(view, movie);
  onCodec(track.codec);
  findings.frameRate = yield* readFrameRate(view, track, findings);
  yield* noteEdits(view, track, findings);
  yield* scanSampleTable(view, track.samples, findings);
  if (track.extends !== undefined) {
    yield* scanFragments({ view, track, findings }, movie.end);
  }
}

/** What tells where samples are, or, where that is missing, the samples. */
interface MovieBoxes {
  readonly movie: Box | undefined;
  readonly data: Box | undefined;
}

function* findMovie(view: FileView): Scan<MovieBoxes> {
  const boxes = new Boxes(view, 0, view.size);
  let data: Box | undefined;
  for (let box = yield* boxes.next(); box !== undefined; box = yield* boxes.next()) {
    if (box.type === "moov") return { movie: box, data };
    if (box.type === "mdat") data ??= box;
  }
  return { movie: undefined, data };
}

/**
 * Looks for JPEGs among all samples: what tells where they are is written last, unless recording is
 * interrupted or the file is cut.
 * @throws {MalformedError} when there are no samples at all
 */
function* scanWithoutMovie(view: FileView, findings: FrameFindings, data: Box | undefined): Scan {
  if (data === undefined) throw new MalformedError("MOV or MP4", view.size, NO_MOVIE);
  findings.note(view.size, `MOV or MP4: ${NO_MOVIE}; every JPEG in the file is shown`);
  const scanner = new ConcatenatedScanner(findings, data.data, true);
  while (!scanner.finished) {
    const window = yield* view.look(scanner.position, view.windowBytes);
    scanner.scan(window, view.size);
  }
}
