import { NoMediaError } from "../lib/client/errors.ts";
import type { EndReason, MediaSession } from "../lib/client/media_session.ts";
import { UnreachableError } from "../lib/net/errors.ts";
import type { FrameTally } from "./summary.ts";

/** What came of a reception. */
export interface Came {
  session: MediaSession;
  tally: Pick<FrameTally, "frames">;
  reason: EndReason;
}

/**
 * Whether a reception that ended by itself or by a limit ended well. Called after the summary: what
 * came is kept and told either way.
 * @param byPerson whether a person ended it: that is as good an end as any
 * @throws {NoMediaError} when not one whole frame came
 * @throws {UnreachableError} when the stream stopped before the last frame the server announced
 */
export function outcome({ session, tally, reason }: Came, byPerson: boolean): void {
  if (byPerson) return;
  const { totalFrames, statistics } = session;
  if (tally.frames === 0) {
    const { packets } = statistics;
    throw new NoMediaError(
      packets === 0
        ? "the server answered PLAY, but no RTP packet came"
        : `${packets} RTP packets came, but not one whole frame`,
    );
  }
  if (reason !== "cut") return;
  const place = totalFrames === undefined
    ? ""
    : ` at frame ${statistics.highest} of ${totalFrames}`;
  throw new UnreachableError(
    `the stream stopped before its end${place}; is the server still running?`,
  );
}
