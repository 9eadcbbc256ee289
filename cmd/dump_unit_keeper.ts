import type { AccessUnit } from "../lib/codec/depacketizer.ts";
import { UnitRefusedError } from "../lib/media/native/native_writer.ts";
import type { DumpOutput } from "./dump_output.ts";
import type { UnitFile, UnitTrack } from "./dump_unit_formats.ts";

/** How long a track may be silent until the others of its file no longer wait for it, in ms. */
const SILENT_MS = 10_000;

/** What becomes of a unit. */
export type Fate =
  /** It is in the file. */
  | "kept"
  /** It came before the file could begin with it, or nothing of it makes sense. */
  | "left out"
  /** The format cannot hold it. */
  | "refused";

/** Where units of one or more tracks are kept. */
export interface UnitKeeperOptions {
  output: DumpOutput<UnitFile>;
  tracks: readonly UnitTrack[];
  /** Told what a person should know. */
  talk: (line: string) => void;
}

/** How far a track of the file under way has come. */
interface TrackState {
  readonly name: string;
  readonly video: boolean;
  /** Whether a unit of it is in the file. */
  begun: boolean;
  ended: boolean;
  /** When its last unit came; undefined before the first. */
  arrivedAt: number | undefined;
}

/** Writes units into one file after the other; each begins with a key frame where there is video. */
export class UnitKeeper {
  /** Units written. */
  kept = 0;
  /** Units that the format cannot hold. */
  refused = 0;
  /** Why the first of them was not kept. */
  refusal: string | undefined;
  #file: UnitFile;
  #states: TrackState[];
  #begun = false;
  /** When the file under way begins, in ms. */
  #start: number | undefined;
  /** Until when its sound is written. */
  #soundEnd = Infinity;
  /** When the first unit for it came. */
  #firstArrival: number | undefined;

  private constructor(readonly options: UnitKeeperOptions, file: UnitFile) {
    this.#file = file;
    this.#states = statesOf(options.tracks);
  }

  static async open(options: UnitKeeperOptions): Promise<UnitKeeper> {
    const { writer } = await options.output.open();
    return new UnitKeeper(options, writer);
  }

  /**
   * Takes the next unit.
   * @param track which of the keeper's tracks it is of, from 0
   * @param at when it is presented, in ms from a moment that is the same for all
   * @throws {Error} (as a rejection) when the disk is full and the like
   */
  async take(unit: AccessUnit, track: number, at: number): Promise<Fate> {
    await this.#startSegment(unit, track, at);
    const state = this.#states[track]!;
    state.arrivedAt = unit.arrivedAt;
    this.#firstArrival ??= unit.arrivedAt;
    this.#endSilent(unit.arrivedAt);
    if (!this.#isTurnOf(state)) return "left out";
    const seconds = (at - (this.#start ?? at)) / 1000;
    // What is shown before the key frame that the file begins with cannot be decoded.
    if (seconds < 0) return "left out";
    if (!this.#begun) await this.options.output.begin();
    this.#begun = true;
    try {
      if (!await this.#file.write(unit, track, seconds)) return "left out";
    } catch (error) {
      if (!(error instanceof UnitRefusedError)) throw error;
      this.refused++;
      this.refusal ??= `${state.name}: ${error.problem}`;
      return "refused";
    }
    this.#written(unit, state, at, this.options.tracks[track]!.clockRate);
    return "kept";
  }

  /** Gives what was kept its name; nothing is left where no unit was. */
  async commit(): Promise<void> {
    if (this.#file.units === 0) await this.#file.abort();
    else await this.#file.commit();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }

  /** What an earlier, longer run has left behind what was written now, in words. */
  async leftBehind(): Promise<string | undefined> {
    return this.kept === 0 ? undefined : await this.options.output.leftBehind(undefined);
  }

  #written(unit: AccessUnit, state: TrackState, at: number, clockRate: number): void {
    this.kept++;
    this.#start ??= at;
    state.begun = true;
    if (!state.video) this.#soundEnd = at + (unit.duration ?? 0) * 1000 / clockRate;
  }

  /** Sound waits for the first picture. */
  #isTurnOf({ video, ended }: TrackState): boolean {
    if (ended) return false;
    return video || this.#states.every((other) => !other.video || other.begun || other.ended);
  }

  /** Ends tracks of which nothing comes while the others go on. */
  #endSilent(now: number): void {
    for (const [i, state] of this.#states.entries()) {
      const since = state.arrivedAt ?? this.#firstArrival!;
      if (state.ended || this.#file.endTrack === undefined || now - since < SILENT_MS) continue;
      state.ended = true;
      this.#file.endTrack(i);
      this.options.talk(
        `nothing came of "${state.name}" for ${SILENT_MS / 1000} s; the file goes on without it`,
      );
    }
  }

  /** Ends the segment that is full, and begins another where playing can begin. */
  async #startSegment(unit: AccessUnit, track: number, at: number): Promise<void> {
    const { output, tracks } = this.options;
    const hasVideo = this.#states.some(({ video, ended }) => video && !ended);
    const mayBegin = hasVideo
      ? this.#states[track]!.video && unit.keyFrame !== false
      : !this.#states[track]!.video;
    if (!mayBegin || this.#file.units === 0 || this.#start === undefined) return;
    if (!output.isFull({ ms: at - this.#start, bytes: this.#file.bytes + unit.bytes })) return;
    await this.commit();
    this.#file = (await output.open()).writer;
    this.#states = statesOf(tracks);
    // Sound that is still on its way begins where it ended in the segment before.
    const late = at - this.#soundEnd;
    this.#start = late > 0 && late < SILENT_MS ? this.#soundEnd : at;
    this.#soundEnd = Infinity;
    this.#firstArrival = undefined;
  }
}

function statesOf(tracks: readonly UnitTrack[]): TrackState[] {
  return tracks.map(({ name, mediaType }) => {
    const video = mediaType === "video";
    return { name, video, begun: false, ended: false, arrivedAt: undefined };
  });
}
