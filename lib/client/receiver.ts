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
  /** What the stream is called, where a session has several. */
  stream?: string | undefined;
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
  #jumped: Omit<OrderedPacket, "sequence"> | undefined;

  constructor(readonly options: ReceiverOptions) {
    this.statistics = new ReceiveStatistics(options.clockRate);
    this.#reorder = new ReorderBuffer(options.emit);
  }

  /** When {@linkcode expire} is due, on the clock's `now`; Infinity for never. */
  get deadline(): number {
    return this.#reorder.deadline;
  }

  /**
   * Takes one packet.
   * @param age ms since it arrived
   * @returns it, or undefined when the bytes are none
   */
  receive(bytes: Uint8Array, age = 0): RtpPacket | undefined {
    const { clock, observer, anyVersion = false, stream } = this.options;
    const time = clock.wallTime() - age;
    let packet: RtpPacket;
    try {
      packet = parseRtpPacket(bytes, { anyVersion });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      observer.stray?.({ time, size: bytes.length, problem: error.message });
      return undefined;
    }
    const now = clock.now();
    const arrival = now - age;
    const { sequence, timestamp } = packet;
    const restarts = this.statistics.restarts;
    const counted = this.statistics.receive(sequence, timestamp, bytes.length, arrival);
    observer.packet?.({ time, arrival, packet, size: bytes.length, counted, stream });
    if (this.statistics.restarts !== restarts) this.#beginAnew(counted.sequence!, now);
    this.#place(counted.sequence, { packet, arrivedAt: time }, now);
    return packet;
  }

  /** A jump waits for the packet after it, which tells whether it was a stray. */
  #place(sequence: number | undefined, packet: Omit<OrderedPacket, "sequence">, now: number): void {
    if (sequence === undefined) this.#jumped = packet;
    else this.#reorder.push(sequence, { ...packet, sequence }, now);
  }

  /** The numbering began anew, e.g. a server that loops: the packet that jumped was its first. */
  #beginAnew(sequence: number, now: number): void {
    this.#reorder.flush();
    this.#reorder.reset();
    if (this.#jumped !== undefined) this.#place(sequence - 1, this.#jumped, now);
    this.#jumped = undefined;
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
    this.#jumped = undefined;
    this.statistics.restart();
  }
}
