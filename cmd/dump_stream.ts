import type { MediaSession, OfferedTrack } from "../lib/client/media_session.ts";
import { NoMediaError } from "../lib/client/errors.ts";
import { AtomicFile } from "../lib/media/atomic_file.ts";
import { makeFolder } from "../lib/media/folder_writer.ts";
import type { EndReason } from "../lib/client/media_session.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import type { CommandContext } from "./command.ts";
import type { DumpFormat } from "./dump_formats.ts";
import { checkRefused, describeFrame, keepingWhatCame, tellMore } from "./dump_frames.ts";
import { isFolder } from "./dump_output.ts";
import {
  type DumpFlags,
  type DumpPlan,
  framesToTake,
  openKeeper,
  refusePictureFlags,
} from "./dump_settings.ts";
import { leftOutOf, type Selection, selectTracks } from "./dump_tracks.ts";
import { summariseUnits, unitLines } from "./dump_unit_summary.ts";
import { UnitDump } from "./dump_units.ts";
import { EXIT, LocalError } from "./exit_status.ts";
import { finish } from "./finish.ts";
import type { FrameKeeper } from "./frame_keeper.ts";
import { FrameTimes } from "./frame_times.ts";
import { outcome } from "./outcome.ts";
import { makeOutput } from "./output.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { Progress } from "./progress.ts";
import { receive, type Received } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import type { StreamTarget } from "./target.ts";

/** Receives a stream and writes its pictures, or whatever else it carries. */
export class StreamDump {
  readonly #until = Promise.withResolvers<EndReason>();
  readonly #progress: Progress;
  readonly #times = new FrameTimes();
  #selection: Selection | undefined;
  #session: MediaSession | undefined;
  /** One of the two, once it is clear what the stream carries. */
  #frames: FrameKeeper | undefined;
  #units: UnitDump | undefined;

  constructor(
    readonly plan: DumpPlan,
    readonly flags: DumpFlags,
    readonly context: CommandContext,
  ) {
    this.#progress = new Progress(context);
    this.#until.promise.catch(() => {});
  }

  /** @returns the exit status */
  async run(target: StreamTarget): Promise<number> {
    const settings = await receiveSettings(this.flags);
    const madeFolder = await this.#prepare();
    const receiving = keepingWhatCame(() => this.#units ?? this.#frames, () => {
      return this.#receive(target, settings);
    });
    const received = await receiving.finally(async () => {
      // Not where something came of it.
      if (madeFolder) await Deno.remove(this.plan.out).catch(() => {});
    });
    return await (this.#units === undefined
      ? this.#finishFrames(received, this.#frames!)
      : this.#finishUnits(received, this.#units));
  }

  /**
   * Makes sure that the output can be written, before anything is asked of a server.
   * @returns whether a folder was made of which nothing may come yet
   */
  async #prepare(): Promise<boolean> {
    const { out, chosen, segment } = this.plan;
    if (chosen.kind === "frames" && !chosen.usual) {
      await this.#openFrames(chosen.format);
    } else if (chosen.kind === "units") {
      if (segment === undefined && await isFolder(out)) {
        throw new LocalError(`--out ${out}: this is a folder; name a file`);
      }
      await makeOutput(`--out ${out}`, async () => (await AtomicFile.create(out)).abort());
    } else if (segment === undefined) {
      return await makeOutput(`--out ${out}`, () => makeFolder(out));
    }
    return false;
  }

  async #receive(
    target: StreamTarget,
    settings: Awaited<ReturnType<typeof receiveSettings>>,
  ): Promise<Received> {
    const { plan, flags, context } = this;
    return await receive({
      ...{ target, ...settings, frames: framesToTake(plan), reconnectMs: flags.reconnect },
      ...(flags.start === undefined ? {} : { play: { start: flags.start / 1000 } }),
      chooseTracks: (offered) => this.#choose(offered).tracks,
      onOpen: (session) => this.#open(session),
      until: this.#until.promise,
      observer: {
        ...(flags.verbose ? exchangePrinter((line) => context.talk(line)) : {}),
        unit: (unit, stream) => this.#units?.unit(unit, stream),
        rtcp: (rtcp) => this.#units?.rtcp(rtcp),
      },
      onPlaying: (session) => this.#session = session,
      onFrame: (frame, number) => this.#takeFrame(frame, number),
    }, context);
  }

  #choose(offered: readonly OfferedTrack[]): Selection {
    const { context, plan, flags } = this;
    const again = this.#selection !== undefined;
    const selection = selectTracks(offered, plan);
    if (selection.kind === "units") {
      refusePictureFlags(flags, `${selection.tracks[0]!.format.encoding} streams`);
    }
    const left = plan.track === undefined ? leftOutOf(offered, selection) : undefined;
    if (left !== undefined && !again) context.talk(left);
    return this.#selection = selection;
  }

  async #open(session: MediaSession): Promise<void> {
    const { plan, flags, context } = this;
    const { chosen, out, earlier, segment, frames } = plan;
    // The course lab's servers describe nothing: their stream is JPEG.
    const selection = this.#selection ?? this.#choose(offeredBy(session));
    if (selection.kind === "frames") {
      if (chosen.kind === "frames") await this.#openFrames(chosen.format);
      return;
    }
    const format = selection.kind === "units" ? selection.format : undefined;
    const options = { out, format, earlier, segment, frames, json: flags.json ?? false };
    this.#units = await UnitDump.open(options, session, context);
    this.#units.until.then(this.#until.resolve, this.#until.reject);
  }

  async #openFrames(format: DumpFormat): Promise<void> {
    const { plan, flags, context } = this;
    this.#frames ??= await openKeeper(plan, format, { flags, frameRate: flags.fps }, context);
  }

  async #takeFrame(frame: ReceivedFrame, number: number): Promise<void> {
    await this.#frames?.take({
      jpeg: frame.jpeg,
      at: this.#times.next(frame),
      record: describeFrame(frame, number),
    });
    this.#progress.frame(this.#session);
  }

  async #finishFrames(received: Received, keeper: FrameKeeper): Promise<number> {
    const { plan, flags, context } = this;
    const dump = { plan, flags, keeper, context };
    const status = await finish(received, { json: flags.json, out: plan.out }, context);
    await tellMore(dump, received.tally.frames);
    checkRefused(dump);
    return status;
  }

  async #finishUnits(received: Received, units: UnitDump): Promise<number> {
    const { plan: { out }, flags, context } = this;
    const summary = summariseUnits(received, units.tallies);
    if (flags.json) context.out(JSON.stringify(summary));
    for (const line of unitLines(summary, units.tallies)) context.talk(line);
    for (const line of await units.leftBehind()) context.talk(line);
    this.#judge(received, units);
    const { refusals } = units;
    if (refusals !== undefined) {
      const { count, first } = refusals;
      throw new LocalError(
        `--out ${out}: ${count} unit(s) left out, the others are kept; first ${first}`,
      );
    }
    const leftOut = units.tallies.reduce((sum, tally) => sum + tally.leftOut, 0);
    if (leftOut === 0) return EXIT.ok;
    throw new LocalError(
      `--out ${out}: ${leftOut} unit(s) left out, as they came faster than they could be written; ` +
        "the others are kept",
    );
  }

  /** @throws what {@linkcode outcome} throws */
  #judge(received: Received, units: UnitDump): void {
    const { aborted } = this.context.signal;
    const { tracks } = received.session;
    const packets = tracks.reduce((sum, { statistics }) => sum + statistics.packets, 0);
    if (!aborted && units.kept === 0 && units.refusals === undefined && packets > 0) {
      const video = units.tallies.some((tally) => tally.video && tally.keyFrames === 0);
      const why = video ? "no key frame" : "nothing whole";
      throw new NoMediaError(
        `${packets} RTP packets came, but ${why} that a file could begin with`,
      );
    }
    if (units.refusals !== undefined && received.reason !== "cut") return;
    outcome({ ...received, tally: { frames: units.kept } }, aborted);
  }
}

function offeredBy({ tracks }: MediaSession): OfferedTrack[] {
  return tracks.map((track) => ({ name: track.name, mediaType: track.mediaType, format: track }));
}
