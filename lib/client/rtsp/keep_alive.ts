import { DEFAULT_SESSION_TIMEOUT } from "../../rtsp/headers/session.ts";
import { NoReplyError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import type { RtspLink } from "./link.ts";

/** Says in time that the viewer is still there (RFC 2326, section 12.37). */
export class KeepAlive {
  #lastAt: number;

  /** @param now ms */
  constructor(readonly link: RtspLink, readonly observer: Observer, now: number) {
    this.#lastAt = now;
  }

  /** Asks once half the session's timeout has passed since the last time. */
  check(now: number): void {
    const seconds = this.link.requester.session?.timeout || DEFAULT_SESSION_TIMEOUT;
    if (now - this.#lastAt < seconds * 1000 / 2) return;
    this.#lastAt = now;
    // A server that refuses it, or does not answer, may well go on sending.
    this.link.keepAlive().catch((error) => {
      if (error instanceof NoReplyError) return;
      this.observer.note?.({ code: "keep-alive", message: `Keep-alive: ${error.message}` });
    });
  }
}
