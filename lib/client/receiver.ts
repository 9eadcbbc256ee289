import { MalformedError } from "../bytes/malformed.ts";
import type { Clock } from "../net/clock.ts";
import { parseRtpPacket, type RtpPacket } from "../rtp/packet.ts";
import { ReceiveStatistics } from "../stream/receive_statistics.ts";
import { ReorderBuffer } from "../stream/reorder.ts";
import type { Observer } from "./observer.ts";

/** A packet in its place, with the time it came (ms since the Unix epoch). */
export interface OrderedPacket {
  packet: RtpPacket;
  /** Its sequence number, extended so that it does not wrap. */
  sequence: number;
  arrivedAt: number;
}

/** How a receiver reads packets. */
export interface ReceiverOptions {
  clock: Clock;
  observer: Observer;
  /** Hz */
  clockRate: number;
  /** Accept packets whatever version they state, for lab servers that write 0. */
  anyVersion?: boolean;
  /** Called in sequence. */
  emit: (packet: OrderedPacket) => void;
}

/**
 * One RTP source on its way in, wherever the bytes come from: parsed, counted, put in order. The
 * bytes given are kept, so they must be the caller's own copy.
 */
export class RtpReceiver {
  readonly statistics: ReceiveStatistics;
  readonly #reorder: ReorderBuffer<OrderedPacket>;

  constructor(readonly options: ReceiverOptions) {
    this.statistics = new ReceiveStatistics(options.clockRate);
    this.#reorder = new ReorderBuffer(options.emit);
  }

  /** When {@linkcode expire} is due, on the clock's `now`; Infinity for never. */
  get deadline(): number {
    return this.#reorder.deadline;
  }

  /** Takes one packet. */
  receive(bytes: Uint8Array): void {
    const { clock, observer, anyVersion = false } = this.options;
    const time = clock.wallTime();
    let packet: RtpPacket;
    try {
      packet = parseRtpPacket(bytes, { anyVersion });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      observer.stray?.({ time, size: bytes.length, problem: error.message });
      return;
    }
    const now = clock.now();
    const { sequence, timestamp } = packet;
    const restarts = this.statistics.restarts;
    const counted = this.statistics.receive(sequence, timestamp, bytes.length, now);
    observer.packet?.({ time, packet, size: bytes.length, counted });
    if (counted.sequence === undefined) return;
    if (this.statistics.restarts !== restarts) this.#reorder.flush();
    this.#reorder.push(
      counted.sequence,
      { packet, sequence: counted.sequence, arrivedAt: time },
      now,
    );
  }

  /** Gives up gaps that have been waited for long enough. */
  expire(): void {
    this.#reorder.expire(this.options.clock.now());
  }

  /** Emits everything held, as at the end. */
  flush(): void {
    this.#reorder.flush();
  }

  /** A new stretch begins: neither the gap before it nor the pause counts as anything. */
  restart(): void {
    this.#reorder.flush();
    this.#reorder.reset();
    this.statistics.restart();
  }
}
