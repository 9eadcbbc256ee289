import { MalformedError } from "../../bytes/malformed.ts";
import { parseRtpPacket, type RtpPacket } from "../../rtp/packet.ts";
import { SequenceExtender } from "../../rtp/sequence.ts";
import { PictureDepacketizer } from "../../stream/picture_depacketizer.ts";
import { ReorderBuffer } from "../../stream/reorder.ts";
import type { CaptureTime } from "./capture_time.ts";
import type { SessionWatcher } from "./session_watcher.ts";

/** What a stream of a capture is. */
export interface CapturedStreamOptions {
  /** What it is called, where its session has several. */
  name: string | undefined;
  watcher: SessionWatcher;
  /** Accept packets whatever version they state, for lab servers that write 0. */
  anyVersion: boolean;
  /** Whether packets of a payload type carry JPEG pictures. */
  isJpeg: (payloadType: number) => boolean;
}

interface Placed {
  packet: RtpPacket;
  arrivedAt: number;
}

const PADDING_BIT = 0x20;

/** One stream's packets as captured: told as they come, and put in order and together to frames. */
export class CapturedStream {
  readonly #extender = new SequenceExtender();
  readonly #reorder: ReorderBuffer<Placed>;
  readonly #depacketizer: PictureDepacketizer;
  #jumped: Placed | undefined;
  #restarts = 0;
  #cutTold = false;

  constructor(readonly options: CapturedStreamOptions) {
    const { watcher, name } = options;
    this.#depacketizer = new PictureDepacketizer((frame) => watcher.frame?.(frame, name));
    this.#reorder = new ReorderBuffer(({ packet, arrivedAt }) => {
      this.#depacketizer.push(packet, arrivedAt);
    });
  }

  /**
   * Takes a packet.
   * @param bytes as much as was captured; kept
   * @param size bytes it had
   */
  push(bytes: Uint8Array, size: number, { time, arrival }: CaptureTime): void {
    const { watcher, name, isJpeg } = this.options;
    const packet = this.#parse(bytes, size, time);
    if (packet === undefined) return;
    const counted = { time, arrival, packet, size };
    watcher.packet?.(name === undefined ? counted : { ...counted, stream: name });
    if (bytes.length < size || !isJpeg(packet.payloadType)) return;
    this.#place({ packet, arrivedAt: time }, arrival);
    if (this.#reorder.size > 0) this.#reorder.expire(arrival);
  }

  /** Emits what is held, as at the end. */
  flush({ time }: CaptureTime): void {
    this.#reorder.flush();
    this.#depacketizer.flush(time);
  }

  #parse(bytes: Uint8Array, size: number, time: number): RtpPacket | undefined {
    const { watcher, anyVersion } = this.options;
    try {
      return parseRtpPacket(bytes.length < size ? this.#cut(bytes) : bytes, { anyVersion });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      watcher.stray?.({ time, size, problem: error.message });
      return undefined;
    }
  }

  /** A packet that the capture did not keep whole has lost its padding. */
  #cut(bytes: Uint8Array): Uint8Array {
    if (!this.#cutTold) {
      this.#cutTold = true;
      const message = "The capture kept only the beginning of packets (a snapshot length): what " +
        "they carry cannot be looked at, nor frames be put together";
      this.options.watcher.note?.({ code: "capture-cut", message });
    }
    if (((bytes[0] ?? 0) & PADDING_BIT) === 0) return bytes;
    const copy = bytes.slice();
    copy[0]! &= ~PADDING_BIT;
    return copy;
  }

  /** A jump waits for the packet after it, which tells whether it was a stray. */
  #place(placed: Placed, now: number): void {
    const sequence = this.#extender.extend(placed.packet.sequence);
    if (this.#extender.restarts !== this.#restarts) {
      this.#restarts = this.#extender.restarts;
      this.#reorder.flush();
      this.#reorder.reset();
      if (this.#jumped !== undefined) this.#reorder.push(sequence! - 1, this.#jumped, now);
      this.#jumped = undefined;
    }
    if (sequence === undefined) this.#jumped = placed;
    else this.#reorder.push(sequence, placed, now);
  }
}
