import { type Endpoint, formatTcpFrame } from "./network_frame.ts";
import { TCP_FLAG } from "./transport_layer.ts";

/** Most payload of a segment: what fits an Ethernet frame over IPv4. */
export const SEGMENT_BYTES = 1460;
const NO_BYTES = new Uint8Array(0);
/** No operation, and window scale 2^7 (RFC 7323): a whole read may be on its way. */
const WINDOW_SCALE = Uint8Array.of(1, 3, 3, 7);
const CLIENT_START = 1000;
const SERVER_START = 2000;

/**
 * A TCP connection as segments, from what was written and read on it: a handshake before, numbers
 * that agree, an acknowledgment behind each piece, a farewell at the end.
 */
export class TcpScript {
  #next = { out: CLIENT_START, in: SERVER_START };

  constructor(readonly local: Endpoint, readonly remote: Endpoint) {}

  /** The local end has connected. */
  open(): Uint8Array[] {
    const { SYN, ACK } = TCP_FLAG;
    const frames = [
      this.#segment("out", SYN, { acknowledgment: 0, options: WINDOW_SCALE }),
      this.#segment("in", SYN | ACK, {
        acknowledgment: this.#next.out + 1,
        options: WINDOW_SCALE,
      }),
    ];
    this.#next.out++;
    this.#next.in++;
    frames.push(this.#segment("out", ACK));
    return frames;
  }

  /** Bytes went one way. */
  data(direction: "out" | "in", bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
      const payload = bytes.subarray(at, at + SEGMENT_BYTES);
      frames.push(this.#segment(direction, TCP_FLAG.PSH | TCP_FLAG.ACK, { payload }));
      this.#next[direction] = (this.#next[direction] + payload.length) >>> 0;
    }
    frames.push(this.#segment(direction === "out" ? "in" : "out", TCP_FLAG.ACK));
    return frames;
  }

  /** Both ends have closed. */
  close(): Uint8Array[] {
    const { FIN, ACK } = TCP_FLAG;
    const frames = [this.#segment("out", FIN | ACK)];
    this.#next.out = (this.#next.out + 1) >>> 0;
    frames.push(this.#segment("in", FIN | ACK));
    this.#next.in = (this.#next.in + 1) >>> 0;
    frames.push(this.#segment("out", ACK));
    return frames;
  }

  #segment(
    direction: "out" | "in",
    flags: number,
    other: { acknowledgment?: number; payload?: Uint8Array; options?: Uint8Array } = {},
  ): Uint8Array {
    const [from, to] = direction === "out" ? [this.local, this.remote] : [this.remote, this.local];
    const sequence = this.#next[direction];
    const acknowledgment = this.#next[direction === "out" ? "in" : "out"];
    return formatTcpFrame(from, to, {
      sequence,
      acknowledgment,
      flags,
      payload: NO_BYTES,
      ...other,
    });
  }
}
