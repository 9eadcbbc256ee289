import type { Clock } from "../net/clock.ts";
import { NoReplyError, ProtocolError } from "./errors.ts";
import type { MediaSession } from "./media_session.ts";
import type { Observer } from "./observer.ts";

/** What opening a stream in one dialect has to heed. */
export interface AttemptOptions {
  signal?: AbortSignal | undefined;
  /** Called, and waited for, when the server has answered in the dialect. */
  understood?: (() => Promise<void>) | undefined;
}

/** Opens a stream in one dialect. */
export type Open = (options: AttemptOptions) => Promise<MediaSession>;

/** What a race needs from outside. */
export interface RaceOptions {
  clock: Clock;
  observer: Observer;
  signal?: AbortSignal | undefined;
}

/** How long a server may say nothing before it is also asked in the other dialect, in ms. */
const OTHER_DIALECT_MS = 1000;

/** One dialect being tried. */
class Attempt {
  readonly opened: Promise<MediaSession>;
  /** Whether the server speaks this dialect, once that is clear. */
  readonly isUnderstood: Promise<boolean>;
  /** What is called off when this one is understood. */
  rival: Attempt | undefined;
  readonly #calledOff = new AbortController();

  constructor(open: Open, signal: AbortSignal | undefined) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { signal: calledOff } = this.#calledOff;
    this.isUnderstood = promise;
    this.opened = open({
      signal: AbortSignal.any(signal === undefined ? [calledOff] : [calledOff, signal]),
      understood: async () => {
        calledOff.throwIfAborted();
        resolve(true);
        await this.rival?.callOff();
      },
    });
    this.opened.then(() => resolve(true), () => resolve(false));
  }

  async callOff(): Promise<void> {
    this.#calledOff.abort(new DOMException("The server speaks another dialect", "AbortError"));
    await this.opened.then((session) => session.close(), () => {});
  }
}

/**
 * Opens a stream in the dialect that the server turns out to speak. The first is tried alone; after
 * a moment of silence, or at once when what comes is something else, the other one as well.
 * @param otherName how a person calls the other one
 * @throws what the dialect throws that is understood; when none is, what the first one throws
 */
export async function openInEither(
  first: Open,
  other: Open,
  otherName: string,
  { clock, observer, signal }: RaceOptions,
): Promise<MediaSession> {
  const one = new Attempt(first, signal);
  const silence = Promise.withResolvers<void>();
  const timer = clock.setTimer(OTHER_DIALECT_MS, silence.resolve);
  const understood = await Promise.race([one.isUnderstood, silence.promise]);
  timer.cancel();
  if (understood === true) return await one.opened;
  const why = understood === false ? await incomprehension(one) : "the server says nothing so far";
  observer.note?.({ code: "dialect", message: `${why}; trying ${otherName}` });
  const two = new Attempt(other, signal);
  one.rival = two;
  two.rival = one;
  return await (await theUnderstood(one, two)).opened;
}

/** Why an attempt failed, in words. @throws it when it is not that the server did not understand */
async function incomprehension({ opened }: Attempt): Promise<string> {
  const error: unknown = await opened.then(() => undefined, (error) => error);
  if (error instanceof NoReplyError || error instanceof ProtocolError) return error.message;
  throw error;
}

/** The one that is understood first; the first one when neither is. */
async function theUnderstood(one: Attempt, two: Attempt): Promise<Attempt> {
  const understood = Promise.withResolvers<Attempt>();
  const all = [one, two].map(async (attempt) => {
    if (await attempt.isUnderstood) understood.resolve(attempt);
  });
  Promise.all(all).then(() => understood.resolve(one));
  return await understood.promise;
}
