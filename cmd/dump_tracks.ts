import { NoMediaError } from "../lib/client/errors.ts";
import type { OfferedTrack } from "../lib/client/media_session.ts";
import { describeFormat } from "../lib/codec/format.ts";
import { FRAME_FORMAT_NAMES } from "./dump_formats.ts";
import type { ChosenFormat } from "./dump_formats.ts";
import { formatsFor, nativeFormatOf, type UnitFormat } from "./dump_unit_formats.ts";
import { UsageError } from "./exit_status.ts";

const JPEG = "JPEG";

/** What of a stream is wanted. */
export interface TrackWish {
  chosen: ChosenFormat;
  /** A track's name as `--track` gives it; undefined for whatever fits. */
  track: string | undefined;
}

/** Tracks that are dumped, and as what. */
export type Selection =
  | { kind: "frames"; tracks: readonly OfferedTrack[] }
  /** All into one file, or a file for each where no format is told. */
  | { kind: "units"; tracks: readonly OfferedTrack[]; format: UnitFormat | undefined }
  | { kind: "packets"; tracks: readonly OfferedTrack[] };

/**
 * Chooses what to dump of what a server offers.
 * @param offered that which matters most first
 * @throws {UsageError} when it offers nothing that was asked for; the message tells what would do
 * @throws {NoMediaError} when nothing was asked for and there is nothing that files are known for
 */
export function selectTracks(
  offered: readonly OfferedTrack[],
  { chosen, track }: TrackWish,
): Selection {
  const named = track === undefined
    ? offered
    : offered.filter(({ name }) => name.toLowerCase() === track.toLowerCase());
  if (named.length === 0) {
    throw new UsageError(`--track ${track}: there is none of that name; ${inWords(offered)}`);
  }
  if (chosen.kind === "packets") {
    // A recording of the rtptools is of one stream, which it does not describe.
    return { kind: "packets", tracks: chosen.name === "rtpdump" ? named.slice(0, 1) : named };
  }
  if (chosen.kind === "units") return unitsIn(chosen.format, named);
  const jpeg = named.find(({ format }) => format.encoding === JPEG);
  if (chosen.usual) return jpeg === named[0] ? framesOf(jpeg!) : everyUnit(named);
  if (jpeg === undefined) throw misfit(chosen.name, named);
  return framesOf(jpeg);
}

/** What a person should know that was left out of one file; undefined when nothing was. */
export function leftOutOf(
  offered: readonly OfferedTrack[],
  selection: Selection,
): string | undefined {
  if (selection.kind === "frames") return undefined;
  if (selection.kind === "units" && selection.format === undefined) return undefined;
  const left = offered.filter((track) => !selection.tracks.includes(track));
  if (left.length === 0) return undefined;
  const kept = selection.tracks.map(({ name }) => name).join(" and ");
  const others = left.map(wordsOf).join(", ");
  const pictures = offered.some(({ format }) => format.encoding === JPEG);
  const all = selection.kind === "packets" || pictures ? "NAME.pcapng" : "a folder";
  return `only ${kept} goes into the file, not ${others} (${all} as --out takes all)`;
}

function framesOf(track: OfferedTrack): Selection {
  return { kind: "frames", tracks: [track] };
}

function everyUnit(tracks: readonly OfferedTrack[]): Selection {
  const known = tracks.filter(({ format }) => nativeFormatOf(format.encoding) !== undefined);
  if (known.length > 0) return { kind: "units", tracks: known, format: undefined };
  throw new NoMediaError(
    `${inWords(tracks)}, for which no file format is known here (--out NAME.pcapng keeps packets)`,
  );
}

function unitsIn(format: UnitFormat, tracks: readonly OfferedTrack[]): Selection {
  const fitting = tracks.filter((track) => format.holds(track.format.encoding));
  const [first] = fitting;
  if (first === undefined) throw misfit(format.name, tracks);
  if (!format.joins) return { kind: "units", tracks: [first], format };
  const kinds = ["video", "audio"].map((type) => {
    return fitting.find(({ mediaType }) => mediaType === type);
  });
  const both = kinds.filter((track) => track !== undefined);
  return { kind: "units", tracks: both.length === 0 ? [first] : both, format };
}

function misfit(name: string, tracks: readonly OfferedTrack[]): UsageError {
  const hints = tracks.map((track) => {
    const formats = namesFor(track.format.encoding);
    return `${track.name}: ${formats.length === 0 ? "pcapng" : formats.join(", ")}`;
  });
  return new UsageError(
    `--format ${name} does not fit: ${inWords(tracks)} (what fits ${hints.join("; ")})`,
  );
}

function namesFor(encoding: string): readonly string[] {
  return encoding === JPEG ? FRAME_FORMAT_NAMES : formatsFor(encoding);
}

function inWords(tracks: readonly OfferedTrack[]): string {
  return `the server offers ${tracks.map(wordsOf).join(", ")}`;
}

/** `video (H.264 High@4.0 1920x1080)`. */
function wordsOf({ name, format }: OfferedTrack): string {
  return `${name} (${describeFormat(format)})`;
}
