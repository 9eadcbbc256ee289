import type { MediaTrack } from "../lib/client/media_session.ts";
import type { AccessUnit } from "../lib/codec/depacketizer.ts";
import { payloadFormat } from "../lib/codec/registry.ts";
import type { Received } from "./receive.ts";
import { type Counted, lossShare, summarise, type Summary } from "./summary.ts";

/** Counts the units of one track. */
export class UnitTally {
  units = 0;
  keyFrames = 0;
  damagedUnits = 0;
  /** Of these, in the file. */
  kept = 0;
  /** Whole ones that came before the file could begin. */
  early = 0;
  /** Units that came faster than they could be written. */
  leftOut = 0;
  /** Whether its units are pictures. */
  readonly video: boolean;

  constructor(readonly track: MediaTrack, readonly out: string | undefined) {
    this.video = payloadFormat(track.encoding)?.kind === "video";
  }

  add(unit: AccessUnit): void {
    this.units++;
    if (unit.keyFrame) this.keyFrames++;
    if (unit.damaged !== undefined) this.damagedUnits++;
  }
}

/** The numbers of one track, as `--json` gives them. */
export interface TrackSummary {
  track: string;
  encoding: string;
  units: number;
  keyFrames?: number;
  damagedUnits: number;
  /** Units in the file. */
  kept: number;
  packets: number;
  lost: number;
  /** The file as typed; absent where packets are what is kept. */
  out?: string;
}

/**
 * The numbers at the end of a dump of units. Packets and bytes are of all tracks together, their time
 * is that of the longest, the jitter that of the track that matters most; `frames` are pictures that
 * came whole.
 */
export interface UnitSummary extends Summary {
  units: number;
  keyFrames: number;
  damagedUnits: number;
  kept: number;
  tracks: TrackSummary[];
}

export function summariseUnits(
  { session, leftOut, impaired }: Pick<Received, "session" | "leftOut" | "impaired">,
  tallies: readonly UnitTally[],
): UnitSummary {
  const { tracks } = session;
  const sum = (count: (tally: UnitTally) => number, of = tallies): number => {
    return of.reduce((total, tally) => total + count(tally), 0);
  };
  const pictures = tallies.filter(({ video }) => video);
  const damagedFrames = sum((tally) => tally.damagedUnits, pictures);
  const frames = sum((tally) => tally.units, pictures) - damagedFrames;
  const all = leftOut + sum((tally) => tally.leftOut);
  const losses = { hostDrops: hostDropsOf(tracks), leftOut: all, impaired };
  return {
    ...summarise(countedOf(tracks), { frames, damagedFrames }, losses),
    units: sum(({ units }) => units),
    keyFrames: sum(({ keyFrames }) => keyFrames),
    damagedUnits: sum(({ damagedUnits }) => damagedUnits),
    kept: sum(({ kept }) => kept),
    tracks: tallies.map(trackSummary),
  };
}

/** The lines that end a dump of units, for people: one a track, and one for all. */
export function unitLines(summary: UnitSummary, tallies: readonly UnitTally[]): string[] {
  const { durationSeconds, bitsPerSecond, packets, lost } = summary;
  return [
    ...tallies.map((tally) => trackLine(tally, tallies.length > 1)),
    `${durationSeconds.toFixed(1)} s, ${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s, ` +
    `${packets} packets, ${lost} lost (${lossShare(summary).toFixed(1)} %)`,
  ];
}

/** What all tracks counted; that which matters most is first. */
function countedOf(tracks: readonly MediaTrack[]): Counted {
  const all = tracks.map(({ statistics }) => statistics);
  const sum = (count: (counted: Counted) => number): number => {
    return all.reduce((total, counted) => total + count(counted), 0);
  };
  return {
    packets: sum(({ packets }) => packets),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    reordered: sum(({ reordered }) => reordered),
    bytes: sum(({ bytes }) => bytes),
    activeMs: Math.max(...all.map(({ activeMs }) => activeMs)),
    jitterMs: all[0]!.jitterMs,
    maxJitterMs: all[0]!.maxJitterMs,
  };
}

/** Undefined where it cannot be told of any of them. */
function hostDropsOf(tracks: readonly MediaTrack[]): number | undefined {
  const known = tracks.flatMap(({ hostDrops }) => hostDrops ?? []);
  return known.length === 0 ? undefined : known.reduce((total, drops) => total + drops);
}

function trackSummary(tally: UnitTally): TrackSummary {
  const { track, units, keyFrames, damagedUnits, kept, out, video } = tally;
  return {
    track: track.name,
    encoding: track.encoding,
    units,
    ...(video ? { keyFrames } : {}),
    damagedUnits,
    kept,
    packets: track.statistics.packets,
    lost: track.statistics.lost,
    ...(out === undefined ? {} : { out }),
  };
}

/**
 * `video (H264): 250 units, 5 key frames, 0 damaged; 250 written to out.mp4`.
 * @param several whether it is one of several, and the line for all does not tell its losses
 */
function trackLine(tally: UnitTally, several: boolean): string {
  const { track, units, keyFrames, damagedUnits, kept, early, leftOut, out, video } = tally;
  const counts = [
    `${units} units`,
    ...(video ? [`${keyFrames} key frames`] : []),
    `${damagedUnits} damaged`,
    ...(several ? [`${track.statistics.lost} packets lost`] : []),
  ];
  const notes = [
    ...(out === undefined ? [] : [`${kept} written to ${out}`]),
    ...(early === 0 ? [] : [`${early} before the file could begin`]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out as they came too fast`]),
  ];
  const more = notes.length === 0 ? "" : `; ${notes.join(", ")}`;
  return `${track.name} (${track.encoding}): ${counts.join(", ")}${more}`;
}
