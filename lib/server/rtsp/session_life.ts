import { HELD_UP_MS } from "../../net/clock.ts";
import type { ServerContext } from "../context.ts";
import { ScheduledTask } from "../moments.ts";

/**
 * How long a receiver that lives by its reports may be silent at the least, in ms: they come up to 7.5 s
 * apart (RFC 3550, section 6.3.1), and one may be lost.
 */
const REPORT_SILENCE_MS = 16_000;

/** How long a session lives: as long as something is heard of its viewer (RFC 2326, section 12.37). */
export class SessionLife {
  #lastSeenAt: number;
  /** Whether the receiver sends RTCP, which may be its only sign of life. */
  #reportsCome = false;
  readonly #expiry = new ScheduledTask(() => this.watch());

  /** @param onSilence called when nothing was heard for the session's timeout */
  constructor(
    readonly context: Pick<ServerContext, "scheduler" | "options">,
    readonly onSilence: () => void,
  ) {
    this.#lastSeenAt = context.options.clock.now();
  }

  /** A sign of life. */
  touch(): void {
    this.#lastSeenAt = this.context.options.clock.now();
  }

  /** RTCP that can be read has come. */
  reported(): void {
    this.#reportsCome = true;
  }

  /** Signs of life are waited for, from now on. */
  watch(): void {
    const { scheduler, options } = this.context;
    const timeout = options.sessionTimeout * 1000;
    const silence = this.#reportsCome ? Math.max(timeout, REPORT_SILENCE_MS) : timeout;
    const now = options.clock.now();
    // Those of a program that was held up may wait to be read.
    if (now > this.#lastSeenAt + silence + HELD_UP_MS) {
      this.#lastSeenAt = now - silence + HELD_UP_MS;
    }
    const expiresAt = this.#lastSeenAt + silence;
    if (now >= expiresAt) return this.onSilence();
    scheduler.scheduleRoughly(this.#expiry, expiresAt);
  }

  /** None is waited for any more. */
  rest(): void {
    this.context.scheduler.cancel(this.#expiry);
  }
}
