import type { MediaSession } from "../lib/client/media_session.ts";
import type { Observer } from "../lib/client/observer.ts";
import { describeSession } from "../lib/inspect/description.ts";
import type { Finding } from "../lib/inspect/finding.ts";
import type { Ending } from "../lib/inspect/rule.ts";
import { SessionInspector } from "../lib/inspect/session_inspector.ts";
import { sequenceDelta } from "../lib/rtp/sequence.ts";
import type { ObservedMessage } from "../lib/stream/observation.ts";
import { ReceiveStatistics } from "../lib/stream/receive_statistics.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { EXIT, ExpectationError, UsageError } from "./exit_status.ts";
import { type FlagValues, parseFlags } from "./flags.ts";
import { outcome } from "./outcome.ts";
import { JsonReport, type ProbeReport, TextReport } from "./probe_report.ts";
import { receive, type Received } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import { styleFor } from "./style.ts";
import { summarise } from "./summary.ts";
import { parseTarget, type StreamTarget } from "./target.ts";

const DEFAULT_DURATION_MS = 5000;

const FLAGS = {
  packets: { kind: "integer", placeholder: "N", help: "stop after N RTP packets", least: 1 },
  "quiet-packets": { kind: "boolean", help: "everything but the line per packet" },
  strict: { kind: "boolean", help: "findings of level error give status 7" },
  ...RECEIVE_FLAGS,
  duration: { ...RECEIVE_FLAGS.duration, help: "how long to look (5s)" },
  ...COMMON_FLAGS,
} as const;

type ProbeFlags = FlagValues<typeof FLAGS>;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  if (words.length === 1 && /\.(pcapng|pcap|rtpdump)$/i.test(words[0]!)) {
    throw new UsageError(`${words[0]}: reading captures is not in this version yet; name a stream`);
  }
  return await new Probe(flags, context).run(parseTarget(words));
}

/** Watches one session, tells what it sees, and judges it at the end. */
class Probe {
  readonly #inspector = new SessionInspector();
  readonly #report: ProbeReport;
  readonly #messages: ObservedMessage[] = [];
  #packets = 0;
  #session: MediaSession | undefined;
  #closing: Promise<void> | undefined;

  constructor(readonly flags: ProbeFlags, readonly context: CommandContext) {
    const quiet = flags["quiet-packets"] ?? false;
    const colour = context.colour && Deno.stdout.isTerminal();
    this.#report = flags.json
      ? new JsonReport(context, quiet)
      : new TextReport(context, styleFor(colour), quiet);
  }

  async run(target: StreamTarget): Promise<number> {
    let received: Received;
    try {
      received = await this.#receive(target);
      await this.#closing;
    } catch (error) {
      if (this.#session !== undefined) this.#conclude("failed", undefined);
      throw error;
    }
    const findings = this.#conclude(received.reason, received.session.totalFrames);
    const errors = findings.filter(({ level }) => level === "error");
    if (this.flags.strict && this.#packets > 0 && errors.length > 0) {
      const codes = errors.map(({ code }) => code).join(", ");
      throw new ExpectationError(`--strict: ${errors.length} finding(s) of level error: ${codes}`);
    }
    // To look at packets is all that was asked: they need not make up frames.
    const { reason } = received;
    if (this.#packets === 0 || reason === "cut") outcome(received, this.context.signal.aborted);
    return EXIT.ok;
  }

  async #receive(target: StreamTarget): Promise<Received> {
    const settings = await receiveSettings(this.flags);
    return await receive({
      target,
      ...settings,
      duration: settings.duration ?? DEFAULT_DURATION_MS,
      anyEncoding: true,
      observer: this.#observer(),
      onPlaying: (session) => {
        this.#session = session;
        this.#stopWhenEnough();
      },
    }, this.context);
  }

  #observer(): Observer {
    return {
      message: (message) => {
        if (message.method === "PLAY") this.#report.description(describeSession(this.#messages));
        // What is to be described has been said by then.
        if (this.#session === undefined) this.#messages.push(message);
        this.#inspector.message(message);
        this.#report.message(message);
      },
      packet: (packet) => {
        if (this.#isEnough()) return;
        this.#packets++;
        this.#report.packet(this.#inspector.packet(packet));
        this.#stopWhenEnough();
      },
      frame: (frame) => {
        // Frames of packets that came when enough had been seen are left out like those.
        const last = this.#inspector.streams[0]?.lastPacket?.packet.sequence ?? frame.lastSequence;
        if (this.#isEnough() && sequenceDelta(frame.lastSequence, last) > 0) return;
        this.#inspector.frame(frame);
      },
      rtcp: (rtcp) => this.#report.rtcp(rtcp),
      stray: (stray) => this.#inspector.stray(stray),
      note: (note) => this.#inspector.note(note),
    };
  }

  #isEnough(): boolean {
    return this.#packets === this.flags.packets;
  }

  /** Packets may overtake the reply to PLAY; that is waited for. */
  #stopWhenEnough(): void {
    if (this.#isEnough()) this.#closing ??= this.#session?.close();
  }

  #conclude(reason: Ending["reason"], totalFrames: number | undefined): Finding[] {
    const hostDrops = this.#session?.hostDrops;
    const findings = this.#inspector.conclude({ reason, totalFrames, hostDrops });
    this.#report.findings(findings);
    const { streams } = this.#inspector;
    streams.forEach((stream, i) => {
      this.#report.summary(stream, i + 1, summarise(stream.statistics, stream, { hostDrops }));
    });
    if (streams.length === 0) this.#report.summary(undefined, 1, NOTHING);
    return findings;
  }
}

/** The numbers of a stream of which no packet came. */
const NOTHING = summarise(new ReceiveStatistics(1), { frames: 0, damagedFrames: 0 });

export const probe: Command = {
  name: "probe",
  summary: "show what goes over the wire and say what is wrong with it",
  usage: [
    "rtspkit probe URL [flags]",
    "rtspkit probe HOST PORT RTP_PORT FILE [flags]",
  ],
  examples: [
    [
      "rtspkit probe rtsp://192.0.2.7/stream1 --quiet-packets",
      "what a camera says about its stream, and what is wrong with it",
    ],
    [
      "rtspkit probe localhost 5678 6666 movie.Mjpeg",
      "five seconds of a stream: every message, every packet, and what they mean",
    ],
    [
      "rtspkit probe localhost 5678 6666 movie.Mjpeg --quiet-packets --duration 30s",
      "look longer, without the line per packet",
    ],
    [
      "rtspkit probe localhost 5678 6666 movie.Mjpeg --json --strict",
      "for scripts: events as JSON, and status 7 when something is broken",
    ],
  ],
  flags: FLAGS,
  run,
};
