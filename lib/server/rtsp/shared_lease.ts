import type { FrameSource } from "../../stream/frame_source.ts";
import type { MediaLease } from "../../stream/media_provider.ts";

/** A lease with several holders: it is given back when the last of them lets go. */
export class SharedLease {
  #holders = 0;

  constructor(readonly lease: MediaLease) {}

  get source(): FrameSource {
    return this.lease.source;
  }

  /** A hold on it. Releasing one twice counts once. */
  hold(): MediaLease {
    this.#holders++;
    let held = true;
    return {
      source: this.lease.source,
      release: () => {
        if (!held) return;
        held = false;
        if (--this.#holders === 0) this.lease.release();
      },
    };
  }
}
