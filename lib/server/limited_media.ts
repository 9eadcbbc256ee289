import {
  type Carrier,
  type MediaLease,
  type MediaProvider,
  MediaUnavailableError,
} from "../stream/media_provider.ts";

/** Too much is open already; told to the client as 503 like media that is away. */
export class OpenFilesError extends MediaUnavailableError {
  constructor(media: string) {
    super(media, "Too many files are open; try again later");
    this.name = "OpenFilesError";
  }
}

/**
 * Media of which only so many are open at once. What is open serves any number of viewers more, under
 * whatever name; and no more than that many are being opened at a time.
 */
export class LimitedMedia implements MediaProvider {
  /** Holds by the object that was opened once. */
  readonly #holds = new Map<object, number>();
  #opening = 0;

  /**
   * @param most media open at once
   * @param onRefusal told when there were too many
   */
  constructor(
    readonly media: MediaProvider,
    readonly most: number,
    readonly onRefusal: () => void,
  ) {}

  /** Media open now. */
  get openCount(): number {
    return this.#holds.size;
  }

  /** @throws {OpenFilesError} (as a rejection) when too much is open already */
  async open(name: string, carrier?: Carrier): Promise<MediaLease> {
    if (this.#opening >= this.most) throw this.#refusal(name);
    this.#opening++;
    try {
      const lease = await this.media.open(name, carrier);
      const origin = lease.origin ?? lease.source;
      if (this.#holds.has(origin) || this.#holds.size < this.most) return this.#hold(lease, origin);
      lease.release();
    } finally {
      this.#opening--;
    }
    throw this.#refusal(name);
  }

  list(): Promise<string[]> {
    return this.media.list();
  }

  #refusal(name: string): OpenFilesError {
    this.onRefusal();
    return new OpenFilesError(name);
  }

  #hold(lease: MediaLease, origin: object): MediaLease {
    this.#holds.set(origin, (this.#holds.get(origin) ?? 0) + 1);
    let held = true;
    return {
      ...(lease.name === undefined ? {} : { name: lease.name }),
      origin,
      source: lease.source,
      release: (): void => {
        lease.release();
        if (!held) return;
        held = false;
        const left = this.#holds.get(origin)! - 1;
        if (left === 0) this.#holds.delete(origin);
        else this.#holds.set(origin, left);
      },
    };
  }
}
