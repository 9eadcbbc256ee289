import { describedBy } from "../../inspect/described.ts";
import { timestampDelta } from "../../rtp/timestamp.ts";
import { parseRange } from "../../rtsp/headers/range.ts";
import { parseRtpInfo } from "../../rtsp/headers/rtp_info.ts";
import { parseScale } from "../../rtsp/headers/scale.ts";
import { frameRate, range } from "../../sdp/attributes.ts";
import type { ObservedMessage } from "../../stream/observation.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";

/** Frames a second of lab servers, which state none: one every 50 ms. */
const LAB_FPS = 20;
/** A measured rate that is this near is that one. */
const NEAR_LAB_FPS = 0.15;
const JPEG_CLOCK_RATE = 90_000;

/** Where in the media the picture is: from what the server said and the frames' timestamps. */
export class MediaTime {
  /** Seconds; undefined for live streams and where nobody said. */
  duration: number | undefined;
  /** Frames a second as the description states them. */
  fps: number | undefined;
  /** The rate the server grants; below 0 backwards. */
  scale = 1;
  /** Whether a reply to PLAY with a Scale came without one: the server does not know it. */
  refusesScale = false;
  #start = 0;
  #anchor: number | undefined;
  #position: number | undefined;
  #frame: number | undefined;

  /** What the server announced. */
  totalFrames: number | undefined;
  /** Whether packets are numbered by frames and timestamps are no media time. */
  isLab = false;

  /** Seconds from the beginning of the media; undefined before the first frame. */
  get position(): number | undefined {
    return this.#position;
  }

  /** The number of the frame on show, from 1; undefined where it cannot be told. */
  get frame(): number | undefined {
    return this.#frame;
  }

  /** How many frames there are, as far as it can be told. */
  get frames(): number | undefined {
    if (this.totalFrames !== undefined) return this.totalFrames;
    if (this.duration === undefined || this.fps === undefined) return undefined;
    return Math.round(this.duration * this.fps);
  }

  /** Learns from a session description in a message. */
  described(message: ObservedMessage): void {
    const description = message.direction === "in" ? describedBy(message) : undefined;
    if (description === undefined) return;
    const [medium] = description.media;
    this.duration = durationOf((medium && range(medium)) ?? range(description)) ?? this.duration;
    this.fps = (medium && frameRate(medium)) ?? frameRate(description) ?? this.fps;
  }

  /** Learns from the reply to a PLAY. @param asked the Scale asked for, where one was */
  played(reply: ObservedMessage, asked: number | undefined): void {
    const header = (name: string): string | undefined => {
      return reply.headers.find(([each]) => each.toLowerCase() === name)?.[1];
    };
    const scale = header("scale");
    this.refusesScale = asked !== undefined && asked !== 1 && scale === undefined;
    this.scale = read(() => scale === undefined ? 1 : parseScale(scale)) ?? 1;
    const value = header("range");
    const interval = read(() => value === undefined ? undefined : parseRange(value));
    const start = interval?.unit === "npt" && typeof interval.start === "number"
      ? interval.start
      : undefined;
    const info = header("rtp-info");
    const rtptime = read(() => info === undefined ? undefined : parseRtpInfo(info)[0]?.rtptime);
    this.#start = start ?? this.#position ?? 0;
    this.#anchor = rtptime;
    this.moveTo(this.#start);
  }

  /** The picture will go on at a time. */
  moveTo(seconds: number): void {
    this.#position = seconds;
    if (!this.isLab && this.fps !== undefined) {
      this.#frame = Math.round(seconds * this.fps) + 1;
    }
  }

  /** A complete frame came. @param measured frames a second as they come, where that is known */
  received(frame: ReceivedFrame, measured?: number): void {
    if (this.isLab) this.#receivedLab(frame, measured);
    else this.#receivedTimed(frame.timestamp);
  }

  #receivedLab({ firstSequence, lastSequence }: ReceivedFrame, measured = LAB_FPS): void {
    const fps = Math.abs(measured / LAB_FPS - 1) < NEAR_LAB_FPS ? LAB_FPS : Math.round(measured);
    const most = this.totalFrames ?? Infinity;
    // A picture in pieces: its numbers count those.
    const number = firstSequence === lastSequence ? lastSequence : (this.#frame ?? 0) + 1;
    this.#frame = Math.min(number, most);
    this.#position = (this.#frame - 1) / Math.max(1, fps);
    if (this.totalFrames !== undefined) this.duration = this.totalFrames / Math.max(1, fps);
  }

  #receivedTimed(timestamp: number): void {
    this.#anchor ??= timestamp;
    const ticks = timestampDelta(timestamp, this.#anchor);
    const position = Math.max(0, this.#start + this.scale * ticks / JPEG_CLOCK_RATE);
    this.#position = this.duration === undefined ? position : Math.min(position, this.duration);
    if (this.fps === undefined) return;
    const frame = Math.round(position * this.fps) + 1;
    this.#frame = Math.min(frame, this.frames ?? frame);
  }
}

function durationOf(value: string | undefined): number | undefined {
  const interval = read(() => value === undefined ? undefined : parseRange(value));
  if (interval?.unit !== "npt" || typeof interval.end !== "number") return undefined;
  const start = typeof interval.start === "number" ? interval.start : 0;
  return interval.end > start ? interval.end - start : undefined;
}

/** What a server wrote, unless it cannot be read: then it is as if it had not. */
function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
