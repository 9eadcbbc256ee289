import { type Finding, finding } from "./finding.ts";
import { statedFrameRate } from "./format_rule.ts";
import type { InspectedPacket, MediaStep, StreamFacts, StreamRule } from "./rule.ts";
import type { ReportedClock } from "./sender_report_rule.ts";
import { count, Examples, grouped } from "./words.ts";

/** A clock may be wrong by this much and still be a wall clock. */
const WALL_CLOCK_ERROR_S = 86_400;
/** Over less time than this a rate cannot be told. */
const LEAST_MEASURED_MS = 1000;
/** Nor of fewer frames: one large picture takes seconds over a slow link. */
const LEAST_FRAMES = 5;
/** How far a measured rate may be from the declared one. */
const RATE_TOLERANCE = 0.05;
/** Media time and arrivals must be apart by this much, in ms: a busy machine shifts arrivals, too. */
const LEAST_APART_MS = 1000;
/** Timestamps that leap by this much more than the time that passed have jumped, in ms. */
const JUMP_MS = 1000;
/** Of so many frames in a hundred: when more of them jump, the clock rate is another. */
const MOST_JUMPS = 10;
/** Clock rates that senders use. */
const USUAL_RATES = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 90_000];
/** How near a measured rate must be to a usual one to be called that, however well it is measured. */
const USUAL_TOLERANCE = { least: 0.005, most: 0.03 };

/** Whether timestamps and arrivals part company: a jump, or a backlog that comes at last. */
export function isJump(
  { timestampDelta, arrivalDelta }: MediaStep,
  clockRate: number,
): boolean {
  return Math.abs(timestampDelta * 1000 / clockRate - arrivalDelta) > JUMP_MS;
}

/** Whether timestamps are media time, at the rate they should have, without jumps. */
export class TimestampRule implements StreamRule {
  #packets = 0;
  #wallClock = 0;
  #first: number | undefined;
  #frames = 0;
  /** How late the packet before came for its timestamp: a backlog comes all at once, in ms. */
  #behind = 0;
  #jumps = new Examples();

  packet({ packet, time, counted, isForeign, step, number, stream }: InspectedPacket): void {
    const { place } = counted;
    const { timestampDelta, arrivalDelta } = step;
    if (isForeign) return;
    if (place === "duplicate" || place === "reordered") return;
    this.#packets++;
    this.#first ??= packet.timestamp;
    if (isWallClock(packet.timestamp, time)) this.#wallClock++;
    const behind = this.#behind + arrivalDelta;
    const advance = timestampDelta * 1000 / stream.format.clockRate;
    this.#behind = Math.max(0, behind - advance);
    if (timestampDelta === 0) return;
    this.#frames++;
    if (advance >= -JUMP_MS && advance <= behind + JUMP_MS) return;
    this.#behind = 0;
    if (number === 1) return;
    this.#jumps.add(() => {
      return `packet ${number} is ${seconds(advance)} after the one before, ` +
        `which came ${seconds(arrivalDelta)} earlier`;
    });
  }

  conclude(facts: StreamFacts): Finding[] {
    if (this.#first === undefined) return [];
    if (this.#wallClock === this.#packets && facts.payload === "bare-jpeg") {
      return [this.#seconds(this.#first, facts)];
    }
    const always = 100 * this.#jumps.count > MOST_JUMPS * this.#frames;
    if (this.#jumps.count > 0 && !always) {
      const message = `Timestamps jump ${count(this.#jumps.count, "time")} by other than the ` +
        "time that passed";
      return [finding("timestamp-jump", message, this.#jumps.text)];
    }
    return facts.statistics.restarts > 0 ? [] : wrongRate(facts, always);
  }

  #seconds(first: number, { clock }: StreamFacts): Finding {
    const { ticks, milliseconds } = clock.span;
    const message = "The timestamp is the sender's clock in whole seconds instead of media time " +
      "at 90,000 Hz: it does not tell when to show a picture";
    const evidence = `first timestamp ${first}; ${grouped(ticks)} ticks in ${
      seconds(milliseconds)
    }`;
    return finding("lab-timestamp-seconds", message, evidence);
  }
}

/** @param always whether so many timestamps jump that no line can be laid through them */
function wrongRate(facts: StreamFacts, always: boolean): Finding[] {
  const { clock, reported, format } = facts;
  // Of a payload type that nobody described nobody declared a rate.
  if (format.encoding === "") return [];
  const { measuredRate, measuredMs, clockRate } = clock;
  const { ticks, milliseconds } = clock.span;
  if (milliseconds < LEAST_MEASURED_MS) return [];
  // Timestamps that stand still make no line to measure either; the pictures tell that they go on.
  const isStill = clock.frames <= 1;
  if ((isStill ? facts.frames + facts.damagedFrames : clock.frames) < LEAST_FRAMES) return [];
  const noLine = always || isStill;
  if (!noLine && measuredMs < LEAST_MEASURED_MS / 2) return [];
  const rate = noLine ? ticks * 1000 / milliseconds : measuredRate;
  if (rate === undefined) return [];
  const off = Math.abs(rate / clockRate - 1);
  const errorPpm = noLine ? undefined : clock.driftErrorPpm;
  if (off <= RATE_TOLERANCE || off * 1e6 <= (errorPpm ?? 0)) return [];
  if (off * (noLine ? milliseconds : measuredMs) < LEAST_APART_MS) return [];
  if (rate < clockRate && isMediaTime(facts)) return [fallingBehind(facts)];
  if (isHonest(reported, clockRate)) return [];
  const usual = usualRate(rate, errorPpm === undefined ? undefined : errorPpm * clockRate / 1e6);
  const guess = usual === undefined ? "" : `: that is a clock of ${grouped(usual)} Hz`;
  const message = `Timestamps advance by ${grouped(Math.round(rate))} ticks a second, not by ` +
    `${grouped(clockRate)}${guess}; players that keep time show it at the wrong speed`;
  const evidence = `${grouped(ticks)} ticks in ${seconds(milliseconds)}`;
  return [finding("timestamp-rate", message, evidence)];
}

/** The rate that senders use and this one is. @param error of the measurement, in Hz, if known */
function usualRate(rate: number, error: number = Infinity): number | undefined {
  const { least, most } = USUAL_TOLERANCE;
  const tolerance = Math.min(most, Math.max(least, error / rate));
  return USUAL_RATES.find((each) => Math.abs(rate / each - 1) <= tolerance);
}

/** Whether timestamps are as far apart as frames are said to be: then it is arrivals that are slow. */
function isMediaTime(facts: StreamFacts): boolean {
  const stated = statedFrameRate(facts);
  const { mediaFps } = facts.clock;
  if (stated === undefined || mediaFps === undefined) return false;
  return Math.abs(mediaFps / stated - 1) <= RATE_TOLERANCE;
}

function fallingBehind({ clock: { span, clockRate } }: StreamFacts): Finding {
  const { ticks, milliseconds } = span;
  const came = seconds(milliseconds);
  const message = `Pictures get older and older: ${came} passed while ${
    seconds(1000 * ticks / clockRate)
  } of media came`;
  return finding("falling-behind", message, `${grouped(ticks)} ticks in ${came}`);
}

/** Whether the sender's own clock vouches for the timestamps: then it is arrivals that are slow. */
function isHonest({ rate, aheadMs }: ReportedClock, clockRate: number): boolean {
  return rate !== undefined && Math.abs(rate / clockRate - 1) <= RATE_TOLERANCE &&
    Math.abs(aheadMs ?? Infinity) <= JUMP_MS;
}

function isWallClock(timestamp: number, time: number): boolean {
  return Math.abs(timestamp - time / 1000) < WALL_CLOCK_ERROR_S;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
