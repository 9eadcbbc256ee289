import type { Clock } from "../net/clock.ts";
import { isLoopback } from "../net/address.ts";
import { addressKey } from "./address_key.ts";
import type { LimitName } from "./limit_names.ts";
import { plainMediaName } from "./media_name.ts";
import type { ServerLimits } from "./options.ts";
import type { ServerPlaces } from "./places.ts";

/** The sessions that were set up on one connection; over UDP they may outlive it. */
export class ConnectionTally {
  #sessions = 0;
  #emptySince: number;

  constructor(readonly clock: Clock) {
    this.#emptySince = clock.now();
  }

  get sessions(): number {
    return this.#sessions;
  }

  /** Since when there has been none, in ms on the clock; of no meaning while there is one. */
  get emptySince(): number {
    return this.#emptySince;
  }

  add(): void {
    this.#sessions++;
  }

  remove(): void {
    if (--this.#sessions === 0) this.#emptySince = this.clock.now();
  }
}

/** Who asks for a session. */
export interface SessionAsker {
  /** Its `host:port`, for people. */
  readonly address: string;
  readonly hostname: string;
  readonly tally: ConnectionTally;
}

/** A session's place in every limit that counts sessions; to be given back once. */
export interface SessionPlace {
  giveBack(): void;
}

/** Deals out the places of sessions. */
export class SessionPlaces {
  #count = 0;
  #closed = false;

  constructor(
    readonly places: ServerPlaces,
    readonly limits: ServerLimits,
    readonly onLimit: (limit: LimitName, peer: string) => void,
  ) {}

  /** Sessions that have one. */
  get count(): number {
    return this.#count;
  }

  /** From now on there are none. */
  close(): void {
    this.#closed = true;
  }

  /** Takes a place, if one is left in every limit; which one was reached is told. */
  take(asker: SessionAsker, media: string): SessionPlace | undefined {
    if (this.#closed) return undefined;
    const taken: (() => void)[] = [];
    for (const [limit, take] of this.#steps(asker, media)) {
      const giveBack = take();
      if (giveBack === undefined) {
        for (const undo of taken) undo();
        this.onLimit(limit, asker.address);
        return undefined;
      }
      taken.push(giveBack);
    }
    this.#count++;
    return this.#placeOf(taken);
  }

  #placeOf(taken: readonly (() => void)[]): SessionPlace {
    let held = true;
    return {
      giveBack: (): void => {
        if (!held) return;
        held = false;
        this.#count--;
        for (const giveBack of taken) giveBack();
      },
    };
  }

  /** What has to be taken one after the other; each answers with what gives it back. */
  #steps(
    { hostname, tally }: SessionAsker,
    media: string,
  ): [limit: LimitName, take: () => (() => void) | undefined][] {
    const { sessions, sessionsPerAddress, streamsPerFile } = this.places;
    const { maxSessionsPerConnection, countLoopback } = this.limits;
    const file = plainMediaName(media).toLowerCase();
    const isFree = !countLoopback && isLoopback(hostname);
    const address = addressKey(hostname);
    return [
      ["sessions-per-connection", () => {
        if (tally.sessions >= maxSessionsPerConnection) return undefined;
        tally.add();
        return () => tally.remove();
      }],
      ["sessions-per-address", () => {
        if (isFree) return () => {};
        return sessionsPerAddress.take(address)
          ? () => sessionsPerAddress.giveBack(address)
          : undefined;
      }],
      ["streams-per-file", () => {
        return streamsPerFile.take(file) ? () => streamsPerFile.giveBack(file) : undefined;
      }],
      ["sessions", () => sessions.take() ? () => sessions.giveBack() : undefined],
    ];
  }
}
