import type { FrameAnswer, FrameFault, FrameSource, LiveFeed } from "../../stream/frame_source.ts";
import { ConvertedFeed } from "./converted_feed.ts";

/** A live source as media: there is one picture at any time, the newest, and no end. */
export class LiveHold implements FrameSource {
  readonly frameRate = undefined;
  readonly knownFrameCount = Infinity;
  readonly faults: readonly FrameFault[] = [];
  #last: Uint8Array | undefined;

  constructor(readonly live: LiveFeed) {
    this.#last = live.newest?.jpeg;
  }

  frameCount(): Promise<number> {
    return Promise.resolve(Infinity);
  }

  /** The newest, whatever the index. */
  frame(): FrameAnswer | Promise<FrameAnswer> {
    if (this.live instanceof ConvertedFeed) return this.live.picture();
    this.#last = this.live.newest?.jpeg ?? this.#last;
    return this.#last;
  }

  prefetch(): boolean {
    return true;
  }

  close(): void {}
}
