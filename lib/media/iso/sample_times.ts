import { u32be } from "../fixed_integers.ts";
import { frameRateOf } from "../frame_rate.ts";
import type { FrameFindings } from "../frame_scanner.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { contents, findBox } from "./box.ts";
import type { VideoTrack } from "./movie.ts";
import { BoxTable } from "./table.ts";

/** Entries of `stts` that are averaged; later ones are taken to be like them. */
export const MAX_TIMES = 65_536;
/** `stts`: number of samples, and how long each lasts. */
const TIME_BYTES = 8;
/** `elst`: entries behind the count; with version 1 times of 64 bits. */
const EDIT_BYTES = [12, 20];
const MEDIA_TIME_AT = [4, 8];
const ENTRIES_AT = 8;

/**
 * The frame rate by how long samples last (ISO/IEC 14496-12, section 8.6.1.2): the average where
 * they differ, which is noted. The last sample may differ as it likes: nothing comes after it.
 */
export function* readFrameRate(
  view: FileView,
  track: VideoTrack,
  findings: FrameFindings,
): Scan<number | undefined> {
  const box = yield* findBox(view, track.samples, "stts");
  if (box === undefined) return undefined;
  const table = yield* BoxTable.open(view, box, { entryBytes: TIME_BYTES });
  const entries = Math.min(table.count, MAX_TIMES);
  let samples = 0;
  let duration = 0;
  let first = 0;
  let last = { samples: 0, each: 0 };
  let differ = false;
  for (let i = 0; i < entries; i++) {
    const entry = yield* table.entry(i);
    // What was last before is not: now it counts, and as different where it is.
    if (i > 0) differ ||= last.each !== first;
    last = { samples: u32be(entry, 0), each: u32be(entry, TIME_BYTES / 2) };
    if (i === 0) first = last.each;
    else if (last.samples > 1) differ ||= last.each !== first;
    samples += last.samples;
    duration += last.samples * last.each;
  }
  if (!differ) return frameRateOf(track.timescale, first);
  findings.note(box.at, "Frames last differently long; they are shown at their average rate");
  return frameRateOf(track.timescale * samples, duration);
}

/** Notes an edit list that says more than to show everything from the beginning. */
export function* noteEdits(view: FileView, track: VideoTrack, findings: FrameFindings): Scan {
  if (track.edits === undefined) return;
  const bytes = yield* contents(view, track.edits, ENTRIES_AT + EDIT_BYTES[1]!);
  const version = bytes[0] === 1 ? 1 : 0;
  const count = u32be(bytes, ENTRIES_AT / 2);
  const mediaTime = u32be(bytes, ENTRIES_AT + MEDIA_TIME_AT[version]!) +
    (version === 1 ? u32be(bytes, ENTRIES_AT + MEDIA_TIME_AT[1]! + 4) : 0);
  if (count > 1 || (count === 1 && mediaTime !== 0)) {
    findings.note(track.edits.at, "The edit list is not followed; every frame is shown, in order");
  }
}
