import { MalformedError } from "../../bytes/malformed.ts";
import { parseTransport, type Transport } from "../../rtsp/headers/transport.ts";
import type { InterleavedFrame, RtspRequest, RtspResponse } from "../../rtsp/message.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import { isSdp } from "../../sdp/media_type.ts";
import type { CaptureTime } from "./capture_time.ts";
import { CapturedMedia } from "./captured_media.ts";
import { CapturedTracks } from "./captured_tracks.ts";
import { observedRtsp } from "./observed_rtsp.ts";
import type { SessionWatcher } from "./session_watcher.ts";

/** Requests whose reply is awaited at most; the oldest is forgotten. */
const MAX_AWAITED = 256;
/** A byte that no message begins with: the parser looks for the next one. */
const NO_MESSAGE = Uint8Array.of(0);

/** A conversation in a capture, whatever its dialect. */
export interface Dialogue {
  /** Takes bytes in order, from the client or to it. */
  push(direction: "out" | "in", bytes: Uint8Array): void;
  /** The capture lacks bytes here. */
  gap(direction: "out" | "in", length: number): void;
  /** Time has passed. */
  tick(): void;
  /** Nothing more comes. */
  finish(): void;
}

/** What a dialogue is told, and tells. */
export interface DialogueMedia {
  watcher: SessionWatcher;
  at: CaptureTime;
  /**
   * From now on packets come by UDP.
   * @param take is given datagrams to the ports that were agreed on
   */
  expect(transport: Transport, take: TakeDatagram): void;
}

/** Takes a datagram of a stream; `size` is what it had, of which less may have been captured. */
export type TakeDatagram = (kind: "rtp" | "rtcp", bytes: Uint8Array, size: number) => void;

/** Which stream a channel of the connection belongs to. */
interface Channel {
  stream: string;
  kind: "rtp" | "rtcp";
}

/** An RTSP connection in a capture: its messages, and the media they agree on. */
export class RtspDialogue implements Dialogue {
  readonly media: CapturedMedia;
  readonly #parsers: Record<"out" | "in", MessageParser>;
  readonly #tracks = new CapturedTracks();
  readonly #awaited = new Map<string, RtspRequest>();
  readonly #channels = new Map<number, Channel>();
  readonly #named = new Map<string, string | undefined>();
  #played = false;
  /** Bytes that the capture lacks. */
  #lost = 0;

  constructor(readonly options: DialogueMedia) {
    this.media = new CapturedMedia({ watcher: options.watcher, lab: false });
    const parser = (): MessageParser => {
      return new MessageParser({}, {
        onTolerance: (code, detail) => options.watcher.note?.({ code, message: detail }),
      });
    };
    this.#parsers = { out: parser(), in: parser() };
  }

  push(direction: "out" | "in", bytes: Uint8Array): void {
    const parser = this.#parsers[direction];
    parser.push(bytes);
    for (;;) {
      const outcome = parser.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "malformed") this.#tellMalformed(outcome.error);
      else if (outcome.value.kind !== "interleaved") this.#message(direction, outcome.value);
      else if (direction === "in") this.#block(outcome.value);
    }
  }

  gap(direction: "out" | "in", length: number): void {
    this.#lost += length;
    const parser = this.#parsers[direction];
    parser.release();
    parser.push(NO_MESSAGE);
    parser.next();
  }

  tick(): void {}

  finish(): void {
    const { watcher, at } = this.options;
    this.media.flush(at);
    if (this.#lost > 0) {
      const message =
        `The capture lacks ${this.#lost} bytes of the RTSP connection that came all ` +
        "the same: what is missing there was missed by whoever captured";
      watcher.note?.({ code: "capture-loss", message });
    }
    const played = this.#played || this.media.packets > 0;
    watcher.end?.({ goodbye: this.media.goodbye, played, totalFrames: undefined });
  }

  #tellMalformed(error: MalformedError): void {
    this.options.watcher.note?.({ code: "malformed-message", message: error.message });
  }

  #message(direction: "out" | "in", message: RtspRequest | RtspResponse): void {
    const { watcher, at } = this.options;
    watcher.message?.(observedRtsp(message, direction, at.time));
    if (direction === "out" && message.kind === "request") this.#await(message);
    else if (direction === "in" && message.kind === "response") this.#answer(message);
  }

  #await(request: RtspRequest): void {
    this.#awaited.set(request.headers.get("CSeq")?.trim() ?? "", request);
    if (this.#awaited.size <= MAX_AWAITED) return;
    const [oldest] = this.#awaited.keys();
    this.#awaited.delete(oldest!);
  }

  #answer(response: RtspResponse): void {
    const cseq = response.headers.get("CSeq")?.trim() ?? "";
    const request = this.#awaited.get(cseq);
    if (response.status < 200 || response.status >= 300) return;
    this.#awaited.delete(cseq);
    const { headers, body } = response;
    if (isSdp(headers.get("Content-Type"), body) && this.#tracks.describe(body)) {
      for (const [payloadType, encoding] of this.#tracks.encodings()) {
        this.media.encodings.set(payloadType, encoding);
      }
    }
    if (request?.method === "PLAY") this.#played = true;
    const transport = headers.get("Transport") ?? request?.headers.get("Transport");
    if (transport !== undefined && (request === undefined || request.method === "SETUP")) {
      this.#setUp(request, transport);
    }
  }

  #setUp(request: RtspRequest | undefined, value: string): void {
    const chosen = readTransport(value);
    if (chosen === undefined) return;
    const asked = readTransport(request?.headers.get("Transport") ?? "");
    const stream = this.#tracks.setUp(request?.uri ?? "");
    const { interleaved } = chosen;
    if (interleaved !== undefined) {
      const { first, last = first + 1 } = interleaved;
      this.#channels.set(first, { stream, kind: "rtp" }).set(last, { stream, kind: "rtcp" });
      return;
    }
    // Some cameras leave out what the client has told them.
    const clientPort = chosen.clientPort ?? asked?.clientPort;
    const transport = clientPort === undefined ? chosen : { ...chosen, clientPort };
    this.options.expect(transport, (kind, bytes, size) => this.#packet(stream, kind, bytes, size));
  }

  #block({ channel, payload }: InterleavedFrame): void {
    const known = this.#channels.get(channel);
    const { stream, kind } = known ??
      { stream: `channel ${channel & ~1}`, kind: (channel & 1) === 0 ? "rtp" : "rtcp" };
    this.#packet(stream, kind, payload, payload.length);
  }

  #packet(stream: string, kind: "rtp" | "rtcp", bytes: Uint8Array, size: number): void {
    const { at } = this.options;
    const name = this.#nameOf(stream);
    if (kind === "rtp") this.media.rtp(stream, name, bytes, size, at);
    else this.media.rtcp(name, bytes, size, at);
  }

  /** The only stream of a session needs no name. */
  #nameOf(stream: string): string | undefined {
    if (!this.#named.has(stream)) {
      const isOnly = this.#tracks.count <= 1 && this.#named.size === 0;
      this.#named.set(stream, isOnly ? undefined : stream);
    }
    return this.#named.get(stream);
  }
}

function readTransport(value: string): Transport | undefined {
  try {
    return parseTransport(value)[0];
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return undefined;
  }
}
