import type { FrameSource } from "./frame_source.ts";

/** A source that has been opened for one user of it; others may share what is behind it. */
export interface MediaLease {
  readonly source: FrameSource;
  /** Gives it back. The source must not be used after. */
  release(): void;
}

/** Where a server asks for media by name; it never learns what kind of file answers. */
export interface MediaProvider {
  /**
   * Opens media by the name a client used.
   * @throws {MediaNotFoundError} when there is none of that name
   * @throws {MediaUnreadableError} when there is, but it cannot be played
   */
  open(name: string): Promise<MediaLease>;

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
