import type { MediaSession } from "../lib/client/media_session.ts";
import type { CommandContext } from "./command.ts";

const SHOW_EVERY_MS = 100;

/** The line that shows a person how far it is. */
export class Progress {
  #frames = 0;
  #shownAt = -Infinity;

  constructor(readonly context: CommandContext) {}

  /** Counts a frame, and says so now and then. */
  frame(session: MediaSession | undefined): void {
    this.#frames++;
    const now = this.context.clock.now();
    if (session === undefined || now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#shownAt = now;
    const total = session.totalFrames === undefined ? "" : ` / ${session.totalFrames}`;
    const { lost, activeMs } = session.statistics;
    const seconds = (activeMs / 1000).toFixed(1);
    this.context.progress(`FRAMES ${this.#frames}${total}   ${seconds} s   ${lost} lost`);
  }
}
