import type { ShownFrame } from "../player/snapshot.ts";
import { formatFrame } from "./frame_message.ts";

/** Pictures on their way at once: two that wait for the screen, one behind them. */
const MOST_UNDERWAY = 3;
/** Bytes that may wait in the socket before pictures are left out. */
const MOST_BUFFERED = 1024 * 1024;

/** The part of a WebSocket that is needed here. */
export interface FrameSocket {
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
}

/**
 * One player's pictures on their way to one page. The newest wins: while three are on their way a
 * picture waits, and one that comes meanwhile takes its place. Nothing ever queues up.
 */
export class FramePump {
  /** Pictures that newer ones took the place of. */
  skipped = 0;
  #underway: number[] = [];
  #waiting: ShownFrame | undefined;

  constructor(readonly player: number, readonly socket: FrameSocket) {}

  push(frame: ShownFrame): void {
    if (this.#waiting !== undefined) this.skipped++;
    this.#waiting = frame;
    this.#send();
  }

  /** The page has drawn a picture, and with it is done with all before it. */
  drawn(serial: number): void {
    this.#underway = this.#underway.filter((each) => each > serial);
    this.#send();
  }

  #send(): void {
    const frame = this.#waiting;
    if (frame === undefined || this.#underway.length >= MOST_UNDERWAY) return;
    if (this.#underway.length > 0 && this.socket.bufferedAmount > MOST_BUFFERED) return;
    this.#waiting = undefined;
    this.#underway.push(frame.serial);
    this.socket.send(formatFrame(this.player, frame));
  }
}
