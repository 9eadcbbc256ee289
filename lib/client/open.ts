import type { Clock } from "../net/clock.ts";
import { LabMediaSession, type LabTarget } from "./lab/session.ts";
import type { MediaSession } from "./media_session.ts";
import type { Observer } from "./observer.ts";

/** What every session needs from outside. */
export interface OpenOptions {
  clock: Clock;
  /** Bound on every wait for the peer, in ms. */
  timeout: number;
  observer: Observer;
  signal?: AbortSignal | undefined;
}

/** Opens a stream named in the lab's form. */
export function openLabMedia(target: LabTarget, options: OpenOptions): Promise<MediaSession> {
  return LabMediaSession.open(target, options);
}
