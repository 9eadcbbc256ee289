import type { MediaSession, MediaTrack, OfferedTrack } from "../lib/client/media_session.ts";
import { NoMediaError } from "../lib/client/errors.ts";
import { payloadFormat } from "../lib/codec/registry.ts";
import { SessionInspector } from "../lib/inspect/session_inspector.ts";
import type { StreamInspector } from "../lib/inspect/stream_inspector.ts";
import { UnitWatcher } from "../lib/inspect/unit_watcher.ts";
import { count } from "../lib/inspect/words.ts";
import type {
  CapturedPacket,
  CapturedSession,
  CaptureWatcher,
  SessionWatcher,
} from "../lib/media/capture/session_watcher.ts";
import type { ObservedRtcp } from "../lib/stream/observation.ts";
import { ReceiveStatistics } from "../lib/stream/receive_statistics.ts";
import type { CommandContext } from "./command.ts";
import { keepingWhatCame, STREAM_ONLY } from "./dump_frames.ts";
import { type DumpFlags, type DumpPlan, refusePictureFlags } from "./dump_settings.ts";
import { leftOutOf, type Selection, selectTracks } from "./dump_tracks.ts";
import { summariseUnits, unitLines } from "./dump_unit_summary.ts";
import { UnitDump } from "./dump_units.ts";
import { EXIT, LocalError, UsageError } from "./exit_status.ts";
import { readRecording } from "./read_recording.ts";

/** Flags that are about receiving: a recording has tracks to choose from, too. */
const RECEIVING = STREAM_ONLY.filter((name) => name !== "track");

/** A session of a recording that has something to dump. */
interface Found {
  number: number;
  selection: Selection;
  offered: readonly OfferedTrack[];
}

/**
 * Writes what a recording of packets carries into the files native to it, as of a live stream: of
 * the first session in it that has what was asked for.
 * @returns the exit status; undefined where it has pictures of JPEG, which are no business of this
 * @throws {NoMediaError} {@linkcode UsageError} (as a rejection) when nothing in it fits
 */
export async function dumpCapture(
  path: string,
  plan: DumpPlan,
  flags: DumpFlags,
  context: CommandContext,
): Promise<number | undefined> {
  const idle = RECEIVING.find((name) => flags[name] !== undefined);
  if (idle !== undefined) throw new UsageError(`--${idle} is for streams; ${path} is a file`);
  const { sessions, found } = await sessionFor(path, plan, context);
  if (found?.selection.kind === "frames") return undefined;
  if (found === undefined) {
    const what = plan.chosen.kind === "units" ? `a stream that ${plan.chosen.name} holds` : "media";
    throw new NoMediaError(`${path}: ${what} is in none of its ${count(sessions, "session")}`);
  }
  const { selection, offered, number } = found;
  if (selection.kind === "units") {
    refusePictureFlags(flags, `${selection.tracks[0]!.format.encoding} streams`);
  }
  if (sessions > 1) context.talk(`${path}: session ${number} of ${sessions} is dumped`);
  const left = plan.track === undefined ? leftOutOf(offered, selection) : undefined;
  if (left !== undefined) context.talk(left);
  return await new CaptureDump(path, plan, flags, context).run(found);
}

/** The first session of a recording that has what is wanted. */
async function sessionFor(
  path: string,
  plan: DumpPlan,
  context: CommandContext,
): Promise<{ sessions: number; found: Found | undefined }> {
  const inspectors: SessionInspector[] = [];
  const watcher: CaptureWatcher = {
    session(): SessionWatcher {
      const inspector = new SessionInspector();
      inspectors.push(inspector);
      return {
        message: (message) => inspector.message(message),
        packet: (packet) => void inspector.packet(packet),
      };
    },
  };
  await readRecording(path, watcher, context.signal);
  let misfit: unknown;
  for (const [i, inspector] of inspectors.entries()) {
    const offered = inspector.streams.map(offeredBy);
    if (offered.length === 0) continue;
    try {
      const selection = selectTracks(offered, plan);
      return { sessions: inspectors.length, found: { number: i + 1, selection, offered } };
    } catch (error) {
      misfit ??= error;
    }
  }
  if (misfit !== undefined) throw misfit;
  return { sessions: inspectors.length, found: undefined };
}

function offeredBy({ name, format, described }: StreamInspector): OfferedTrack {
  const kind = payloadFormat(format.encoding)?.kind;
  const mediaType = described?.mediaType ?? kind ?? "video";
  return {
    name: name || described?.name || mediaType,
    mediaType,
    format: { ...format, encoding: format.encoding.toUpperCase() },
  };
}

/** A stream of the recording that is dumped. */
class CapturedTrack {
  readonly statistics: ReceiveStatistics;
  readonly #watcher: UnitWatcher;

  constructor(readonly offered: OfferedTrack, dump: () => UnitDump) {
    const { format, name } = offered;
    this.statistics = new ReceiveStatistics(format.clockRate);
    this.#watcher = new UnitWatcher(format, (unit) => dump().unit(unit, name));
  }

  get track(): MediaTrack {
    const { name, mediaType, format } = this.offered;
    const { statistics } = this;
    return {
      ...format,
      name,
      mediaType,
      statistics,
      hostDrops: undefined,
      depacketizer: this.#watcher,
    };
  }

  packet({ packet, size, time, arrival = time }: CapturedPacket): void {
    const counted = this.statistics.receive(packet.sequence, packet.timestamp, size, arrival);
    this.#watcher.push({ packet, counted, isForeign: false, time }, arrival);
  }

  flush(): void {
    this.#watcher.flush();
  }
}

/** Dumps one session of a recording. */
class CaptureDump implements CaptureWatcher {
  readonly #enough = new AbortController();
  #wanted = 0;
  #tracks: CapturedTrack[] = [];
  #dump!: UnitDump;
  /** When its first packet came, in ms. */
  #from: number | undefined;

  constructor(
    readonly path: string,
    readonly plan: DumpPlan,
    readonly flags: DumpFlags,
    readonly context: CommandContext,
  ) {}

  async run({ number, selection }: Found): Promise<number> {
    const { path, plan, flags, context } = this;
    const { out, earlier, segment, frames } = plan;
    this.#wanted = number;
    this.#tracks = selection.tracks.map((track) => new CapturedTrack(track, () => this.#dump));
    const format = selection.kind === "units" ? selection.format : undefined;
    const options = { out, format, earlier, segment, frames, json: flags.json ?? false };
    const session = recordedSession(this.#tracks.map(({ track }) => track));
    this.#dump = await UnitDump.open(options, session, context);
    this.#dump.until.then(() => this.#enough.abort(), () => this.#enough.abort());
    const signal = AbortSignal.any([this.#enough.signal, context.signal]);
    const damage = await keepingWhatCame(() => this.#dump, async () => {
      const recording = await readRecording(path, this, signal, () => this.#dump.taken);
      for (const track of this.#tracks) track.flush();
      await this.#dump.taken;
      return recording.damage;
    });
    const { tallies } = this.#dump;
    const summary = summariseUnits({ session, leftOut: 0, impaired: undefined }, tallies);
    if (flags.json) context.out(JSON.stringify(summary));
    for (const line of unitLines(summary, tallies)) context.talk(line);
    for (const line of await this.#dump.leftBehind()) context.talk(line);
    if (damage !== undefined) throw new LocalError(`${path}: ${damage.message}`);
    this.#judge();
    return EXIT.ok;
  }

  session({ number }: CapturedSession): SessionWatcher | undefined {
    if (number !== this.#wanted) return undefined;
    return {
      packet: (packet) => this.#packet(packet),
      rtcp: (rtcp) => this.#rtcp(rtcp),
    };
  }

  #packet(packet: CapturedPacket): void {
    const { start = 0, duration = Infinity } = this.flags;
    const { time, arrival = time } = packet;
    this.#from ??= arrival;
    const at = arrival - this.#from - start;
    if (at < 0) return;
    if (at > duration) return this.#enough.abort();
    this.#trackOf(packet.stream)?.packet(packet);
  }

  #rtcp(rtcp: ObservedRtcp): void {
    const track = this.#trackOf(rtcp.stream);
    if (track !== undefined) this.#dump.rtcp({ ...rtcp, stream: track.offered.name });
  }

  #trackOf(stream: string | undefined): CapturedTrack | undefined {
    return stream === undefined
      ? this.#tracks[0]
      : this.#tracks.find(({ offered }) => offered.name === stream);
  }

  /** @throws {LocalError} {@linkcode NoMediaError} when not all that came is in the files */
  #judge(): void {
    const { path, plan: { out } } = this;
    const { refusals, kept, tallies } = this.#dump;
    if (refusals !== undefined) {
      const { count, first } = refusals;
      throw new LocalError(
        `--out ${out}: ${count} unit(s) left out, the others are kept; first ${first}`,
      );
    }
    if (kept > 0 || this.context.signal.aborted) return;
    const video = tallies.some((tally) => tally.video && tally.keyFrames === 0);
    const why = video ? "no key frame" : "nothing whole";
    throw new NoMediaError(`${path}: ${why} that a file could begin with`);
  }
}

/** What of a session a dump asks for, of one that is over. */
function recordedSession(tracks: MediaTrack[]): MediaSession {
  const { encoding, statistics } = tracks[0]!;
  return {
    ...{ tracks, encoding, statistics },
    totalFrames: undefined,
    transport: "recording",
    hostDrops: undefined,
    ended: Promise.resolve("complete"),
    play: () => Promise.resolve(),
    pause: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
