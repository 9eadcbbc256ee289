import type { MediaPath } from "../../net/paths/media_path.ts";
import type { PlayPlan } from "./play_plan.ts";
import type { RtpStream } from "./rtp_stream.ts";

/** A session's hold on the stream it watches: one of its own, or one shared with a group. */
export interface Seat {
  readonly stream: RtpStream;
  /** Whether frames are leaving for this viewer. */
  readonly playing: boolean;
  /** Whether frames are leaving for others, whom this viewer's wishes must not disturb. */
  readonly shared: boolean;
  /** Whether it ends with the viewer's connection, whose being open is then the sign of life. */
  readonly boundToConnection: boolean;
  /** Frames that left while this viewer was playing. */
  readonly framesSent: number;
  /** Frames left out because it was behind. */
  readonly framesDropped: number;

  /** Plays a plan, or joins what the others are watching. */
  play(plan: PlayPlan): void;
  /** Stops for this viewer. */
  pause(): void;
  /** Gives the seat up. */
  leave(reason: string): void;
}

/** The seat of a viewer that has a stream to itself. */
export class OwnSeat implements Seat {
  readonly shared = false;
  #boundToConnection = false;

  constructor(readonly stream: RtpStream) {}

  get boundToConnection(): boolean {
    return this.#boundToConnection;
  }

  get playing(): boolean {
    return this.stream.running;
  }

  get framesSent(): number {
    return this.stream.framesSent;
  }

  get framesDropped(): number {
    return this.stream.framesDropped;
  }

  sendOver(path: MediaPath, boundToConnection: boolean): void {
    this.stream.sendOver(path);
    this.#boundToConnection = boundToConnection;
  }

  play(plan: PlayPlan): void {
    this.stream.play(plan);
  }

  pause(): void {
    this.stream.pause();
  }

  leave(reason: string): void {
    // In the connection, media behind the reply to TEARDOWN makes gortsplib and MediaMTX hang up.
    this.stream.close(this.#boundToConnection ? undefined : reason);
  }
}
