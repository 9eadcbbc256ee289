import { type Clock, sleep } from "../../net/clock.ts";
import type { FrameSource } from "../../stream/frame_source.ts";

/** How long an answer that tells how long a file is may wait for its frames to be counted, in ms. */
const COUNT_MS = 250;
/** How long after playing began frames are counted at the earliest, in ms: the first one goes first. */
const LATER_MS = 200;

/** The count if it can be had soon; counting goes on otherwise, for the next who asks. */
export function countWithin(source: FrameSource, clock: Clock): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(COUNT_MS, () => resolve(undefined));
    source.frameCount().then(resolve, () => resolve(undefined)).finally(() => timer.cancel());
  });
}

/**
 * Has frames counted that nobody has asked for yet, so that the dashboard and seeks know the end.
 * @param stopping aborted when the server stops, and nobody will ask any more
 */
export function countLater(source: FrameSource, clock: Clock, stopping: AbortSignal): void {
  if (source.knownFrameCount !== undefined) return;
  // When it has failed, or was closed meanwhile, those who ask are told.
  sleep(clock, LATER_MS, stopping).then(() => source.frameCount()).catch(() => {});
}
