import { i32be, u32be, u64be } from "../fixed_integers.ts";
import { frameRateOf } from "../frame_rate.ts";
import type { FrameFindings } from "../frame_scanner.ts";
import type { FileView, Scan } from "../guided_scanner.ts";
import { type Box, Boxes, checkWhole, contents, findBox, FULL_BOX_BYTES, readBox } from "./box.ts";
import type { VideoTrack } from "./movie.ts";
import { BoxTable } from "./table.ts";

/** Boxes in a row without a frame of the track between them, at most. */
export const MAX_IDLE_BOXES = 10_000;

const FIELD_BYTES = 4;
/** `trex`: track, description, then the defaults. */
const Defaults = Object.freeze({ TRACK: 4, DURATION: 12, SIZE: 16, BYTES: 24 });
/** `tfhd`, its flags and the fields they announce, in this order (section 8.8.7). */
const TrackFlag = Object.freeze({
  BASE_DATA_OFFSET: 0x01,
  DESCRIPTION: 0x02,
  DURATION: 0x08,
  SIZE: 0x10,
  BASE_IS_MOOF: 0x02_0000,
});
const MAX_TRACK_HEADER_BYTES = 40;
/** `trun`, its flags: two fields of the run, then those of each sample (section 8.8.8). */
const RunFlag = Object.freeze({
  DATA_OFFSET: 0x01,
  FIRST_SAMPLE_FLAGS: 0x04,
  DURATION: 0x100,
  SIZE: 0x200,
  SAMPLE_FLAGS: 0x400,
  COMPOSITION: 0x800,
});
const RUN_HEAD_BYTES = 8;
const FLAGS_MASK = 0xff_ffff;

/** What a fragment says of samples that say nothing themselves. */
interface SampleDefaults {
  duration: number;
  size: number;
}

/** What the scan of fragments works with. */
interface FragmentScan {
  readonly view: FileView;
  readonly track: VideoTrack;
  readonly findings: FrameFindings;
}

/**
 * Places the samples in the fragments of a movie (ISO/IEC 14496-12, section 8.8), fragment by
 * fragment, to where the file ends, which is where recording was interrupted perhaps.
 * @param from where the boxes behind the `moov` begin
 */
export function* scanFragments(scan: FragmentScan, from: number): Scan {
  const { view, track, findings } = scan;
  const defaults = yield* readDefaults(scan);
  let idle = 0;
  for (let at = from; idle < MAX_IDLE_BOXES && !findings.exhausted; idle++) {
    const box = yield* readBox(view, at, view.size);
    if (box === undefined) return;
    at = box.end;
    if (box.type !== "moof") continue;
    checkWhole(box);
    const before = findings.index.count;
    const boxes = new Boxes(view, box.data, box.end);
    for (let part = yield* boxes.next(); part !== undefined; part = yield* boxes.next()) {
      if (part.type === "traf") yield* scanTrackFragment(scan, { ...defaults }, box, part);
    }
    if (findings.index.count > before) idle = 0;
    findings.frameRate ??= frameRateOf(track.timescale, defaults.duration);
    view.forget();
  }
}

function* readDefaults({ view, track }: FragmentScan): Scan<SampleDefaults> {
  const boxes = new Boxes(view, track.extends!.data, track.extends!.end);
  for (let box = yield* boxes.next(); box !== undefined; box = yield* boxes.next()) {
    if (box.type !== "trex") continue;
    const bytes = yield* contents(view, box, Defaults.BYTES);
    if (u32be(bytes, Defaults.TRACK) !== track.id) continue;
    return { duration: u32be(bytes, Defaults.DURATION), size: u32be(bytes, Defaults.SIZE) };
  }
  return { duration: 0, size: 0 };
}

function* scanTrackFragment(
  scan: FragmentScan,
  defaults: SampleDefaults,
  fragment: Box,
  part: Box,
): Scan {
  const { view, track, findings } = scan;
  const header = yield* findBox(view, part, "tfhd");
  if (header === undefined) return;
  const bytes = yield* contents(view, header, MAX_TRACK_HEADER_BYTES);
  const flags = u32be(bytes, 0) & FLAGS_MASK;
  if (u32be(bytes, FULL_BOX_BYTES) !== track.id) return;
  let at = FULL_BOX_BYTES + FIELD_BYTES;
  let base = fragment.at;
  if (flags & TrackFlag.BASE_DATA_OFFSET) {
    base = u64be(bytes, at);
    at += 2 * FIELD_BYTES;
  }
  if (flags & TrackFlag.DESCRIPTION) at += FIELD_BYTES;
  if (flags & TrackFlag.DURATION) {
    defaults.duration = u32be(bytes, at);
    at += FIELD_BYTES;
  }
  if (flags & TrackFlag.SIZE) defaults.size = u32be(bytes, at);
  findings.frameRate ??= frameRateOf(track.timescale, defaults.duration);
  let next = base;
  const boxes = new Boxes(view, part.data, part.end);
  for (let box = yield* boxes.next(); box !== undefined; box = yield* boxes.next()) {
    if (box.type === "trun") next = yield* scanRun(scan, defaults, box, { base, next });
  }
}

/**
 * @param place what the run's offset counts from, and where it begins when it has none
 * @returns where the data of the next run begin
 */
function* scanRun(
  { view, track, findings }: FragmentScan,
  defaults: SampleDefaults,
  box: Box,
  { base, next }: { base: number; next: number },
): Scan<number> {
  const head = yield* contents(view, box, RUN_HEAD_BYTES + FIELD_BYTES);
  const flags = u32be(head, 0) & FLAGS_MASK;
  const optional = countFlags(flags, [RunFlag.DATA_OFFSET, RunFlag.FIRST_SAMPLE_FLAGS]);
  let at = flags & RunFlag.DATA_OFFSET ? base + i32be(head, RUN_HEAD_BYTES) : next;
  const perSample = [
    RunFlag.DURATION,
    RunFlag.SIZE,
    RunFlag.SAMPLE_FLAGS,
    RunFlag.COMPOSITION,
  ];
  const entryBytes = FIELD_BYTES * countFlags(flags, perSample);
  const count = u32be(head, FULL_BOX_BYTES);
  const sizeAt = flags & RunFlag.DURATION ? FIELD_BYTES : 0;
  // The fields of the run stand between the count and the entries.
  const entries = { ...box, data: box.data + FIELD_BYTES * optional };
  const table = entryBytes === 0
    ? undefined
    : BoxTable.counted(view, entries, { begin: RUN_HEAD_BYTES, count, entryBytes });
  for (let i = 0; i < count && !findings.exhausted; i++) {
    const entry = table === undefined ? undefined : yield* table.entry(i);
    const sized = entry !== undefined && (flags & RunFlag.SIZE) !== 0;
    const size = sized ? u32be(entry, sizeAt) : defaults.size;
    if (entry !== undefined && flags & RunFlag.DURATION) {
      findings.frameRate ??= frameRateOf(track.timescale, u32be(entry, 0));
    }
    findings.place(at, size, view.size);
    at += size;
  }
  return at;
}

function countFlags(flags: number, of: readonly number[]): number {
  return of.filter((flag) => (flags & flag) !== 0).length;
}
