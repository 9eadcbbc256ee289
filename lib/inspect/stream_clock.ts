import { TimestampExtender } from "../rtp/timestamp.ts";
import type { CountedPacket } from "../stream/receive_statistics.ts";

/** What comes at the beginning comes in a burst, and says nothing about rates. */
const SETTLING_MS = 500;

/**
 * How the timestamps of a stream run against the clock they arrive by: a straight line through the
 * first packet of every frame (least squares), begun anew where timestamps jump.
 */
export class StreamClock {
  /** Times that the timestamp changed, the first included: frames, whole or not. */
  frames = 0;
  readonly #extender = new TimestampExtender();
  #timestamp: number | undefined;
  #arrival = 0;
  #time = 0;
  #first = { ticks: 0, arrival: 0 };
  #lowest = Infinity;
  #highest = -Infinity;
  #framesOfRun = 0;
  /** Frames up to the second highest timestamp, which nothing that comes is before any more. */
  #settledFrames = 0;
  #settledTicks = 0;
  #origin: { ticks: number; arrival: number } | undefined;
  /** When what is measured began, its burst included. */
  #settlingFrom: number | undefined;
  #n = 0;
  #sumX = 0;
  #sumY = 0;
  #sumXX = 0;
  #sumXY = 0;
  #sumYY = 0;

  /** @param clockRate as declared, in Hz */
  constructor(readonly clockRate: number) {}

  /** When the packet noted last came, in ms since the Unix epoch. */
  get lastTime(): number {
    return this.#time;
  }

  /** Timestamp of the packet noted last; undefined before any. */
  get lastTimestamp(): number | undefined {
    return this.#timestamp;
  }

  /** Over how many ms the rate has been measured. */
  get measuredMs(): number {
    return this.#n < 2 ? 0 : this.#arrival - this.#origin!.arrival;
  }

  /** Ticks a second as they arrive; undefined where too little came. */
  get measuredRate(): number | undefined {
    const spread = this.#spread;
    if (this.#n < 3 || spread <= 0) return undefined;
    return 1000 * (this.#sumXY - this.#sumX * this.#sumY / this.#n) / spread;
  }

  /** How far the measured rate is from the declared one, in parts per million. */
  get driftPpm(): number | undefined {
    const rate = this.measuredRate;
    return rate === undefined ? undefined : (rate / this.clockRate - 1) * 1e6;
  }

  /** By how much {@linkcode driftPpm} may be off: three times its standard error. */
  get driftErrorPpm(): number | undefined {
    const rate = this.measuredRate, spread = this.#spread;
    if (rate === undefined || this.#n < 3) return undefined;
    const left = this.#sumYY - this.#sumY ** 2 / this.#n - (rate / 1000) ** 2 * spread;
    const error = Math.sqrt(Math.max(0, left) / (this.#n - 2) / spread);
    return 3 * error * 1000 / this.clockRate * 1e6;
  }

  /** Frames a second by their timestamps; undefined where too few came. */
  get mediaFps(): number | undefined {
    const seconds = (this.#settledTicks - this.#lowest) / this.clockRate;
    return this.#settledFrames < 2 || seconds <= 0
      ? undefined
      : (this.#settledFrames - 1) / seconds;
  }

  /** Frames that {@linkcode mediaFps} is told by: those since timestamps jumped last. */
  get mediaFrames(): number {
    return this.#settledFrames;
  }

  /** Ticks from the first to the last frame, and over how many ms they came. */
  get span(): { ticks: number; milliseconds: number } {
    const { ticks, arrival } = this.#first;
    return {
      ticks: (this.#extender.latest ?? ticks) - ticks,
      milliseconds: this.#arrival - arrival,
    };
  }

  /** @param arrival in ms; `time` in ms since the Unix epoch */
  add(timestamp: number, arrival: number, time: number, place: CountedPacket["place"]): void {
    if (place === "duplicate" || place === "reordered" || place === "jump") return;
    this.#time = time;
    if (timestamp === this.#timestamp) {
      this.#arrival = arrival;
      return;
    }
    this.frames++;
    this.#framesOfRun++;
    this.#timestamp = timestamp;
    this.#arrival = arrival;
    const ticks = this.#extender.extend(timestamp);
    // Pictures that were sent before others that are shown earlier say nothing about the pace.
    const isNewest = ticks > this.#highest;
    if (ticks < this.#lowest) this.#lowest = ticks;
    if (isNewest) {
      this.#settledFrames = this.#framesOfRun - 1;
      this.#settledTicks = this.#highest;
      this.#highest = ticks;
    }
    if (this.frames === 1) this.#first = { ticks, arrival };
    this.#settlingFrom ??= arrival;
    if (!isNewest || arrival - this.#settlingFrom < SETTLING_MS) return;
    this.#origin ??= { ticks, arrival };
    const x = arrival - this.#origin.arrival;
    const y = ticks - this.#origin.ticks;
    this.#n++;
    this.#sumX += x;
    this.#sumY += y;
    this.#sumXX += x * x;
    this.#sumXY += x * y;
    this.#sumYY += y * y;
  }

  /** What follows has nothing to do with what came: a jump, or what was held up for long. */
  restart(): void {
    this.#origin = undefined;
    this.#settlingFrom = undefined;
    this.#n =
      this.#sumX =
      this.#sumY =
      this.#sumXX =
      this.#sumXY =
      this.#sumYY =
        0;
    this.#lowest = Infinity;
    this.#highest = -Infinity;
    this.#framesOfRun = this.#settledFrames = 0;
  }

  get #spread(): number {
    return this.#n === 0 ? 0 : this.#sumXX - this.#sumX ** 2 / this.#n;
  }
}
