import { NoMediaError } from "../lib/client/errors.ts";
import { count } from "../lib/inspect/words.ts";
import type { Recording } from "../lib/media/capture/recording.ts";
import type {
  CapturedSession,
  CaptureWatcher,
  SessionWatcher,
} from "../lib/media/capture/session_watcher.ts";
import { hostPort } from "../lib/net/address.ts";
import { CapturedProbe } from "./capture_probe.ts";
import type { CommandContext } from "./command.ts";
import { EXIT, ExpectationError, LocalError, UsageError } from "./exit_status.ts";
import { ProbeOutput } from "./probe_output.ts";
import { JsonReport, TextReport } from "./probe_report.ts";
import { readRecording } from "./read_recording.ts";
import { styleFor } from "./style.ts";

/** Flags of `probe` that a file knows. */
export interface ProbeFileFlags {
  json?: boolean | undefined;
  strict?: boolean | undefined;
  packets?: number | undefined;
  "quiet-packets"?: boolean | undefined;
}

/** Flags that are about a live stream. */
const LIVE_FLAGS = [
  "dialect",
  "duration",
  "impair",
  "matrix",
  "password-file",
  "tls-ca",
  "tls-fingerprint",
  "pcap",
  "timeout",
  "transport",
  "user",
];

/** Whether a word names a recording of packets rather than a stream. */
export function isRecordingName(word: string): boolean {
  return !word.includes("://") && /\.(?:pcapng|pcap|cap|rtpdump)(?:\.gz)?$/i.test(word);
}

/**
 * Reads a recording of packets and tells of every session in it what `probe` tells of a live one.
 * @throws {UsageError} when a flag was given that is about a live stream
 * @throws {LocalError} when the file cannot be read, or is damaged
 * @throws {NoMediaError} when there is no RTSP and no RTP in it
 * @throws {ExpectationError} with `--strict`, on findings of level error; with `--expect`, where that
 * does not hold
 */
export async function probeFile(
  path: string,
  flags: ProbeFileFlags & Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const live = LIVE_FLAGS.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (live !== undefined) {
    throw new UsageError(`--${live} is about a live stream, ${path} is a file`);
  }
  const style = styleFor(context.colour && Deno.stdout.isTerminal());
  const output = new ProbeOutput(path.split(/[/\\]/).at(-1)!, flags, context, style);
  const probe = flags.json
    ? new JsonProbe(flags, context, output)
    : new TextProbe(flags, context, output);
  const recording = await probe.run(path);
  tellOfFile(path, recording, context);
  const { probes } = probe;
  const { damage, analyser } = recording;
  output.judgeAll();
  await output.write(damage);
  if (damage !== undefined) throw new LocalError(`${path}: ${damage.message}`);
  if (probes.length === 0 && !context.signal.aborted) {
    throw new NoMediaError(
      `${path}: no RTSP conversation and no RTP stream among its ${
        count(analyser.frames, "packet")
      }`,
    );
  }
  judge(path, probes, flags.strict ?? false, context);
  output.check();
  return EXIT.ok;
}

function judge(
  path: string,
  probes: readonly CapturedProbe[],
  strict: boolean,
  { signal }: CommandContext,
): void {
  const errors = probes.flatMap(({ findings }) => findings).filter(({ level }) =>
    level === "error"
  );
  const packets = probes.reduce((sum, probe) => sum + probe.packets, 0);
  if (strict && packets > 0 && errors.length > 0) {
    const codes = [...new Set(errors.map(({ code }) => code))].join(", ");
    throw new ExpectationError(`--strict: ${errors.length} finding(s) of level error: ${codes}`);
  }
  if (packets === 0 && !signal.aborted && probes.some(({ played }) => played)) {
    throw new NoMediaError(`${path}: the server answered PLAY, but no RTP packet came`);
  }
}

/** What there is to say about the recording itself. */
function tellOfFile(path: string, recording: Recording, context: CommandContext): void {
  const { dropped, pending, damage } = recording;
  const talk = (line: string): void => context.talk(line);
  if (dropped > 0) {
    talk(`${path}: whoever captured did not keep up: ${count(dropped, "packet")} dropped there`);
  }
  if (pending > 0) talk(`${path}: the file ends in the middle of a packet`);
  if (damage !== undefined) talk(`${path}: damaged; what stands before the damage was read`);
}

/** For scripts: every event as it comes, with the number of its session. */
class JsonProbe implements CaptureWatcher {
  readonly probes: CapturedProbe[] = [];

  constructor(
    readonly flags: ProbeFileFlags,
    readonly context: CommandContext,
    readonly output: ProbeOutput,
  ) {}

  async run(path: string): Promise<Recording> {
    return await readRecording(path, this, this.context.signal);
  }

  session(session: CapturedSession): SessionWatcher {
    const { flags, context } = this;
    const { number, kind, client, server } = session;
    context.out(JSON.stringify({ event: "session", session: number, kind, client, server }));
    const told = new JsonReport({
      out: (line) => context.out(`${line.slice(0, -1)},"session":${number}}`),
      talk: (line) => context.talk(`session ${number}: ${line}`),
    }, flags["quiet-packets"] ?? false);
    const { report } = this.output.keeping(told, headingOf(session));
    const probe = new CapturedProbe(report, flags.packets);
    this.probes.push(probe);
    return probe;
  }
}

/** For people: one session after the other, each under a heading; the file is read for each. */
class TextProbe implements CaptureWatcher {
  readonly probes: CapturedProbe[] = [];
  #wanted = 1;

  constructor(
    readonly flags: ProbeFileFlags,
    readonly context: CommandContext,
    readonly output: ProbeOutput,
  ) {}

  async run(path: string): Promise<Recording> {
    for (;;) {
      const recording = await readRecording(path, this, this.context.signal);
      if (this.#wanted >= recording.analyser.sessions || this.context.signal.aborted) {
        return recording;
      }
      this.#wanted++;
    }
  }

  session(session: CapturedSession): SessionWatcher | undefined {
    if (session.number !== this.#wanted) return undefined;
    const { context, output } = this;
    const { style } = output;
    if (session.number > 1) context.out("");
    context.out(style.bold(headingOf(session)));
    const told = new TextReport(context, style, this.flags["quiet-packets"] ?? false);
    const { report } = output.keeping(told, headingOf(session));
    const probe = new CapturedProbe(report, this.flags.packets);
    this.probes.push(probe);
    return probe;
  }
}

const KINDS = {
  rtsp: "RTSP",
  lab: "the course-lab dialect",
  rtp: "RTP with no RTSP captured",
} as const;

function headingOf({ number, kind, client, server }: CapturedSession): string {
  const name = `Session ${number}: ${KINDS[kind]}`;
  if (client === undefined || server === undefined) return name;
  const [here, there] = [client, server].map(({ hostname, port }) => hostPort(hostname, port));
  return kind === "rtp" ? `${name}, ${there} -> ${here}` : `${name}, ${here} -> ${there}`;
}
