import type { CommandContext } from "../cmd/command.ts";
import { type Clock, systemClock } from "../lib/net/clock.ts";

type Line = (line: string) => void;

/** A command's context whose lines go to the demo instead of to the terminal. */
export class DemoContext implements CommandContext {
  readonly colour = false;
  readonly clock: Clock = systemClock;
  readonly out: Line;
  readonly talk: Line;
  readonly progress: Line;

  readonly neverWait = (): void => {};

  constructor(readonly signal: AbortSignal, lines: { out?: Line; talk?: Line; progress?: Line }) {
    const ignore = (): void => {};
    this.out = lines.out ?? ignore;
    this.talk = lines.talk ?? ignore;
    this.progress = lines.progress ?? ignore;
  }
}
