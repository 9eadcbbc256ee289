// Captures made for tests: packets of conversations that never were, in every format.
import { ByteWriter } from "../../lib/bytes/writer.ts";
import { parseIpAddress } from "../../lib/media/capture/ip_address.ts";
import {
  type Endpoint,
  formatTcpFrame,
  formatUdpFrame,
} from "../../lib/media/capture/network_frame.ts";
import { formatPcapngHeader, writePcapngFrame } from "../../lib/media/capture/pcapng_writer.ts";
import { TCP_FLAG } from "../../lib/media/capture/transport_layer.ts";
import { ascii } from "./split.ts";

/** A frame and when it passed. */
export interface BuiltFrame {
  /** ms after the start of the capture. */
  at: number;
  bytes: Uint8Array;
}

/** When built captures begin: seconds since the Unix epoch. */
export const CAPTURE_START = 1_700_000_000;
/** Bytes of the Ethernet header that built frames have. */
export const ETHERNET_BYTES = 14;

export const CLIENT = end("192.0.2.10", 40_000);
export const SERVER = end("192.0.2.1", 554);

export function end(address: string, port: number): Endpoint {
  return { address: parseIpAddress(address)!, port };
}

/** How a pcap is written. */
export interface PcapOptions {
  littleEndian?: boolean;
  nanoseconds?: boolean;
  linkType?: number;
  /** Bytes kept of each frame. */
  snapLength?: number;
}

export function pcapOf(frames: readonly BuiltFrame[], options: PcapOptions = {}): Uint8Array {
  const { littleEndian = true, nanoseconds = false, linkType = 1, snapLength = 65_535 } = options;
  const kept = frames.map(({ bytes }) => bytes.subarray(0, snapLength));
  const out = new Uint8Array(24 + kept.reduce((sum, { length }) => sum + 16 + length, 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, snapLength, littleEndian);
  view.setUint32(20, linkType, littleEndian);
  let at = 24;
  frames.forEach((frame, i) => {
    const { seconds, nanoseconds: fraction } = timeOf(frame.at);
    view.setUint32(at, seconds, littleEndian);
    view.setUint32(at + 4, nanoseconds ? fraction : Math.floor(fraction / 1000), littleEndian);
    view.setUint32(at + 8, kept[i]!.length, littleEndian);
    view.setUint32(at + 12, frame.bytes.length, littleEndian);
    out.set(kept[i]!, at + 16);
    at += 16 + kept[i]!.length;
  });
  return out;
}

export function pcapngOf(frames: readonly BuiltFrame[]): Uint8Array {
  const writer = new ByteWriter(1024 * 1024);
  writer.bytes(formatPcapngHeader("test"));
  for (const { at, bytes } of frames) writePcapngFrame(writer, { ...timeOf(at), bytes });
  return writer.finish();
}

/** Bytes from one end to the other, with the numbers that TCP gives them. */
export class TcpTalk {
  readonly frames: BuiltFrame[] = [];
  #next: [number, number];
  #at = 0;

  /** @param starts the sequence numbers that the client and the server begin with */
  constructor(readonly client = CLIENT, readonly server = SERVER, starts = [0xffff_ff00, 77]) {
    this.#next = [starts[0]!, starts[1]!];
    this.#add(0, TCP_FLAG.SYN);
    this.#next[0] = (this.#next[0] + 1) >>> 0;
    this.#add(1, TCP_FLAG.SYN | TCP_FLAG.ACK);
    this.#next[1] = (this.#next[1] + 1) >>> 0;
    this.#add(0, TCP_FLAG.ACK);
  }

  /** Time goes on by that many ms. */
  wait(milliseconds: number): this {
    this.#at += milliseconds;
    return this;
  }

  get at(): number {
    return this.#at;
  }

  /** The client says something, in segments of at most `most` bytes. */
  ask(bytes: Uint8Array | string, most = 1460): this {
    return this.#say(0, typeof bytes === "string" ? ascii(bytes) : bytes, most);
  }

  answer(bytes: Uint8Array | string, most = 1460): this {
    return this.#say(1, typeof bytes === "string" ? ascii(bytes) : bytes, most);
  }

  #say(side: 0 | 1, bytes: Uint8Array, most: number): this {
    for (let at = 0; at < bytes.length; at += most) {
      const payload = bytes.subarray(at, at + most);
      this.#add(side, TCP_FLAG.PSH | TCP_FLAG.ACK, payload);
      this.#next[side] = (this.#next[side] + payload.length) >>> 0;
    }
    this.#add(side === 0 ? 1 : 0, TCP_FLAG.ACK);
    return this;
  }

  #add(side: 0 | 1, flags: number, payload: Uint8Array = new Uint8Array(0)): void {
    const [from, to] = side === 0 ? [this.client, this.server] : [this.server, this.client];
    const acknowledgment = this.#next[side === 0 ? 1 : 0];
    const segment = { sequence: this.#next[side], acknowledgment, flags, payload };
    this.frames.push({ at: this.#at, bytes: formatTcpFrame(from, to, segment) });
  }
}

export function udpFrame(
  at: number,
  from: Endpoint,
  to: Endpoint,
  payload: Uint8Array,
): BuiltFrame {
  return { at, bytes: formatUdpFrame(from, to, payload) };
}

function timeOf(at: number): { seconds: number; nanoseconds: number } {
  const seconds = Math.floor(at / 1000);
  return {
    seconds: CAPTURE_START + seconds,
    nanoseconds: Math.round((at - seconds * 1000) * 1e6),
  };
}
