import { MalformedError } from "../../bytes/malformed.ts";
import { isWholeLabReply, LAB_REPLY_LIMIT, parseLabReply } from "../../rtsp/lab/reply.ts";
import type { LabRequest } from "../../rtsp/lab/request.ts";
import { LAB_REQUEST_LIMIT, LabRequestReader } from "../../rtsp/lab/request_reader.ts";
import { type JoinedPacket, SharedNumberJoiner } from "../../stream/shared_numbers.ts";
import { CapturedMedia } from "./captured_media.ts";
import type { Dialogue, DialogueMedia } from "./rtsp_dialogue.ts";

/** How long a reply must be followed by silence to be whole, in ms; it has no end mark. */
const REPLY_QUIET_MS = 40;

/** A conversation in the course-lab dialect in a capture. */
export class LabDialogue implements Dialogue {
  readonly media: CapturedMedia;
  readonly #requests = new LabRequestReader();
  readonly #joiner = new SharedNumberJoiner();
  #asked = "";
  #askedAt = 0;
  #reply = "";
  /** When its first piece came, in ms since the Unix epoch, and its last, on the capture's clock. */
  #repliedTime = 0;
  #repliedAt = 0;
  #totalFrames: number | undefined;
  #played = false;

  constructor(readonly options: DialogueMedia) {
    this.media = new CapturedMedia({ watcher: options.watcher, lab: true });
  }

  push(direction: "out" | "in", bytes: Uint8Array): void {
    const { time, arrival } = this.options.at;
    if (direction === "out") {
      this.#endReply();
      this.#asked = (this.#asked + new TextDecoder().decode(bytes)).slice(-LAB_REQUEST_LIMIT);
      this.#askedAt = arrival;
      this.#requests.push(bytes);
      this.#takeRequests();
      return;
    }
    this.#endRequest();
    if (this.#reply === "") this.#repliedTime = time;
    this.#reply += new TextDecoder().decode(bytes);
    this.#repliedAt = arrival;
    if (isWholeLabReply(this.#reply) || this.#reply.length > LAB_REPLY_LIMIT) this.#endReply();
  }

  gap(): void {
    const message = "The capture lacks a part of the conversation";
    this.options.watcher.note?.({ code: "capture-loss", message });
  }

  tick(): void {
    const { arrival } = this.options.at;
    const quiet = this.#requests.quietMs;
    if (quiet !== undefined && arrival - this.#askedAt > quiet) this.#endRequest();
    if (this.#reply !== "" && arrival - this.#repliedAt > REPLY_QUIET_MS) this.#endReply();
  }

  finish(): void {
    const { watcher, at } = this.options;
    this.#endRequest();
    this.#endReply();
    for (const joined of this.#joiner.flush()) this.#packet(joined);
    this.media.flush(at);
    const { goodbye, packets } = this.media;
    watcher.end?.({
      goodbye,
      played: this.#played || packets > 0,
      totalFrames: this.#totalFrames,
    });
  }

  #takeRequests(): void {
    for (;;) {
      const outcome = this.#requests.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "value") this.#request(outcome.value);
      else this.#tellMalformed(outcome.error);
    }
  }

  #endRequest(): void {
    const outcome = this.#requests.finish();
    if (outcome.kind === "value") this.#request(outcome.value);
    else if (outcome.kind === "malformed") this.#tellMalformed(outcome.error);
  }

  #request({ method, file, version, cseq, session, clientPort }: LabRequest): void {
    const headers: [string, string][] = [];
    if (cseq !== undefined) headers.push(["CSeq", String(cseq)]);
    if (clientPort !== undefined) {
      headers.push(["Transport", `RTP/UDP; client_port= ${clientPort}`]);
    }
    if (session !== undefined) headers.push(["Session", session]);
    const { watcher, at } = this.options;
    const wire = this.#asked;
    this.#asked = "";
    watcher.message?.({
      direction: "out",
      time: at.time,
      method,
      target: file,
      version,
      headers,
      body: "",
      ...(wire === "" ? {} : { wire }),
    });
    if (method === "PLAY") this.#played = true;
    if (clientPort === undefined) return;
    const ports = { first: clientPort };
    const transport = { protocol: "RTP", profile: "UDP", clientPort: ports };
    this.options.expect(transport, (kind, bytes, size) => {
      if (kind === "rtp") this.#datagram(bytes, size);
    });
  }

  #datagram(bytes: Uint8Array, size: number): void {
    // Of what the capture cut there is nothing to join.
    if (bytes.length < size) return this.media.rtp("", undefined, bytes, size, this.options.at);
    for (const joined of this.#joiner.push(bytes)) this.#packet(joined);
  }

  #packet({ bytes }: JoinedPacket): void {
    this.media.rtp("", undefined, bytes, bytes.length, this.options.at);
  }

  #endReply(): void {
    const text = this.#reply;
    this.#reply = "";
    if (text.trim() === "") return;
    const { watcher } = this.options;
    try {
      const { version, status, reason, cseq, session, frames, lines } = parseLabReply(text);
      const headers: [string, string][] = [];
      if (cseq !== undefined) headers.push(["CSeq", String(cseq)]);
      if (session !== undefined) headers.push(["Session", session]);
      if (frames !== undefined) headers.push(["Frames", String(frames)]);
      this.#totalFrames = frames ?? this.#totalFrames;
      const body = lines.join("\n");
      const time = this.#repliedTime;
      watcher.message?.({
        direction: "in",
        time,
        status,
        reason,
        version,
        headers,
        body,
        wire: text,
      });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#tellMalformed(error);
    }
  }

  #tellMalformed(error: MalformedError): void {
    this.options.watcher.note?.({ code: "malformed-message", message: error.message });
  }
}
