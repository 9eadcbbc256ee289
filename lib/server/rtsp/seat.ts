import type { MediaPath } from "../../net/paths/media_path.ts";
import type { MediaTransport } from "../metrics.ts";
import type { PlayPlan } from "./play_plan.ts";
import type { RtpStream } from "./rtp_stream.ts";

/** A session's hold on the stream it watches: one of its own, or one shared with a group. */
export interface Seat {
  readonly stream: RtpStream;
  /** Whether frames are leaving for this viewer. */
  readonly playing: boolean;
  /** Whether frames are leaving for others, whom this viewer's wishes must not disturb. */
  readonly shared: boolean;
  /** Frames that left while this viewer was playing. */
  readonly framesSent: number;
  /** Frames left out because it was behind. */
  readonly framesDropped: number;

  /** Plays a plan, or joins what the others are watching. */
  play(plan: PlayPlan): void;
  /** Stops for this viewer. */
  pause(): void;
  /** Stops for this viewer before a frame. @returns false where that cannot be done */
  pauseAt(frame: number): boolean;
  /**
   * Gives the seat up.
   * @param farewell what a BYE says if nobody is left; undefined for none
   */
  leave(farewell?: string): void;
}

/** The seat of a viewer that has a stream to itself. */
export class OwnSeat implements Seat {
  readonly shared = false;

  constructor(readonly stream: RtpStream) {}

  get playing(): boolean {
    return this.stream.running;
  }

  get framesSent(): number {
    return this.stream.framesSent;
  }

  get framesDropped(): number {
    return this.stream.framesDropped;
  }

  sendOver(path: MediaPath, transport: MediaTransport): void {
    this.stream.sendOver(path, transport);
  }

  play(plan: PlayPlan): void {
    this.stream.play(plan);
  }

  pause(): void {
    this.stream.pause();
  }

  pauseAt(frame: number): boolean {
    return this.stream.pauseAt(frame);
  }

  leave(farewell?: string): void {
    this.stream.close(farewell);
  }
}
