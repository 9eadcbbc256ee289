import type { EndReason, MediaSession } from "../lib/client/media_session.ts";
import type { Observer } from "../lib/client/observer.ts";
import type { AccessUnit } from "../lib/codec/depacketizer.ts";
import { reasonOf } from "../lib/net/errors.ts";
import type { CommandContext } from "./command.ts";
import { type DumpedTrack, openTracks, type UnitDumpOptions } from "./dump_unit_files.ts";
import type { Fate, UnitKeeper } from "./dump_unit_keeper.ts";
import { recordOf, UnitManifest } from "./dump_unit_manifest.ts";
import type { UnitTally } from "./dump_unit_summary.ts";
import { UnitTimes } from "./dump_unit_times.ts";
import { LocalError } from "./exit_status.ts";
import { FrameQueue } from "./frame_queue.ts";
import { Progress } from "./progress.ts";

/** A unit on its way to its file. */
interface Arrived {
  unit: AccessUnit;
  track: DumpedTrack;
  readonly bytes: number;
}

/** Writes the units of a session's tracks, into one file or one each. */
export class UnitDump {
  readonly tallies: readonly UnitTally[];
  /** Settles when enough is kept; rejects when it cannot be. */
  readonly until: Promise<EndReason>;
  readonly #enough = Promise.withResolvers<EndReason>();
  readonly #tracks: readonly DumpedTrack[];
  readonly #keepers: readonly UnitKeeper[];
  readonly #times: UnitTimes;
  readonly #queue: FrameQueue<Arrived>;
  readonly #progress: Progress;
  readonly #manifest: UnitManifest | undefined;
  #done = false;
  #failure: unknown;

  private constructor(
    readonly options: UnitDumpOptions,
    readonly session: MediaSession,
    readonly context: CommandContext,
    tracks: DumpedTrack[],
  ) {
    this.#tracks = tracks;
    this.tallies = tracks.map(({ tally }) => tally);
    this.#keepers = [...new Set(tracks.map(({ keeper }) => keeper))];
    this.#times = new UnitTimes(session.tracks.map(({ clockRate }) => clockRate));
    this.#queue = new FrameQueue<Arrived>(
      (arrived) => this.#take(arrived),
      options.mostWaitingBytes,
    );
    this.#progress = new Progress(context);
    this.#manifest = options.format === undefined ? new UnitManifest(options.out) : undefined;
    this.until = this.#enough.promise;
    this.until.catch(() => {});
  }

  /**
   * Opens the files.
   * @param session before anything is played; all of its tracks are dumped
   * @throws {LocalError} {@linkcode UsageError} (as a rejection) when they cannot be written
   */
  static async open(
    options: UnitDumpOptions,
    session: MediaSession,
    context: CommandContext,
  ): Promise<UnitDump> {
    const tracks = await openTracks(options, session.tracks, context);
    return new UnitDump(options, session, context, tracks);
  }

  /** Units in the files so far. */
  get kept(): number {
    return this.#keepers.reduce((sum, { kept }) => sum + kept, 0);
  }

  /** Units that the format cannot hold, and why the first. */
  get refusals(): { count: number; first: string } | undefined {
    const count = this.#keepers.reduce((sum, { refused }) => sum + refused, 0);
    const first = this.#keepers.find(({ refusal }) => refusal !== undefined)?.refusal;
    return first === undefined ? undefined : { count, first };
  }

  /** Settled when all that came has been written; never rejects: {@linkcode until} tells of that. */
  get taken(): Promise<void> {
    return this.#queue.taken.catch(() => {});
  }

  /** Takes a unit as it comes. @param stream as an observer is told it */
  unit(unit: AccessUnit, stream: string | undefined): void {
    const track = this.#trackOf(stream);
    if (this.#done || track === undefined) return;
    const { tally } = track;
    // Pictures after one that was left out cannot be decoded, up to the next key frame.
    track.broken &&= unit.keyFrame === false;
    if (track.broken || !this.#queue.push({ unit, track, bytes: unit.bytes })) {
      if (tally.leftOut++ === 0) {
        this.context.talk("units come faster than they can be written: some are left out");
      }
      tally.add(unit);
      track.broken = unit.keyFrame !== undefined;
      return;
    }
    this.#queue.taken.catch((error) => this.#fail(error));
  }

  /** Notes what senders say of their clocks. */
  rtcp({ packet, stream }: Parameters<NonNullable<Observer["rtcp"]>>[0]): void {
    const track = this.#trackOf(stream);
    if (packet.type === "SR" && track !== undefined) this.#times.report(track.clock, packet);
  }

  /**
   * Waits for all that came to be written, and gives the files their names.
   * @throws {LocalError} (as a rejection) when it cannot be; what is whole is kept then too
   */
  async commit(): Promise<void> {
    try {
      await this.#queue.taken;
    } catch (error) {
      await this.#commit().catch(() => {});
      throw this.explain(error);
    }
    try {
      await this.#commit();
    } catch (error) {
      this.#failure ??= error;
      throw this.explain(error);
    }
  }

  async abort(): Promise<void> {
    await Promise.all(this.#keepers.map((keeper) => keeper.abort()));
    await this.#manifest?.close();
  }

  /** What an earlier, longer run has left behind what was written now, in words. */
  async leftBehind(): Promise<string[]> {
    const left = await Promise.all(this.#keepers.map((keeper) => keeper.leftBehind()));
    return left.filter((line) => line !== undefined);
  }

  /** An error of writing as the person is told it; any other as it is. */
  explain(error: unknown): unknown {
    if (error !== this.#failure || error instanceof LocalError) return error;
    const kept = this.kept === 0 ? "" : "; what was written before is kept, as a whole";
    return new LocalError(`--out ${this.options.out}: cannot write: ${reasonOf(error)}${kept}`, {
      cause: error,
    });
  }

  #trackOf(stream: string | undefined): DumpedTrack | undefined {
    if (stream === undefined) return this.#tracks[0];
    return this.#tracks.find(({ tally }) => tally.track.name === stream);
  }

  async #take({ unit, track }: Arrived): Promise<void> {
    if (this.#done) return;
    const { tally, keeper, index, clock } = track;
    tally.add(unit);
    let fate: Fate;
    try {
      fate = await keeper.take(unit, index, this.#times.at(clock, unit));
      const { name } = tally.track;
      const record = recordOf(unit, { track: name, number: ++track.number, fate });
      await this.#manifest?.add(record);
      if (this.options.json) this.context.out(JSON.stringify({ event: "unit", ...record }));
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    if (fate === "kept") tally.kept++;
    else if (tally.kept === 0 && unit.damaged === undefined) tally.early++;
    if (track === this.#counted) this.#count(tally);
  }

  /** The track that a number of frames is about. */
  get #counted(): DumpedTrack {
    return this.#tracks.find(({ tally }) => tally.video) ?? this.#tracks[0]!;
  }

  #count({ kept }: UnitTally): void {
    this.#progress.frame(this.session);
    if (kept !== this.options.frames) return;
    this.#done = true;
    this.#enough.resolve("stopped");
  }

  #fail(error: unknown): void {
    this.#done = true;
    this.#enough.reject(this.explain(error));
  }

  /** All of them, whatever becomes of one. */
  async #commit(): Promise<void> {
    const ends = await Promise.allSettled(this.#keepers.map((keeper) => keeper.commit()));
    await this.#manifest?.close();
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}
