import { MalformedError } from "../../bytes/malformed.ts";
import { fourcc, u32be } from "../fixed_integers.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import {
  type Box,
  Boxes,
  checkWhole,
  contents,
  findBox,
  findPath,
  FULL_BOX_BYTES,
  needBox,
} from "./box.ts";
import { type Codec, readCodec, whyNot } from "./codec.ts";

/** Tracks of a file looked at, at most. */
export const MAX_TRACKS = 100;

/** `hdlr`: its type stands behind a field that is zero, or "mhlr" in QuickTime. */
const HANDLER_TYPE_AT = FULL_BOX_BYTES + 4;
/** `tkhd`, `mdhd`: with version 1 their times have 64 bits. */
const TRACK_ID_AT = [12, 20];
const TIMESCALE_AT = [12, 20];
const MAX_HEADER_BYTES = 24;

/** The Motion JPEG of a file: its track and what describes it. */
export interface VideoTrack {
  readonly id: number;
  readonly codec: Codec;
  /** Units of time in a second. */
  readonly timescale: number;
  /** The `stbl` box: where its samples are. */
  readonly samples: Box;
  /** The `elst` box, where there is one. */
  readonly edits: Box | undefined;
  /** The `mvex` box of the movie: samples are in fragments (ISO/IEC 14496-12, section 8.8). */
  readonly extends: Box | undefined;
}

/**
 * Finds the Motion JPEG among the tracks of a `moov` box.
 * @throws {MalformedError} when there is none
 */
export function* readMovie(view: FileView, movie: Box): Scan<VideoTrack> {
  checkWhole(movie);
  const boxes = new Boxes(view, movie.data, movie.end);
  let tracks = 0;
  let other: Codec | undefined;
  for (let box = yield* boxes.next(); box !== undefined; box = yield* boxes.next()) {
    if (box.type === "cmov") throw new MalformedError("moov", box.at, "Is compressed (cmov)");
    if (box.type !== "trak") continue;
    if (++tracks > MAX_TRACKS) {
      throw new MalformedError("moov", box.at, `Has more than ${MAX_TRACKS} tracks`);
    }
    const media = yield* findBox(view, box, "mdia");
    if (media === undefined || !(yield* isVideo(view, media))) continue;
    const samples = yield* findPath(view, media, ["minf", "stbl"]);
    if (samples === undefined) continue;
    const codec = yield* readCodec(view, yield* needBox(view, samples, "stsd"));
    if (!codec.jpeg) other ??= codec;
    else return yield* describeTrack(view, { movie, track: box, media, samples, codec });
  }
  if (other === undefined) throw new MalformedError("moov", movie.at, "Has no video track");
  throw new MalformedError("stsd", other.at, whyNot(other));
}

function* isVideo(view: FileView, media: Box): Scan<boolean> {
  const handler = yield* findBox(view, media, "hdlr");
  if (handler === undefined) return false;
  return fourcc(yield* contents(view, handler, HANDLER_TYPE_AT + 4), HANDLER_TYPE_AT) === "vide";
}

function* describeTrack(
  view: FileView,
  { movie, track, media, samples, codec }: {
    movie: Box;
    track: Box;
    media: Box;
    samples: Box;
    codec: Codec;
  },
): Scan<VideoTrack> {
  const extension = yield* findBox(view, movie, "mvex");
  return {
    id: yield* readVersioned(view, yield* needBox(view, track, "tkhd"), TRACK_ID_AT),
    timescale: yield* readVersioned(view, yield* needBox(view, media, "mdhd"), TIMESCALE_AT),
    codec,
    samples,
    edits: yield* findPath(view, track, ["edts", "elst"]),
    extends: extension,
  };
}

/** A field whose place depends on the version of its box. */
function* readVersioned(view: FileView, box: Box, places: readonly number[]): Scan<number> {
  const bytes = yield* contents(view, box, MAX_HEADER_BYTES);
  return u32be(bytes, places[bytes[0] === 1 ? 1 : 0]!);
}
