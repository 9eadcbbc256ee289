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
export class SessionPlace {
  #held = true;

  /**
   * @param address its key, by which places are counted; undefined where they are not
   * @param file likewise
   */
  constructor(
    readonly dealer: SessionPlaces,
    readonly tally: ConnectionTally,
    readonly address: string | undefined,
    readonly file: string,
  ) {}

  giveBack(): void {
    if (this.#held) this.dealer.giveBack(this);
    this.#held = false;
  }
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
  take({ address, hostname, tally }: SessionAsker, media: string): SessionPlace | undefined {
    if (this.#closed) return undefined;
    const isFree = !this.limits.countLoopback && isLoopback(hostname);
    const file = plainMediaName(media).toLowerCase();
    const place = new SessionPlace(this, tally, isFree ? undefined : addressKey(hostname), file);
    const limit = this.#occupy(place);
    if (limit === undefined) return place;
    this.onLimit(limit, address);
    return undefined;
  }

  /** For a place that gives itself back. */
  giveBack({ tally, address, file }: SessionPlace): void {
    this.#count--;
    tally.remove();
    if (address !== undefined) this.places.sessionsPerAddress.giveBack(address);
    this.places.streamsPerFile.giveBack(file);
    this.places.sessions.giveBack();
  }

  /** @returns the limit that was reached; nothing is taken then */
  #occupy({ tally, address, file }: SessionPlace): LimitName | undefined {
    const { sessions, sessionsPerAddress, streamsPerFile } = this.places;
    if (tally.sessions >= this.limits.maxSessionsPerConnection) return "sessions-per-connection";
    if (address !== undefined && !sessionsPerAddress.take(address)) return "sessions-per-address";
    const isStream = streamsPerFile.take(file);
    if (isStream && sessions.take()) {
      tally.add();
      this.#count++;
      return undefined;
    }
    if (isStream) streamsPerFile.giveBack(file);
    if (address !== undefined) sessionsPerAddress.giveBack(address);
    return isStream ? "sessions" : "streams-per-file";
  }
}
