import type { MediaReceiver } from "./media_transport.ts";

/** Where a transport's packets go: kept, while it is set up, until somebody leads them on. */
export class Feed implements MediaReceiver {
  #to: MediaReceiver | undefined;
  #early: ((to: MediaReceiver) => void)[] = [];

  /** Hands everything on to `to`, what came before first. */
  lead(to: MediaReceiver): void {
    this.#to = to;
    for (const deliver of this.#early.splice(0)) deliver(to);
  }

  rtp(bytes: Uint8Array, age?: number): void {
    this.#deliver((to) => to.rtp(bytes, age));
  }

  rtcp(bytes: Uint8Array, age?: number): void {
    this.#deliver((to) => to.rtcp(bytes, age));
  }

  stray(size: number, problem: string): void {
    this.#deliver((to) => to.stray(size, problem));
  }

  #deliver(deliver: (to: MediaReceiver) => void): void {
    if (this.#to !== undefined) deliver(this.#to);
    else if (this.#early.length < MOST_EARLY) this.#early.push(deliver);
  }
}

/** Packets kept before the session that will take them exists. */
const MOST_EARLY = 4096;
