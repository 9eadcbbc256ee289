import type { MediaSession } from "../lib/client/media_session.ts";
import type { Observer } from "../lib/client/observer.ts";
import { describeSession } from "../lib/inspect/description.ts";
import type { Finding } from "../lib/inspect/finding.ts";
import type { SessionFailure } from "../lib/inspect/failure.ts";
import type { Ending } from "../lib/inspect/rule.ts";
import { SessionInspector } from "../lib/inspect/session_inspector.ts";
import { sequenceDelta } from "../lib/rtp/sequence.ts";
import type { ObservedMessage } from "../lib/stream/observation.ts";
import { ReceiveStatistics } from "../lib/stream/receive_statistics.ts";
import type { SessionRecord } from "../lib/inspect/report/session_record.ts";
import { CaptureRecorder } from "./capture_recorder.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { EXIT, ExpectationError } from "./exit_status.ts";
import { type FlagValues, parseFlags } from "./flags.ts";
import { IMPAIR_FLAG, impairedLine, parseImpairment } from "./impair_flag.ts";
import type { ImpairmentCounts } from "../lib/stream/impairment.ts";
import { outcome } from "./outcome.ts";
import { failureOf } from "./probe_failure.ts";
import { isRecordingName, probeFile } from "./probe_file.ts";
import { probeMatrix } from "./probe_matrix.ts";
import { OUTPUT_FLAGS, ProbeOutput } from "./probe_output.ts";
import { JsonReport, type ProbeReport, TextReport } from "./probe_report.ts";
import { receive, type Received, type ReceiveOptions } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import { styleFor } from "./style.ts";
import { summarise } from "./summary.ts";
import { credentialsOf, parseTarget, type StreamTarget, targetName } from "./target.ts";

const DEFAULT_DURATION_MS = 5000;

const FLAGS = {
  packets: { kind: "integer", placeholder: "N", help: "stop after N RTP packets", least: 1 },
  "quiet-packets": { kind: "boolean", help: "everything but the line per packet" },
  pcap: { kind: "text", placeholder: "FILE", help: "keep what was seen as pcapng, for Wireshark" },
  strict: { kind: "boolean", help: "findings of level error give status 7" },
  matrix: { kind: "boolean", help: "try transports, keep-alives and the rest, and tabulate them" },
  ...OUTPUT_FLAGS,
  impair: IMPAIR_FLAG,
  ...RECEIVE_FLAGS,
  duration: { ...RECEIVE_FLAGS.duration, help: "how long to look (5s)" },
  ...COMMON_FLAGS,
} as const;

type ProbeFlags = FlagValues<typeof FLAGS>;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  if (words.length === 1 && isRecordingName(words[0]!)) {
    return await probeFile(words[0]!, flags, context);
  }
  const target = parseTarget(words);
  const style = styleFor(context.colour && Deno.stdout.isTerminal());
  if (flags.matrix) {
    return await probeMatrix(target, flags, await receiveSettings(flags), context, style);
  }
  const output = new ProbeOutput(targetName(target), flags, context, style);
  return await new Probe(flags, context, output).run(target);
}

/** Watches one session, tells what it sees, and judges it at the end. */
class Probe {
  readonly #inspector = new SessionInspector();
  readonly #report: ProbeReport;
  readonly #record: SessionRecord;
  readonly #messages: ObservedMessage[] = [];
  #packets = 0;
  #password: string | undefined;
  #session: MediaSession | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    readonly flags: ProbeFlags,
    readonly context: CommandContext,
    readonly output: ProbeOutput,
  ) {
    const quiet = flags["quiet-packets"] ?? false;
    const told = flags.json
      ? new JsonReport(context, quiet)
      : new TextReport(context, output.style, quiet);
    const { report, record } = output.keeping(told);
    this.#report = report;
    this.#record = record;
  }

  async run(target: StreamTarget): Promise<number> {
    let received: Received;
    this.#password = credentialsOf(target)?.password;
    try {
      received = await this.#receive(target);
      await this.#closing;
    } catch (error) {
      this.#fail(error);
      this.output.judge(this.#record, { end: undefined, transport: this.#session?.transport });
      await this.output.write(error);
      throw error;
    }
    const { totalFrames, transport } = received.session;
    const { reason, due, impaired } = received;
    const end = this.#endOf(reason, due);
    const findings = this.#conclude({ reason, end, totalFrames, impaired });
    this.output.judge(this.#record, { end, transport });
    await this.output.write();
    const errors = findings.filter(({ level }) => level === "error");
    if (this.flags.strict && this.#packets > 0 && errors.length > 0) {
      const codes = errors.map(({ code }) => code).join(", ");
      throw new ExpectationError(`--strict: ${errors.length} finding(s) of level error: ${codes}`);
    }
    if (this.#packets > 0) this.output.check();
    // To look at packets is all that was asked: they need not make up frames.
    if (this.#packets === 0 || reason === "cut") {
      // Its own tally is of JPEG alone.
      outcome({ ...received, tally: this.#inspector }, this.context.signal.aborted);
    }
    return EXIT.ok;
  }

  async #receive(target: StreamTarget): Promise<Received> {
    const impairment = parseImpairment(this.flags.impair);
    const settings = { ...await receiveSettings(this.flags), impairment };
    this.#password = settings.credentials?.password ?? this.#password;
    const { username } = settings.credentials ?? credentialsOf(target) ?? {};
    this.output.redactor.secret("user", username);
    this.output.redactor.secret("password", this.#password);
    const { pcap } = this.flags;
    const recorder = pcap === undefined
      ? undefined
      : await CaptureRecorder.create("pcapng", "--pcap", pcap);
    try {
      return await this.#receiveWith(target, settings, recorder);
    } finally {
      // TEARDOWN and its reply belong to it.
      await this.#closing?.catch(() => {});
      await recorder?.close(this.context);
    }
  }

  async #receiveWith(
    target: StreamTarget,
    settings: Pick<ReceiveOptions, "duration" | "impairment">,
    recorder: CaptureRecorder | undefined,
  ): Promise<Received> {
    return await receive({
      target,
      ...settings,
      duration: settings.duration ?? DEFAULT_DURATION_MS,
      anyEncoding: true,
      allTracks: true,
      observer: recorder?.observer(this.#observer()) ?? this.#observer(),
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
      frame: (frame, stream) => {
        // Frames of packets that came when enough had been seen are left out like those.
        const last = this.#lastOfPictures(stream) ?? frame.lastSequence;
        if (this.#isEnough() && sequenceDelta(frame.lastSequence, last) > 0) return;
        this.#inspector.frame(frame, stream);
        this.#report.frame?.(frame, stream);
      },
      rtcp: (rtcp) => this.#report.rtcp(rtcp, this.#inspector.rtcp(rtcp)),
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

  /**
   * Until when something could have come; undefined where nothing more was to be expected.
   * @param due when the time to look was over
   */
  #endOf(reason: Ending["reason"], due: number | undefined): number | undefined {
    const { signal, clock } = this.context;
    if (reason === "complete" || this.#isEnough() || signal.aborted) return undefined;
    const now = clock.wallTime();
    // TEARDOWN takes its time, too.
    return reason === "stopped" ? Math.min(now, due ?? now) : now;
  }

  /** The number of the newest packet of a stream; of the one that has pictures where undefined. */
  #lastOfPictures(stream: string | undefined): number | undefined {
    const { streams } = this.#inspector;
    const own = stream === undefined
      ? streams.find(({ format }) => /^(?:JPEG)?$/i.test(format.encoding)) ?? streams[0]
      : streams.find(({ name }) => name === stream);
    return own?.lastPacket?.packet.sequence;
  }

  /** Tells what an error comes from, before the error itself is told. */
  #fail(error: unknown): void {
    const failure = failureOf(error, this.#password);
    if (this.#session === undefined && failure.kind === "other") return;
    this.#conclude({ reason: "failed", failure });
  }

  #conclude({ reason, end, totalFrames, impaired, failure }: End): Finding[] {
    const { hostDrops, tracks = [] } = this.#session ?? {};
    const hostDropsOf = new Map(tracks.map((track) => [track.name, track.hostDrops ?? 0]));
    const ending = { reason, time: end, totalFrames, hostDrops, hostDropsOf };
    const conclusion = this.#inspector.judge(ending, failure);
    this.#report.conclusion(conclusion);
    const { streams } = this.#inspector;
    streams.forEach((stream, i) => {
      const drops = stream.name === "" ? hostDrops : hostDropsOf.get(stream.name);
      // What was done was done to all of them together.
      const losses = { hostDrops: drops, impaired: i === 0 ? impaired : undefined };
      this.#report.summary(stream, i + 1, summarise(stream.statistics, stream, losses));
    });
    if (impaired !== undefined) this.context.talk(impairedLine(impaired));
    if (streams.length === 0 && this.#session !== undefined) {
      this.#report.summary(undefined, 1, NOTHING);
    }
    return conclusion.findings;
  }
}

/** How it ended, as far as that is known. */
interface End {
  reason: Ending["reason"];
  /** As {@linkcode Ending.time}. */
  end?: number | undefined;
  totalFrames?: number | undefined;
  impaired?: ImpairmentCounts | undefined;
  failure?: SessionFailure;
}

/** The numbers of a stream of which no packet came. */
const NOTHING = summarise(new ReceiveStatistics(1), { frames: 0, damagedFrames: 0 });

export const probe: Command = {
  name: "probe",
  summary: "show what goes over the wire and say what is wrong with it",
  usage: [
    "rtspkit probe URL [flags]",
    "rtspkit probe HOST PORT RTP_PORT FILE [flags]",
    "rtspkit probe FILE.pcapng|FILE.pcap|FILE.rtpdump [flags]",
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
      "rtspkit probe capture.pcapng --quiet-packets",
      "the same of a recording, by Wireshark, tcpdump or --pcap",
    ],
    [
      "rtspkit probe rtsp://192.0.2.7/stream1 --matrix",
      "which transports, keep-alives, ranges and rates a server really takes",
    ],
    [
      "rtspkit probe rtsp://192.0.2.7/stream1 --report report.html --report-anonymous",
      "a page for a bug report, without passwords, tokens, addresses and serial numbers",
    ],
    [
      "rtspkit probe rtsp://192.0.2.7/stream1 --expect 'fps>=10,loss<1%,freeze<2s' --junit r.xml",
      "a health check: status 7, and which expectation failed by how much",
    ],
    [
      "rtspkit probe localhost 5678 6666 movie.Mjpeg --json --strict",
      "for scripts: events as JSON, and status 7 when something is broken",
    ],
  ],
  flags: FLAGS,
  run,
};
