import type {
  ObservedMessage,
  ObservedNote,
  ObservedRtcp,
  ObservedStray,
} from "../stream/observation.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import { describedBy, type DescribedTrack, describedTracks, undescribed } from "./described.ts";
import { Exchange, type MediaTransportKind } from "./exchange.ts";
import { exchangeFindings } from "./exchange_rule.ts";
import { failureFinding, failureSeen, type SessionFailure } from "./failure.ts";
import { type Finding, finding, inOrder, withoutConsequences } from "./finding.ts";
import { healthyWords } from "./healthy_words.ts";
import { MessageRule } from "./message_rule.ts";
import { NoteRule } from "./note_rule.ts";
import type { Ending, InspectedPacket } from "./rule.ts";
import { type SeenPacket, StreamInspector } from "./stream_inspector.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { count, Examples } from "./words.ts";

/** A stream that sends nothing for so long while others play is silent, in ms. */
const SILENT_MS = 2000;

/** What is known of a session as a whole; what nobody knows is absent. */
export interface SessionFacts {
  transport?: MediaTransportKind;
  /** The shortest time from a request to its reply: about a round trip. */
  roundTripMs?: number;
  /** Seconds, as announced. */
  sessionTimeout?: number;
}

/** What a session comes down to. */
export interface Conclusion {
  verdict: Verdict;
  session: SessionFacts;
  /** What matters most first. */
  findings: Finding[];
}

/**
 * Looks at everything of one session, live or from a recording: it is fed what was seen, in order,
 * and draws its conclusions at the end. It does not care who watches or how.
 */
export class SessionInspector {
  readonly exchange = new Exchange();
  readonly #streams = new Map<string, StreamInspector>();
  readonly #messages = new MessageRule();
  readonly #notes = new NoteRule();
  readonly #strays = new Examples();
  #tracks: DescribedTrack[] = [];
  #describedUrl: string | undefined;
  #lastPacketAt: number | undefined;

  /** In the order of the description; without one, of their first packet. */
  get streams(): StreamInspector[] {
    const streams = [...this.#streams.values()];
    if (streams.length < 2) return streams;
    const place = ({ described }: StreamInspector): number => {
      return described === undefined ? this.#tracks.length : this.#tracks.indexOf(described);
    };
    return streams.sort((a, b) => place(a) - place(b));
  }

  /** The streams of the session description. */
  get tracks(): readonly DescribedTrack[] {
    return this.#tracks;
  }

  /** Whole frames of all streams; packets of those that nobody puts frames together of. */
  get frames(): number {
    return this.streams.reduce((sum, { tellsFrames, frames, statistics }) => {
      return sum + (tellsFrames ? frames : statistics.packets);
    }, 0);
  }

  message(message: ObservedMessage): void {
    this.#messages.message(message);
    this.exchange.message(message);
    if (message.method === "DESCRIBE") this.#describedUrl = message.target;
    const description = message.direction === "in" ? describedBy(message) : undefined;
    if (description !== undefined) this.#tracks = describedTracks(description);
  }

  packet(seen: SeenPacket): InspectedPacket {
    const name = seen.stream ?? "";
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = this.#begin(name, seen.packet.payloadType);
      this.#streams.set(name, stream);
    }
    this.#lastPacketAt = seen.time;
    return stream.packet(seen);
  }

  /** @returns the stream it is of, where packets of it have come */
  rtcp(rtcp: ObservedRtcp): StreamInspector | undefined {
    const stream = this.#streams.get(rtcp.stream ?? "");
    stream?.rtcp(rtcp);
    return stream;
  }

  /** @param stream the one whose packets it was put together from; the only or first one if absent */
  frame(frame: ReceivedFrame, stream?: string): void {
    const named = stream === undefined ? undefined : this.#streams.get(stream);
    const own = named ??
      this.streams.find(({ format }) => /^(?:JPEG)?$/i.test(format.encoding)) ?? this.streams[0];
    own?.frame(frame);
  }

  stray({ size, problem }: ObservedStray): void {
    this.#strays.add(() => `${count(size, "byte")}: ${problem}`);
  }

  note(note: ObservedNote): void {
    this.#notes.note(note);
  }

  /** What there is to say about it all, what matters most first. */
  conclude(ending: Ending, failure?: SessionFailure): Finding[] {
    const { transport } = this.exchange;
    const findings = this.streams.flatMap((stream) => stream.conclude(ending, transport));
    const messages = this.#messages.conclude();
    const cseqTold = messages.some(({ code }) => code === "rtsp-cseq");
    findings.push(
      ...messages,
      ...exchangeFindings({
        exchange: this.exchange,
        tracks: this.#tracks,
        describedUrl: this.#describedUrl,
        ending,
        lastPacketAt: this.#lastPacketAt,
      }),
      ...this.#notes.conclude(cseqTold),
      ...this.#ofStrays(),
      ...this.#ofMissingMedia(failure),
    );
    return inOrder(withoutConsequences(merged(findings)));
  }

  /** The same, with the verdict. */
  judge(ending: Ending, failure?: SessionFailure): Conclusion {
    const findings = this.conclude(ending, failure);
    const verdict = verdictOf(findings, healthyWords(this));
    return { verdict, session: this.#sessionFacts(), findings };
  }

  #sessionFacts(): SessionFacts {
    const { transport, roundTripMs, sessionTimeout } = this.exchange;
    return {
      ...(transport === undefined ? {} : { transport }),
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(sessionTimeout === undefined ? {} : { sessionTimeout }),
    };
  }

  #begin(name: string, payloadType: number): StreamInspector {
    const described = this.#trackOf(name, payloadType);
    const format = described?.formats.get(payloadType) ??
      [...described?.formats.values() ?? []][0] ?? undescribed(payloadType);
    return new StreamInspector({ name, format, described });
  }

  #trackOf(name: string, payloadType: number): DescribedTrack | undefined {
    if (name !== "") {
      const named = this.#tracks.find((track) => track.name === name);
      if (named !== undefined) return named;
    }
    const incoming = this.#tracks.filter(({ sendOnly }) => !sendOnly);
    const usable = incoming.length === 0 ? this.#tracks : incoming;
    return usable.find(({ formats }) => formats.has(payloadType)) ??
      usable.find(({ mediaType }) => mediaType === "video") ?? usable[0];
  }

  #ofStrays(): Finding[] {
    if (this.#strays.count === 0) return [];
    const message = `${count(this.#strays.count, "datagram")} on the media port ` +
      `${this.#strays.count === 1 ? "is" : "are"} no RTP packet of this stream`;
    return [finding("stray-datagram", message, this.#strays.text)];
  }

  /** What should have come and did not, or not this way. */
  #ofMissingMedia(failure: SessionFailure | undefined): Finding[] {
    if (this.#streams.size > 0) return [...this.#ofSilentUdp(), ...this.#ofSilentStreams()];
    const known = failure ?? failureSeen(this.exchange);
    const failed = known === undefined ? undefined : failureFinding(known, this.exchange);
    if (failed !== undefined) return [failed];
    if (known?.kind === "other") return [];
    const message = "The server accepted PLAY, but no RTP packet came: a firewall or NAT on the " +
      "way, another receiver on the port, or a file the server cannot read";
    return [finding("no-media", message, "0 packets")];
  }

  #ofSilentUdp(): Finding[] {
    const { udpSilent } = this.#notes;
    if (udpSilent === undefined || this.exchange.transport !== "tcp") return [];
    const packets = this.streams.reduce((sum, { statistics }) => sum + statistics.packets, 0);
    const message =
      "RTSP works and the server accepted PLAY over UDP, but no datagram came; over " +
      "TCP media come at once: something on the way keeps UDP out";
    return [
      finding("udp-blocked", message, `${udpSilent}; then ${count(packets, "packet")} by TCP`),
    ];
  }

  /** Streams that were set up beside others, and of which nothing came. */
  #ofSilentStreams(): Finding[] {
    const { setUp } = this.exchange;
    if (setUp.length < 2 || this.#streams.has("")) return [];
    const longest = Math.max(...this.streams.map(({ statistics }) => statistics.activeMs));
    if (longest < SILENT_MS) return [];
    return this.#tracks.filter(({ name, control }) => {
      return control !== undefined && !this.#streams.has(name) &&
        setUp.some((target) => target.replace(/\/+$/, "").endsWith(control.replace(/\/+$/, "")));
    }).map(({ name, mediaType }) => {
      const message = `The stream "${name}" was set up, and no packet of it came`;
      const evidence = `0 packets in ${(longest / 1000).toFixed(1)} s, while others came`;
      // Events come when something happens.
      const parts = mediaType === "application" ? { level: "info" as const } : {};
      return { ...finding("stream-silent", message, evidence, parts), stream: name };
    });
  }
}

/** What is found of several streams alike and is the session's is told once. */
function merged(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return findings.filter(({ code, stream, message }) => {
    const which = code === "rtsp-note" ? message : stream ?? "";
    const key = code === "stream-cut" ? code : `${code} ${which}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
}
