import { DEFAULT_SESSION_TIMEOUT } from "../../rtsp/headers/session.ts";
import { NoReplyError, StatusError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import type { RtspLink } from "./link.ts";

/** Says in time that the viewer is still there (RFC 2326, section 12.37). */
export class KeepAlive {
  #lastAt: number;
  #isAnswered = true;

  /** @param now ms */
  constructor(readonly link: RtspLink, readonly observer: Observer, now: number) {
    this.#lastAt = now;
  }

  /** Whether the server has answered, with whatever status, since it was asked last. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Asks once half the session's timeout has passed since the last time. */
  check(now: number): void {
    const seconds = this.link.requester.session?.timeout || DEFAULT_SESSION_TIMEOUT;
    if (now - this.#lastAt >= seconds * 1000 / 2) this.#ask(now);
  }

  /** Asks a server that has sent nothing since `silentSince`, once: is it still there? */
  checkSilence(now: number, silentSince: number): void {
    if (this.#lastAt <= silentSince) this.#ask(now);
  }

  #ask(now: number): void {
    this.#lastAt = now;
    this.#isAnswered = false;
    this.link.keepAlive().then(() => this.#isAnswered = true, (error) => {
      // A server that refuses it, or does not answer, may well go on sending.
      this.#isAnswered = error instanceof StatusError;
      if (error instanceof NoReplyError || error instanceof DOMException) return;
      this.observer.note?.({ code: "keep-alive", message: `Keep-alive: ${error.message}` });
    });
  }
}
