import type { ImpairedLine } from "../../net/impairment/impaired_line.ts";
import type { Impairments } from "../../net/impairment/impairments.ts";
import type { MediaReceiver } from "./media_transport.ts";

/** A stretch of bad network between a transport and whoever takes its packets. */
export class ImpairedReceiver implements MediaReceiver {
  readonly #line: ImpairedLine;

  /** @param index which of the session's streams it is, from 0 */
  constructor(readonly to: MediaReceiver, impairments: Impairments, index: number) {
    this.#line = impairments.line({ deliver: (kind, bytes) => to[kind](bytes), stream: index });
  }

  rtp(bytes: Uint8Array): void {
    this.#line.push("rtp", bytes);
  }

  rtcp(bytes: Uint8Array): void {
    this.#line.push("rtcp", bytes);
  }

  stray(size: number, problem: string): void {
    this.to.stray(size, problem);
  }
}
