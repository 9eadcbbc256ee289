import type { Clock } from "../../net/clock.ts";
import { readU16, RTP_HEADER_LENGTH, SEQUENCE_OFFSET } from "../../rtp/header.ts";
import { PictureDepacketizer } from "../../stream/picture_depacketizer.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { type JoinedPacket, SharedNumberJoiner } from "../../stream/shared_numbers.ts";
import type { Observer } from "../observer.ts";
import { RtpReceiver } from "../receiver.ts";

export const JPEG_CLOCK_RATE = 90_000;

/** How many packets a late one can be behind; a first packet farther behind begins anew. */
const LATE_AT_MOST = 16;

/** What an intake needs from outside. */
export interface LabIntakeOptions {
  clock: Clock;
  /** Told the packets and frames. */
  observer: Observer;
  /** Frames of the file, as far as the server has told. */
  totalFrames: () => number | undefined;
}

/** Makes frames of a lab server's packets, whose numbers are those of the frames. */
export class LabIntake {
  readonly #receiver: RtpReceiver;
  readonly #depacketizer: PictureDepacketizer;
  readonly #joiner = new SharedNumberJoiner();
  #lastNumber = 0;
  #lastFrame = 0;
  /** Until when a packet out of turn is where a jump led, on the clock. */
  #jumpingUntil = -Infinity;

  constructor(readonly options: LabIntakeOptions) {
    const { clock, observer } = options;
    this.#depacketizer = new PictureDepacketizer((frame) => observer.frame?.(frame, undefined));
    this.#receiver = new RtpReceiver({
      clock,
      observer,
      clockRate: JPEG_CLOCK_RATE,
      anyVersion: true,
      emit: ({ packet, sequence, arrivedAt }) => {
        this.#lastFrame = this.#frameNumber(packet.sequence, sequence);
        this.#depacketizer.push(packet, arrivedAt);
      },
    });
  }

  get statistics(): ReceiveStatistics {
    return this.#receiver.statistics;
  }

  /** Lab servers number packets as frames, so the total tells the last one. */
  get isComplete(): boolean {
    const total = this.options.totalFrames();
    return total !== undefined && this.#lastFrame >= total;
  }

  /**
   * @param bytes kept
   * @param age ms since they arrived
   */
  take(bytes: Uint8Array, age: number): void {
    for (const joined of this.#joiner.push(bytes)) this.#receive(joined, age);
  }

  /** A jump was asked for: a packet out of turn is where it led. @param time on the clock */
  jumpingUntil(time: number): void {
    this.#jumpingUntil = time;
  }

  /** Numbers go on elsewhere, and nothing is missing before them. */
  restart(): void {
    this.#receiver.restart();
  }

  /** The end was not the last word: the file plays again. */
  beginAgain(): void {
    this.#lastFrame = 0;
    this.#receiver.restart();
  }

  /** Gives up gaps that have waited long enough. */
  expire(): void {
    this.#receiver.expire();
  }

  /** Nothing more comes. */
  flush(): void {
    for (const joined of this.#joiner.flush()) this.#receive(joined);
    this.#receiver.flush();
    this.#depacketizer.flush(this.options.clock.wallTime());
  }

  #receive({ bytes, datagrams }: JoinedPacket, age = 0): void {
    const number = bytes.length < RTP_HEADER_LENGTH ? 0 : readU16(bytes, SEQUENCE_OFFSET);
    // One lab server loops its file and starts over at 1, in a short file right behind us.
    if (number === 1 && this.#lastNumber >= LATE_AT_MOST) this.#receiver.restart();
    else if (this.#isJump(number)) {
      this.#jumpingUntil = -Infinity;
      this.#receiver.restart();
    }
    this.#lastNumber = number;
    this.#receiver.receive(bytes, age);
    this.statistics.packets += datagrams - 1;
    this.statistics.bytes += (datagrams - 1) * RTP_HEADER_LENGTH;
  }

  /** Whether a packet is the first one where a jump that was asked for led. */
  #isJump(number: number): boolean {
    return number !== this.#lastNumber + 1 && this.options.clock.now() < this.#jumpingUntil;
  }

  /** The number a packet bears, which a pause does not change, unless there are too many for it. */
  #frameNumber(sequence: number, extended: number): number {
    return (this.options.totalFrames() ?? 0) > 0xffff ? extended : sequence;
  }
}
