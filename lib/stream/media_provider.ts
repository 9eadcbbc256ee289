import type { FrameSource } from "./frame_source.ts";

/**
 * How frames are to travel: `"rtp"` as RFC 2435 has it, which demands much of a JPEG, or `"lab"`, a
 * whole JPEG in one datagram.
 */
export type Carrier = "rtp" | "lab";

/** A source that has been opened for one user of it; others may share what is behind it. */
export interface MediaLease {
  readonly source: FrameSource;
  /** The name people know the media by; as it was asked for when left out. */
  readonly name?: string;
  /** The same object for all leases of what was opened once; the source when left out. */
  readonly origin?: object;
  /** Gives it back. The source must not be used after. */
  release(): void;
}

/** Where a server asks for media by name; it never learns what kind of file answers. */
export interface MediaProvider {
  /**
   * Opens media by the name a client used.
   * @param carrier what its frames are to fit, where somebody sees to that; as they are when left out
   * @throws {MediaNotFoundError} when there is none of that name
   * @throws {MediaUnreadableError} when there is, but it cannot be played
   */
  open(name: string, carrier?: Carrier): Promise<MediaLease>;

  /** The names that can be asked for. */
  list(): Promise<string[]>;
}

/** There is no media of that name, or none that may be served: the two are told alike. */
export class MediaNotFoundError extends Error {
  /** @param media the name as it was asked for */
  constructor(readonly media: string) {
    super(`No media ${JSON.stringify(media)}`);
    this.name = "MediaNotFoundError";
  }
}

/** Media that exists but cannot be played; the message names the frame and the byte. */
export class MediaUnreadableError extends Error {
  constructor(readonly media: string, readonly problem: string) {
    super(`${media}: ${problem}`);
    this.name = "MediaUnreadableError";
  }
}

/** What was asked of the media makes no sense, e.g. a picture of no size; the message says why. */
export class MediaRequestError extends Error {
  constructor(readonly media: string, readonly problem: string) {
    super(`${media}: ${problem}`);
    this.name = "MediaRequestError";
  }
}

/** Media that exists and has no picture now, as a camera that is away; it may have one later. */
export class MediaUnavailableError extends Error {
  constructor(readonly media: string, readonly problem: string) {
    super(`${media}: ${problem}`);
    this.name = "MediaUnavailableError";
  }
}
