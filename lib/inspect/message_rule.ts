import { dialectOf, type ObservedMessage } from "../stream/observation.ts";
import { quote } from "../bytes/malformed.ts";
import { beginsSdp, isSdpType } from "../sdp/media_type.ts";
import { headerOf } from "./exchange.ts";
import { type Finding, finding } from "./finding.ts";
import { count } from "./words.ts";

/** Versions that a standard defines. */
const KNOWN_VERSIONS: ReadonlySet<string> = new Set(["RTSP/1.0", "RTSP/2.0"]);

/** Characters of a message that are quoted. */
const SHOWN = 28;

/** Counts messages of one kind and keeps the first. */
class Occurrences {
  count = 0;
  #first = "";

  add(description: string): void {
    this.#first ||= description;
    this.count++;
  }

  get text(): string {
    return this.count === 1 ? this.#first : `${count(this.count, "message")}; ${this.#first}`;
  }
}

/** What the messages of the other side do differently from RTSP. */
export class MessageRule {
  readonly #lineEnds = new Occurrences();
  readonly #noBlankLine = new Occurrences();
  readonly #version = new Occurrences();
  readonly #noCseq = new Occurrences();
  readonly #sdpType = new Occurrences();
  readonly #noTransport = new Occurrences();
  readonly #noSession = new Occurrences();
  #hasSession = false;
  /** The request that the next reply answers. */
  #asked: string | undefined;

  message(message: ObservedMessage): void {
    if (message.direction === "out") {
      this.#asked = message.method ?? this.#asked;
      return;
    }
    const what = message.method ?? `the reply to ${this.#asked ?? "nothing"}`;
    const { wire, version, headers } = message;
    if (wire !== undefined && /(^|[^\r])\n/.test(wire)) {
      this.#lineEnds.add(`${what} begins ${quote(wire, SHOWN)}`);
    }
    if (wire !== undefined && !/\n\r?\n/.test(wire)) {
      this.#noBlankLine.add(`${what} ends ${quote(wire.slice(-SHOWN))}`);
    }
    if (!KNOWN_VERSIONS.has(version)) this.#version.add(`${what} states ${version}`);
    if (!headers.some(([name]) => name.toLowerCase() === "cseq")) this.#noCseq.add(what);
    const type = headerOf(message, "content-type");
    if (beginsSdp(message.body) && !isSdpType(type)) {
      this.#sdpType.add(`${what} has ${type === undefined ? "no Content-Type" : quote(type)}`);
    }
    const { status = 0 } = message;
    const isDone = status >= 200 && status < 300;
    if (isDone && this.#asked === "SETUP" && dialectOf(message) === "rtsp") this.#setUp(message);
  }

  #setUp(reply: ObservedMessage): void {
    const { status, reason = "" } = reply;
    const what = `SETUP was answered ${status} ${reason}`.trim();
    if (headerOf(reply, "transport") === undefined) this.#noTransport.add(`${what}, no Transport`);
    if (headerOf(reply, "session") !== undefined) this.#hasSession = true;
    else this.#noSession.add(`${what}, no Session`);
  }

  conclude(): Finding[] {
    const findings: Finding[] = [];
    if (this.#lineEnds.count > 0) {
      const message =
        "Lines end in LF alone and not in CR LF: players built on live555, VLC among " +
        "them, wait for more and hang";
      findings.push(finding("lab-rtsp-line-ends", message, this.#lineEnds.text));
    }
    if (this.#noBlankLine.count > 0) {
      const message = "No blank line ends a message, so only silence tells that it is whole";
      findings.push(finding("lab-rtsp-no-blank-line", message, this.#noBlankLine.text));
    }
    if (this.#version.count > 0) {
      const message = "Messages state a version of RTSP that no standard defines";
      findings.push(finding("lab-rtsp-version", message, this.#version.text));
    }
    if (this.#noCseq.count > 0) {
      const message = "Replies without CSeq do not tell which request they answer";
      findings.push(finding("rtsp-cseq", message, this.#noCseq.text));
    }
    if (this.#noTransport.count > 0) {
      const message = "The reply to SETUP does not say how the stream will come: ffmpeg (Invalid " +
        "data found) and GStreamer (Server did not select transport) give up here";
      findings.push(finding("transport-missing", message, this.#noTransport.text));
    }
    // Once named, it is that of all streams.
    if (this.#noSession.count > 0 && !this.#hasSession) {
      const message = "The reply to SETUP names no session: nothing tells the server what a PLAY " +
        "is for but the connection it comes from";
      findings.push(finding("session-missing", message, this.#noSession.text));
    }
    if (this.#sdpType.count > 0) {
      const message =
        "The session description is not sent as application/sdp: it is read all the " +
        "same, and players that go by the type do not";
      findings.push(finding("rtsp-note", message, this.#sdpType.text));
    }
    return findings;
  }
}
