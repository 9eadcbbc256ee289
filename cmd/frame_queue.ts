import type { ReceivedFrame } from "../lib/stream/received_frame.ts";

/** Bytes of pictures that wait at most: ten seconds of 1080p, while a disk makes up its mind. */
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
/** What a frame costs besides its picture, about. */
const ENTRY_BYTES = 1024;

/** What waits: a frame with its picture, or something of another stream with its length. */
type Waiting = Pick<ReceivedFrame, "jpeg"> | { readonly bytes: number };

/**
 * Takes one frame after the other.
 * @param number of the frame in order of reception, from 1
 */
export type TakeFrame<T = ReceivedFrame> = (frame: T, number: number) => Promise<void> | void;

/** Frames on their way to where they are kept: reception goes on while a slow disk is written to. */
export class FrameQueue<T extends Waiting = ReceivedFrame> {
  /** Frames that came while as many were waiting as may. */
  leftOut = 0;
  #number = 0;
  #waitingBytes = 0;
  #taken: Promise<void> = Promise.resolve();

  constructor(
    readonly take: TakeFrame<T>,
    readonly mostWaitingBytes: number = MOST_WAITING_BYTES,
  ) {}

  /** Settled when all given so far have been taken; rejects when taking one failed. */
  get taken(): Promise<void> {
    return this.#taken;
  }

  /** Queues a frame. @returns whether there was room for it */
  push(frame: T): boolean {
    const number = ++this.#number;
    const size = ENTRY_BYTES + ("jpeg" in frame ? frame.jpeg?.length ?? 0 : frame.bytes);
    if (this.#waitingBytes > 0 && this.#waitingBytes + size > this.mostWaitingBytes) {
      this.leftOut++;
      return false;
    }
    this.#waitingBytes += size;
    this.#taken = this.#taken.then(() => this.take(frame, number)).finally(() => {
      this.#waitingBytes -= size;
    });
    return true;
  }
}
