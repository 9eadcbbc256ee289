import type { FrameSource } from "../stream/frame_source.ts";
import { LivePlayer } from "./live_player.ts";
import { type FrameSink, Player, type Stretch } from "./player.ts";
import type { Scheduler } from "./scheduler.ts";

/** What takes one viewer through a source, whether that waits for the viewer or goes on by itself. */
export interface FramePlayer {
  readonly source: FrameSource;
  /** Whether the source starts over at its end. */
  readonly loop: boolean;
  /** The next frame to leave, from 0. */
  readonly position: number;
  /** Frames of the passes before this one, 0 unless looping. */
  readonly passed: number;
  /** Whether frames are leaving, or would but for the end of the source. */
  readonly playing: boolean;
  /** Whether the source or the stretch ended while playing. */
  readonly ended: boolean;
  /** When the current tick is due, in ms on the scheduler's clock; undefined while paused. */
  readonly dueAt: number | undefined;
  /** When the last frame left, in ms on the scheduler's clock; -Infinity before the first. */
  readonly lastSentAt: number;
  play(stretch?: Stretch): void;
  endAt(until: number): void;
  pause(): void;
  hold(): void;
  jump(position: number, notBefore?: number, passed?: number): void;
}

/** What a player is made of. */
export interface FramePlayerOptions {
  source: FrameSource;
  /** Frames per second, above 0, unless a stretch says otherwise. */
  fps: number;
  loop: boolean;
  sink: FrameSink;
  scheduler: Scheduler;
}

/** The player that a source needs. */
export function playerOf({ source, fps, loop, sink, scheduler }: FramePlayerOptions): FramePlayer {
  if (source.live === undefined) return new Player(source, fps, loop, sink, scheduler);
  return new LivePlayer(source, source.live, { fps, sink, scheduler });
}
