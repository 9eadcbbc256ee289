import { TimestampExtender } from "../rtp/timestamp.ts";
import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { grouped } from "./words.ts";

/** A clock may be wrong by this much and still be a wall clock. */
const WALL_CLOCK_ERROR_S = 86_400;
/** Over less time than this a rate cannot be told. */
const LEAST_MEASURED_MS = 1000;
/** How far a measured rate may be from the declared one: buffers at the start blur it. */
const RATE_TOLERANCE = 0.1;

/** Whether timestamps are media time, at the rate they should have. */
export class TimestampRule implements StreamRule {
  #extender = new TimestampExtender();
  #first: { timestamp: number; time: number } | undefined;
  #last: { timestamp: number; time: number } | undefined;
  #packets = 0;
  #wallClock = 0;

  packet({ packet, time, counted }: InspectedPacket): void {
    if (counted.place === "duplicate" || counted.place === "reordered") return;
    this.#packets++;
    if (isWallClock(packet.timestamp, time)) this.#wallClock++;
    const seen = { timestamp: this.#extender.extend(packet.timestamp), time };
    this.#first ??= seen;
    this.#last = seen;
  }

  conclude({ statistics, payload }: StreamFacts): Finding[] {
    const first = this.#first, last = this.#last;
    if (first === undefined || last === undefined) return [];
    const ticks = last.timestamp - first.timestamp;
    const milliseconds = last.time - first.time;
    const evidence = `${grouped(ticks)} ticks in ${(milliseconds / 1000).toFixed(1)} s`;
    if (this.#wallClock === this.#packets && payload === "bare-jpeg") {
      const message =
        "The timestamp is the sender's clock in whole seconds instead of media time " +
        "at 90,000 Hz: it does not tell when to show a picture";
      return [
        finding(
          "lab-timestamp-seconds",
          message,
          `first timestamp ${first.timestamp}; ${evidence}`,
        ),
      ];
    }
    if (milliseconds < LEAST_MEASURED_MS || statistics.restarts > 0) return [];
    const rate = ticks * 1000 / milliseconds;
    if (Math.abs(rate / statistics.clockRate - 1) <= RATE_TOLERANCE) return [];
    const message = `Timestamps advance by ${grouped(Math.round(rate))} ticks a second, not by ` +
      `${grouped(statistics.clockRate)}: players that keep time show it at the wrong speed`;
    return [finding("timestamp-rate", message, evidence)];
  }
}

function isWallClock(timestamp: number, time: number): boolean {
  return Math.abs(timestamp - time / 1000) < WALL_CLOCK_ERROR_S;
}
