import { NoMediaError } from "../lib/client/errors.ts";
import type { EndReason, MediaSession, OfferedTrack } from "../lib/client/media_session.ts";
import type { AccessUnit } from "../lib/codec/depacketizer.ts";
import { CaptureRecorder } from "./capture_recorder.ts";
import type { CommandContext } from "./command.ts";
import type { DumpFlags, DumpPlan } from "./dump_settings.ts";
import { leftOutOf, selectTracks } from "./dump_tracks.ts";
import { summariseUnits, unitLines, UnitTally } from "./dump_unit_summary.ts";
import { EXIT } from "./exit_status.ts";
import { outcome } from "./outcome.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { Progress } from "./progress.ts";
import { receive, type Received } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import { summarise, summaryLine } from "./summary.ts";
import type { StreamTarget } from "./target.ts";

/** Receives a stream and keeps its packets as they come, whatever they carry. */
export class PacketDump {
  readonly #until = Promise.withResolvers<EndReason>();
  readonly #progress: Progress;
  #session: MediaSession | undefined;
  #chosen = false;
  /** Whether anything has crossed the network. */
  #seen = false;
  #tallies: UnitTally[] = [];

  constructor(
    readonly plan: DumpPlan,
    readonly flags: DumpFlags,
    readonly context: CommandContext,
  ) {
    this.#progress = new Progress(context);
  }

  /**
   * @param format of the file
   * @returns the exit status
   */
  async run(format: "pcapng" | "rtpdump", target: StreamTarget): Promise<number> {
    const { context, plan } = this;
    const settings = await receiveSettings(this.flags);
    const recorder = await CaptureRecorder.create(format, "--out", plan.out);
    let received: Received;
    try {
      received = await this.#receive(target, settings, recorder);
    } finally {
      // TEARDOWN and its reply belong to it.
      await recorder.close(context);
      if (!this.#seen) await Deno.remove(plan.out).catch(() => {});
    }
    this.#tell(received);
    return this.#judge(received);
  }

  async #receive(
    target: StreamTarget,
    settings: Awaited<ReturnType<typeof receiveSettings>>,
    recorder: CaptureRecorder,
  ): Promise<Received> {
    const { flags, plan, context } = this;
    return await receive({
      ...{ target, ...settings, frames: plan.frames },
      ...(flags.start === undefined ? {} : { play: { start: flags.start / 1000 } }),
      chooseTracks: (offered) => this.#choose(offered),
      onOpen: (session) => {
        this.#session = session;
        this.#tallies = session.tracks.map((track) => new UnitTally(track, undefined));
        return Promise.resolve();
      },
      until: this.#until.promise,
      observer: recorder.observer({
        ...(flags.verbose ? exchangePrinter((line) => context.talk(line)) : {}),
        unit: (unit, stream) => this.#count(unit, stream),
        chunk: () => this.#seen = true,
        datagram: () => this.#seen = true,
      }),
      onFrame: () => this.#progress.frame(this.#session),
    }, context);
  }

  #choose(offered: readonly OfferedTrack[]): readonly OfferedTrack[] {
    const selection = selectTracks(offered, this.plan);
    const left = this.plan.track === undefined ? leftOutOf(offered, selection) : undefined;
    if (left !== undefined && !this.#chosen) this.context.talk(left);
    this.#chosen = true;
    return selection.tracks;
  }

  #count(unit: AccessUnit, stream: string | undefined): void {
    const tally = this.#tallies.find(({ track }) => stream === undefined || track.name === stream);
    tally?.add(unit);
    if (tally !== this.#tallies[0]) return;
    this.#progress.frame(this.#session);
    const { units = 0, damagedUnits = 0 } = tally ?? {};
    if (units - damagedUnits === this.plan.frames) this.#until.resolve("stopped");
  }

  #tell(received: Received): void {
    const { context, flags, plan } = this;
    const { session, tally, impaired } = received;
    const pictures = session.encoding === "JPEG";
    if (pictures) {
      const summary = summarise(session.statistics, tally, {
        hostDrops: session.hostDrops,
        impaired,
      });
      if (flags.json) context.out(JSON.stringify(summary));
      context.talk(summaryLine(summary));
    } else {
      const summary = summariseUnits(received, this.#tallies);
      if (flags.json) context.out(JSON.stringify(summary));
      for (const line of unitLines(summary, this.#tallies)) context.talk(line);
    }
    context.talk(`packets are in ${plan.out}`);
  }

  /** Packets need not make up anything. */
  #judge(received: Received): number {
    const { aborted } = this.context.signal;
    const { tracks } = received.session;
    const packets = tracks.reduce((sum, { statistics }) => sum + statistics.packets, 0);
    if (packets === 0 && !aborted) {
      throw new NoMediaError("the server answered PLAY, but no RTP packet came");
    }
    outcome({ ...received, tally: { frames: packets } }, aborted);
    return EXIT.ok;
  }
}
