import type { MediaSession } from "../../client/media_session.ts";
import { PLAYER_ACTIONS, type PlayerAction } from "./actions.ts";
import type { SessionWatch } from "./session_watch.ts";

/** What can be done with a session, by what its server said. */
export class Abilities {
  constructor(
    readonly session: MediaSession | undefined,
    readonly watch: SessionWatch | undefined,
  ) {}

  /** Whether PLAY may name a time. */
  get seekable(): boolean {
    if (this.session === undefined || this.watch?.dialect !== "rtsp") return false;
    return (this.watch.time.duration ?? 0) > 0;
  }

  /** Whether PLAY may name a Scale, until a reply has shown that it may not. */
  get scalable(): boolean {
    return this.seekable && !this.watch!.time.refusesScale;
  }

  /** Why an action that the state allows cannot work with this server. */
  missing(action: PlayerAction): string | undefined {
    if (action !== "forward" && action !== "backward") return undefined;
    if (this.session === undefined || this.session.jumps !== undefined) return undefined;
    if (this.seekable) return undefined;
    return this.watch?.dialect === "lab"
      ? "This lab server has no such request."
      : "This stream is live: there is nowhere to go.";
  }

  get allMissing(): Partial<Record<PlayerAction, string>> {
    const missing: Partial<Record<PlayerAction, string>> = {};
    for (const action of PLAYER_ACTIONS) {
      const why = this.missing(action);
      if (why !== undefined) missing[action] = why;
    }
    return missing;
  }
}
