import { Reconnection, type ReconnectionOptions } from "../../client/reconnection.ts";
import type { Timer } from "../../net/clock.ts";

/** A stream that broke off and is asked for again; plain values only. */
export interface RetrySnapshot {
  /** Which attempt comes next or is under way, from 1. */
  attempt: number;
  /** When it begins, in ms since the Unix epoch; null while it is under way. */
  at: number | null;
}

/** Gets a stream back that broke off: waits, has it tried, and waits longer when that failed. */
export class Retry {
  /** Where the media is to go on, in seconds; undefined for where it begins by itself. */
  resumeAt: number | undefined;
  /** How often the stream was got back. */
  successes = 0;
  readonly #reconnection: Reconnection;
  #isOn = false;
  #timer: Timer | undefined;
  #at: number | undefined;

  /** @param attempt has it tried; told of what came of it by one of the methods */
  constructor(readonly options: ReconnectionOptions, readonly attempt: () => void) {
    this.#reconnection = new Reconnection(options);
  }

  /** Whether an attempt is waited for or under way. */
  get isOn(): boolean {
    return this.#isOn;
  }

  get snapshot(): RetrySnapshot | undefined {
    if (!this.#isOn) return undefined;
    return { attempt: this.#reconnection.attempt, at: this.#at ?? null };
  }

  /**
   * The stream broke off, or an attempt failed.
   * @param resumeAt where the media was, in seconds; counts when it broke off
   * @returns whether there will be another attempt
   */
  failed(resumeAt: number | undefined): boolean {
    const { clock } = this.options;
    if (!this.#isOn) this.resumeAt = resumeAt;
    const wait = this.#reconnection.next();
    this.#timer?.cancel();
    if (wait === undefined) {
      this.stop();
      return false;
    }
    this.#isOn = true;
    this.#at = Math.round(clock.wallTime() + wait);
    this.#timer = clock.setTimer(wait, () => this.now());
    return true;
  }

  /** Waits no longer, if it waits. */
  now(): void {
    if (this.#at === undefined) return;
    this.#timer?.cancel();
    this.#at = undefined;
    this.attempt();
  }

  /** The server plays again. */
  succeeded(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.successes++;
  }

  /** Pictures come: what breaks off from here on is something new. */
  settled(): void {
    this.#reconnection.reset();
  }

  /** There is no other attempt. */
  stop(): void {
    this.#timer?.cancel();
    this.#at = undefined;
    this.#isOn = false;
    this.#reconnection.reset();
  }
}
