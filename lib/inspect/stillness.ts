import { equals } from "@std/bytes/equals";

/** Longest times that nothing came, and that nothing new came, of one stream. */
export class Stillness {
  #firstPacket: number | undefined;
  #lastPacket: number | undefined;
  #lastNew: number | undefined;
  #picture: Uint8Array | undefined;
  #gap = 0;
  #freeze = 0;

  /** When the first packet came; undefined before any. */
  get firstPacketAt(): number | undefined {
    return this.#firstPacket;
  }

  /** @param time ms on any clock, the same for all calls */
  packet(time: number): void {
    if (this.#lastPacket !== undefined) this.#gap = Math.max(this.#gap, time - this.#lastPacket);
    this.#firstPacket ??= time;
    this.#lastPacket = time;
    // Before the first picture it is that one which is waited for.
    this.#lastNew ??= time;
  }

  /**
   * A picture, or a unit of another encoding, came.
   * @param picture its bytes, where equal ones mean that it stands still; it is kept
   */
  frame(time: number, picture?: Uint8Array): void {
    const isOld = picture !== undefined && this.#picture !== undefined &&
      equals(this.#picture, picture);
    if (isOld) return;
    this.#picture = picture;
    this.#freeze = Math.max(this.#freeze, time - (this.#lastNew ?? time));
    this.#lastNew = time;
  }

  /**
   * What it comes to, in ms.
   * @param end until when something could have come; undefined where the stream ended by itself
   */
  longest(end: number | undefined): { gap: number; freeze: number } {
    const since = (last: number | undefined): number => {
      const until = end ?? this.#lastPacket;
      return last === undefined || until === undefined ? 0 : until - last;
    };
    return {
      gap: Math.max(this.#gap, since(this.#lastPacket)),
      freeze: Math.max(this.#freeze, since(this.#lastNew)),
    };
  }
}
