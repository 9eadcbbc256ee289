import { MalformedError } from "../../bytes/malformed.ts";
import { parseCompound } from "../../rtcp/compound.ts";
import { isRtcp, PAYLOAD_TYPE_JPEG } from "../../rtp/payload_types.ts";
import type { CaptureTime } from "./capture_time.ts";
import { CapturedStream } from "./captured_stream.ts";
import type { SessionWatcher } from "./session_watcher.ts";

/** Streams of one session at most. */
export const MAX_STREAMS = 64;

/** What a session's media are told by. */
export interface CapturedMediaOptions {
  watcher: SessionWatcher;
  /** Whether packets of any version are RTP, as in the course-lab dialect. */
  lab: boolean;
}

/** The RTP and RTCP of one session of a capture. */
export class CapturedMedia {
  /** Encodings by payload type, in upper case, as far as they are described. */
  readonly encodings = new Map<number, string>();
  /** Packets of RTP that came. */
  packets = 0;
  goodbye = false;
  readonly #streams = new Map<string, CapturedStream>();

  constructor(readonly options: CapturedMediaOptions) {}

  /**
   * Takes a datagram or an interleaved block.
   * @param stream what it belongs to
   * @param name what watchers are told of that; undefined where there is only one
   * @param size bytes it had; fewer may have been captured
   */
  rtp(
    stream: string,
    name: string | undefined,
    bytes: Uint8Array,
    size: number,
    at: CaptureTime,
  ): void {
    const { watcher, lab } = this.options;
    if (isRtcp(bytes)) return this.rtcp(name, bytes, size, at);
    this.packets++;
    if (watcher.packet === undefined && watcher.frame === undefined) return;
    let each = this.#streams.get(stream);
    if (each === undefined) {
      if (this.#streams.size >= MAX_STREAMS) return;
      const isJpeg = (payloadType: number): boolean => lab || this.#isJpeg(payloadType);
      each = new CapturedStream({ name, watcher, anyVersion: lab, isJpeg });
      this.#streams.set(stream, each);
    }
    each.push(bytes, size, at);
  }

  /** Takes a datagram or a block with RTCP packets. */
  rtcp(name: string | undefined, bytes: Uint8Array, size: number, { time }: CaptureTime): void {
    const { watcher } = this.options;
    if (bytes.length < size) return;
    try {
      for (const packet of parseCompound(bytes)) {
        if (packet.type === "BYE") this.goodbye = true;
        watcher.rtcp?.(name === undefined ? { time, packet } : { time, packet, stream: name });
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      watcher.stray?.({ time, size, problem: error.message });
    }
  }

  flush(at: CaptureTime): void {
    for (const stream of this.#streams.values()) stream.flush(at);
  }

  /** By its description; by its static number where nothing is described. */
  #isJpeg(payloadType: number): boolean {
    const encoding = this.encodings.get(payloadType);
    return encoding === undefined ? payloadType === PAYLOAD_TYPE_JPEG : encoding === "JPEG";
  }
}
