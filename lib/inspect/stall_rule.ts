import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, InspectedRtcp, StreamFacts, StreamRule } from "./rule.ts";
import { Examples } from "./words.ts";

/** Silence that a person sees as a freeze, in ms. */
const STALL_MS = 2000;
/** A stream whose packets come that seldom anyway does not stall: times the mean distance. */
const TIMES_USUAL = 10;
/** For good is longer than the longest that it was away and came back: times that. */
const TIMES_LONGEST = 1.5;
/** Of fewer frames nobody can tell how seldom they come. */
const LEAST_FRAMES = 2;

const STOPPED_ADVICE = "Look at what the server sends from: the sensor, the encoder or the " +
  "server's own source has stopped, and the server goes on without it";

/** Whether a stream that flows stays away for seconds, whether it comes back or not. */
export class StallRule implements StreamRule {
  #packets = 0;
  #flowing = 0;
  /** The longest that it was away and came back, in ms. */
  #longest = 0;
  /** When the last packet came, in ms since the Unix epoch, and its sequence number. */
  #last = { time: 0, sequence: 0 };
  #saidGoodbye = false;
  #stalls = new Examples();

  packet({ counted, packet, time }: InspectedPacket): void {
    const { arrivalDelta, place } = counted;
    const isStall = this.#isStall(arrivalDelta);
    this.#packets++;
    this.#last.time = time;
    this.#last.sequence = packet.sequence;
    this.#longest = Math.max(this.#longest, arrivalDelta);
    this.#saidGoodbye = false;
    // Where packets are missing too, the way was interrupted: that is told as loss.
    if (!isStall || place === "gap") {
      this.#flowing += arrivalDelta;
      return;
    }
    this.#stalls.add(() => {
      return `nothing came for ${inSeconds(arrivalDelta)} before sequence ${packet.sequence}`;
    });
  }

  rtcp({ packet }: InspectedRtcp): void {
    if (packet.type === "BYE") this.#saidGoodbye = true;
  }

  conclude(facts: StreamFacts): Finding[] {
    const { described } = facts;
    if (described?.mediaType === "application") return [];
    const silent = this.#silentAtEnd(facts);
    if (silent !== undefined) return [this.#stopped(silent, described?.mediaType === "video")];
    if (this.#stalls.count === 0) return [];
    const message = "The stream stops for seconds and goes on, with no packet missing: the " +
      "picture stands still meanwhile";
    return [finding("stream-stalled", message, this.#stalls.text)];
  }

  #isStall(silent: number): boolean {
    const usual = this.#packets < 2 ? Infinity : this.#flowing / (this.#packets - 1);
    return silent >= STALL_MS && silent >= TIMES_USUAL * usual;
  }

  /** For how many ms nothing has come when it ended; undefined where that is as it should be. */
  #silentAtEnd({ described, clock, ending: { reason, time } }: StreamFacts): number | undefined {
    // Of a stream that is not described, or with an end, silence may well be the end.
    if (time === undefined || described === undefined || described.hasEnd) return undefined;
    if (reason !== "stopped" && reason !== "silence") return undefined;
    if (this.#saidGoodbye || clock.frames < LEAST_FRAMES) return undefined;
    const silent = time - this.#last.time;
    // A still picture every ten seconds is away for as long each time.
    return this.#isStall(silent) && silent > TIMES_LONGEST * this.#longest ? silent : undefined;
  }

  #stopped(silent: number, isVideo: boolean): Finding {
    const message = `Nothing came for the last ${inSeconds(silent)}: the stream has stopped, and ` +
      "the server did not say that it ends";
    const before = this.#stalls.count === 0 ? "" : `; before that ${this.#stalls.text}`;
    const evidence = `the last sequence number was ${this.#last.sequence}${before}`;
    // Sound may be left out while it is silent; a picture that stops for good is gone.
    const parts = { advice: STOPPED_ADVICE, ...(isVideo ? { level: "error" as const } : {}) };
    return finding("stream-stalled", message, evidence, parts);
  }
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
