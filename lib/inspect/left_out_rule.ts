import { type Finding, finding } from "./finding.ts";
import { statedFrameRate } from "./format_rule.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { grouped } from "./words.ts";

/** Of fewer steps from frame to frame nothing can be told. */
const LEAST_STEPS = 20;
/** Different steps that are kept apart: a stream with more of them has no steady frame rate. */
const MOST_KINDS = 200;
/** How far a step may be from a whole number of frames. */
const TOLERANCE = 0.15;
/** The part of the steps that must be such. */
const LEAST_REGULAR = 0.95;
/** The part of the frames that is left out at least. */
const LEAST_LEFT_OUT = 0.05;
/** The part of the steps that are longer or shorter than the one before by two frames, at least. */
const LEAST_UNEVEN = 0.05;

/**
 * Whether frames are left out before their packets are numbered, as servers do for whom the line is too
 * narrow: timestamps step by one frame, and at times by many. Cameras that send fewer frames than they
 * describe, in the dark say, have them at even distances.
 */
export class LeftOutRule implements StreamRule {
  /** How often timestamps stepped so far, by ticks. */
  readonly #steps = new Map<number, number>();
  /** How often a step was longer or shorter than the one before, by ticks. */
  readonly #changes = new Map<number, number>();
  #last: number | undefined;

  packet({ counted: { place }, isForeign, step: { timestampDelta } }: InspectedPacket): void {
    // Where packets are missing that is told as loss.
    if (isForeign || place !== "next" || timestampDelta === 0) return;
    tally(this.#steps, timestampDelta);
    if (this.#last !== undefined) tally(this.#changes, Math.abs(timestampDelta - this.#last));
    this.#last = timestampDelta;
  }

  conclude(facts: StreamFacts): Finding[] {
    const rate = statedFrameRate(facts);
    if (rate === undefined || this.#steps.size >= MOST_KINDS) return [];
    const { clockRate } = facts.clock;
    let total = 0, regular = 0, leftOut = 0, uneven = 0, longest = 0;
    for (const [ticks, times] of this.#steps) {
      const frames = ticks * rate / clockRate;
      total += times;
      if (frames < 1 - TOLERANCE || Math.abs(frames - Math.round(frames)) > TOLERANCE) continue;
      regular += times;
      leftOut += (Math.round(frames) - 1) * times;
      longest = Math.max(longest, ticks);
    }
    for (const [ticks, times] of this.#changes) {
      if (ticks * rate / clockRate > 2 - TOLERANCE) uneven += times;
    }
    if (total < LEAST_STEPS || regular < LEAST_REGULAR * total) return [];
    const made = regular + leftOut;
    if (leftOut < LEAST_LEFT_OUT * made || uneven < LEAST_UNEVEN * total) return [];
    const message = `About ${grouped(leftOut)} of ${grouped(made)} frames were left out by the ` +
      "sender, unevenly and with no packet missing: the picture jerks";
    const evidence = `timestamps step by up to ${milliseconds(longest / clockRate)}, where ` +
      `frames are ${milliseconds(1 / rate)} apart as described`;
    return [finding("frames-left-out", message, evidence)];
  }
}

function tally(kinds: Map<number, number>, ticks: number): void {
  const times = kinds.get(ticks) ?? 0;
  if (times > 0 || kinds.size < MOST_KINDS) kinds.set(ticks, times + 1);
}

function milliseconds(seconds: number): string {
  return `${grouped(Math.round(1000 * seconds))} ms`;
}
