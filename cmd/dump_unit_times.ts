import type { AccessUnit } from "../lib/codec/depacketizer.ts";
import { hasNtpTime, ntpToUnixMilliseconds } from "../lib/rtcp/ntp.ts";
import type { SenderReport } from "../lib/rtcp/sender_report.ts";
import { timestampDelta } from "../lib/rtp/timestamp.ts";

/** Steps of timestamps within which nothing is strange: back as far as pictures are reordered. */
const USUAL_STEP_MS = { least: -1000, most: 3000 } as const;
/** A longer step that differs by more from that of the arrivals tells no time. */
const MOST_APART_MS = 3000;
/** Sender reports that set tracks further apart are of clocks that have nothing in common. */
const MOST_SHIFT_MS = 10_000;
/** What is this near is together already. */
const LEAST_SHIFT_MS = 2;

/** A unit on a track's clocks. */
interface Moment {
  timestamp: number;
  arrivedAt: number;
  /** ms */
  at: number;
}

interface TrackTime {
  readonly clockRate: number;
  /** The latest unit: by small steps from one to the next the RTP clock never wraps. */
  last: Moment | undefined;
  /** How much later than by arrival its units are presented, by its sender reports, in ms. */
  shift: number;
  report: { timestamp: number; wallTime: number } | undefined;
}

/**
 * When units of several tracks are presented, on one clock. Within a track the RTP timestamps tell;
 * the tracks are set side by side by when their first units came, and better as soon as all of them
 * have a sender report.
 */
export class UnitTimes {
  readonly #tracks: TrackTime[];
  #together = false;

  /** @param clockRates of the tracks, in Hz; what the first one's units tell is never moved */
  constructor(clockRates: readonly number[]) {
    this.#tracks = clockRates.map((clockRate) => {
      return { clockRate, last: undefined, shift: 0, report: undefined };
    });
  }

  /** Notes what a sender says of its clocks. */
  report(track: number, { ntpTimestamp, rtpTimestamp }: SenderReport): void {
    if (!hasNtpTime(ntpTimestamp)) return;
    const wallTime = ntpToUnixMilliseconds(ntpTimestamp);
    this.#tracks[track]!.report = { timestamp: rtpTimestamp, wallTime };
  }

  /**
   * @param unit the track's next one, in order of decoding
   * @returns ms; only differences mean anything
   */
  at(track: number, unit: Pick<AccessUnit, "timestamp" | "arrivedAt">): number {
    const time = this.#tracks[track]!;
    const { timestamp, arrivedAt } = unit;
    time.last = { timestamp, arrivedAt, at: unshifted(time, unit) };
    if (!this.#together) this.#bringTogether();
    return time.last.at + time.shift;
  }

  /** Once, when all tracks have come and have told their time. */
  #bringTogether(): void {
    const leads = this.#tracks.map(leadOf);
    const first = leads[0];
    if (first === undefined || leads.some((lead) => lead === undefined)) return;
    this.#together = true;
    for (const [i, track] of this.#tracks.entries()) {
      const shift = leads[i]! - first;
      const within = Math.abs(shift) >= LEAST_SHIFT_MS && Math.abs(shift) <= MOST_SHIFT_MS;
      if (i > 0 && within) track.shift = shift;
    }
  }
}

/** By the RTP timestamp, from when the first unit came; where it jumps, by when units come. */
function unshifted(
  { last, clockRate }: TrackTime,
  { timestamp, arrivedAt }: Pick<AccessUnit, "timestamp" | "arrivedAt">,
): number {
  if (last === undefined) return arrivedAt;
  const step = timestampDelta(timestamp, last.timestamp) * 1000 / clockRate;
  const waited = Math.max(0, arrivedAt - last.arrivedAt);
  const usual = step >= USUAL_STEP_MS.least && step <= USUAL_STEP_MS.most;
  return last.at + (usual || Math.abs(step - waited) <= MOST_APART_MS ? step : waited);
}

/** How much the sender's wall clock is ahead of our times of a track, in ms. */
function leadOf({ last, report, clockRate }: TrackTime): number | undefined {
  if (last === undefined || report === undefined) return undefined;
  const after = timestampDelta(report.timestamp, last.timestamp) * 1000 / clockRate;
  return report.wallTime - (last.at + after);
}
