import type { ImpairmentCounts } from "../lib/stream/impairment.ts";
import type { ReceiveStatistics } from "../lib/stream/receive_statistics.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";

/** Counts frames as they come. */
export class FrameTally {
  /** Complete ones. */
  frames = 0;
  damagedFrames = 0;
  /** Bytes of complete frames. */
  bytes = 0;
  /** RTP timestamp of the last complete one. */
  lastTimestamp: number | undefined;

  add(frame: ReceivedFrame): void {
    if (frame.jpeg === undefined) {
      this.damagedFrames++;
      return;
    }
    this.frames++;
    this.bytes += frame.jpeg.length;
    this.lastTimestamp = frame.timestamp;
  }
}

/** What a session counts. */
export type Counted = Pick<
  ReceiveStatistics,
  | "packets"
  | "lost"
  | "duplicated"
  | "reordered"
  | "activeMs"
  | "bytes"
  | "jitterMs"
  | "maxJitterMs"
>;

/** What sessions counted that broke off, where another one went on. */
export class EarlierSessions implements Omit<Counted, "jitterMs"> {
  packets = 0;
  lost = 0;
  duplicated = 0;
  reordered = 0;
  activeMs = 0;
  bytes = 0;
  maxJitterMs = 0;
  /** How many they were. */
  reconnects = 0;

  add(counted: Counted): void {
    this.reconnects++;
    for (const key of SUMS) this[key] += counted[key];
    this.maxJitterMs = Math.max(this.maxJitterMs, counted.maxJitterMs);
  }

  /** These and those of the session that went on. */
  with(last: Counted): Counted {
    const maxJitterMs = Math.max(this.maxJitterMs, last.maxJitterMs);
    const sums = SUMS.map((key) => [key, this[key] + last[key]]);
    return { ...Object.fromEntries(sums), jitterMs: last.jitterMs, maxJitterMs } as Counted;
  }
}

const SUMS = ["packets", "lost", "duplicated", "reordered", "activeMs", "bytes"] as const;

/** The numbers at the end of a reception, as `--json` and `--stats` give them. */
export interface Summary {
  event: "summary";
  /** Complete frames. */
  frames: number;
  damagedFrames: number;
  packets: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** First to last packet, pauses not counted. */
  durationSeconds: number;
  fps: number;
  /** Of RTP packets, headers included. */
  bitsPerSecond: number;
  jitterMs: number;
  maxJitterMs: number;
  bytes: number;
  /** Packets that this machine threw away, as its receive buffer was full; absent if not to be told. */
  hostDrops?: number;
  /** How often a stream that broke off was got back; absent where it never was. */
  reconnects?: number;
  /** Frames not written, as they came faster than they could be; absent where there are none. */
  framesLeftOut?: number;
  /** What was done to packets on purpose before they were counted; absent where nothing was to be. */
  impaired?: ImpairmentCounts;
}

/** What this machine did not keep of what reached it, and what else is told where there is any. */
export interface HostLosses {
  hostDrops?: number | undefined;
  leftOut?: number;
  reconnects?: number;
  /** What it did to them on purpose. */
  impaired?: ImpairmentCounts | undefined;
}

/** @param tally frames, whole and damaged */
export function summarise(
  statistics: Counted,
  tally: Pick<FrameTally, "frames" | "damagedFrames">,
  { hostDrops, leftOut = 0, reconnects = 0, impaired }: HostLosses = {},
): Summary {
  const seconds = statistics.activeMs / 1000;
  const rate = (count: number): number => seconds > 0 ? count / seconds : 0;
  return {
    event: "summary",
    frames: tally.frames,
    damagedFrames: tally.damagedFrames,
    packets: statistics.packets,
    lost: statistics.lost,
    duplicated: statistics.duplicated,
    reordered: statistics.reordered,
    durationSeconds: round(seconds, 3),
    // The first frame begins the time and does not fill any of it.
    fps: round(rate(Math.max(0, tally.frames - 1)), 2),
    bitsPerSecond: Math.round(rate(8 * statistics.bytes)),
    jitterMs: round(statistics.jitterMs, 3),
    maxJitterMs: round(statistics.maxJitterMs, 3),
    bytes: statistics.bytes,
    ...(hostDrops === undefined ? {} : { hostDrops }),
    ...(reconnects === 0 ? {} : { reconnects }),
    ...(leftOut === 0 ? {} : { framesLeftOut: leftOut }),
    ...(impaired === undefined ? {} : { impaired }),
  };
}

/** The line that ends a reception, for people. */
export function summaryLine(summary: Summary): string {
  const { frames, durationSeconds, fps, bitsPerSecond, packets, lost, damagedFrames } = summary;
  const share = `${lossShare(summary).toFixed(1)} %${hostShare(summary)}`;
  const { framesLeftOut: leftOut = 0, reconnects = 0 } = summary;
  return `${frames} frames in ${durationSeconds.toFixed(1)} s, ${fps.toFixed(1)} fps, ` +
    `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s, ${packets} packets, ` +
    `${lost} lost (${share}), ${damagedFrames} damaged frames` +
    (leftOut === 0 ? "" : `, ${leftOut} not written`) +
    (reconnects === 0 ? "" : `, connected again ${reconnects} time(s)`);
}

/** Which of the losses happened on this machine, where some did. */
function hostShare({ lost, hostDrops = 0 }: Summary): string {
  const here = Math.min(lost, hostDrops);
  if (here === 0) return "";
  const which = here === lost ? "all" : String(here);
  return `, ${which} of them on this machine: receive buffer full`;
}

/** Per cent of the packets that were sent, as far as can be told, that did not come. */
export function lossShare({ packets, duplicated, lost }: Summary): number {
  const sent = packets - duplicated + lost;
  return sent === 0 ? 0 : 100 * lost / sent;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
