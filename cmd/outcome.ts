import { NoMediaError } from "../lib/client/errors.ts";
import type { EndReason, MediaSession } from "../lib/client/media_session.ts";
import { UnreachableError } from "../lib/net/errors.ts";
import type { FrameTally } from "./summary.ts";

/**
 * Whether a reception that ended by itself ended well. Called after the summary: what came is kept
 * and told either way.
 * @throws {NoMediaError} when packets came but not one whole frame
 * @throws {UnreachableError} when the stream stopped before the last frame the server announced
 */
export function outcome(
  { session, tally, reason }: { session: MediaSession; tally: FrameTally; reason: EndReason },
): void {
  if (reason === "stopped") return;
  if (tally.frames === 0) {
    const packets = session.statistics.packets;
    throw new NoMediaError(`${packets} RTP packets came, but not one whole frame`);
  }
  const { totalFrames, statistics } = session;
  const highest = statistics.highest ?? 0;
  if (reason === "silence" && totalFrames !== undefined && highest < totalFrames) {
    throw new UnreachableError(
      `the stream stopped at frame ${highest} of ${totalFrames}; is the server still running?`,
    );
  }
}
