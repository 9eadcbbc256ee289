import { formatRange, parseRange, type Range } from "../../../rtsp/headers/range.ts";
import { formatRtpInfo } from "../../../rtsp/headers/rtp_info.ts";
import { formatScale, parseScale } from "../../../rtsp/headers/scale.ts";
import { formatSpeed, parseSpeed } from "../../../rtsp/headers/speed.ts";
import type { RtspRequest } from "../../../rtsp/message.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import type { ServerContext } from "../../context.ts";
import { type Answer, answer, refusal, type RtspHandler } from "../exchange.ts";
import { trackUrl } from "../media_target.ts";
import { planPlay, type PlanSource, type PlayPlan, RangeRefusedError } from "../play_plan.ts";
import type { RtspSession } from "../session.ts";
import { checkSession } from "./session_check.ts";

/**
 * RFC 2326, section 10.5: plays a range, or goes on. While playing, a range waits until the one
 * before it is over, another Scale or Speed alone holds at once, and a PLAY that asks for nothing
 * new changes nothing.
 */
export const play: RtspHandler = (exchange) => {
  const session = checkSession(exchange);
  if (!("player" in session)) return session;
  const { request, target, conversation } = exchange;
  const asked = readRequest(request);
  let plan: PlayPlan;
  try {
    plan = planPlay(sourceOf(session), asked.range, asked.scale ?? 1, asked.speed ?? 1);
  } catch (error) {
    if (!(error instanceof RangeRefusedError)) throw error;
    return refusal(error.status, error.message);
  }
  if (session.state === "Playing") {
    if (asked.range === undefined && asked.scale === undefined && asked.speed === undefined) {
      return answer(STATUS.OK);
    }
    if (asked.range !== undefined) return enqueue(session, plan, asked, conversation.context);
    // Another rate holds from here on, within the range being played.
    if (plan.step > 0 === session.plan!.step > 0) plan.until = session.plan!.until;
    session.player.pause();
  }
  const given = playAnswer(session, plan, asked);
  given.headers.append(
    "RTP-Info",
    formatRtpInfo([{
      url: trackUrl(target.base),
      seq: session.nextSequence,
      rtptime: session.clock.nextStart,
    }]),
  );
  return { ...given, afterReply: () => session.play(plan) };
};

/** A range that waits for its turn: when it comes is not known, so there is no RTP-Info yet. */
function enqueue(
  session: RtspSession,
  plan: PlayPlan,
  asked: Asked,
  { options }: ServerContext,
): Answer {
  if (session.queuedPlays >= options.limits.queuedPlays) {
    return answer(STATUS.METHOD_NOT_VALID_IN_THIS_STATE);
  }
  session.enqueue(plan);
  return playAnswer(session, plan, asked);
}

/** What a PLAY asks for beside going on. */
interface Asked {
  range: Range | undefined;
  scale: number | undefined;
  speed: number | undefined;
}

function readRequest({ headers }: RtspRequest): Asked {
  const range = headers.get("Range");
  const scale = headers.get("Scale");
  const speed = headers.get("Speed");
  return {
    range: range === undefined ? undefined : parseRange(range),
    // A Scale of 0 plays nothing; what is meant is most likely 1.
    scale: scale === undefined ? undefined : parseScale(scale) || 1,
    speed: speed === undefined ? undefined : parseSpeed(speed) || 1,
  };
}

function sourceOf({ options, player }: RtspSession): PlanSource {
  const { fps, lease, frameCount = lease.source.knownFrameCount } = options;
  return { fps, frameCount, position: player.position, ended: player.ended };
}

/** Says what will really be played. */
function playAnswer(session: RtspSession, plan: PlayPlan, asked: Asked): Answer {
  const given = answer(STATUS.OK, [["Range", formatRange(rangeOf(session, plan))]]);
  if (asked.scale !== undefined) given.headers.append("Scale", formatScale(plan.scale));
  if (asked.speed !== undefined) given.headers.append("Speed", formatSpeed(plan.speed));
  return given;
}

function rangeOf(session: RtspSession, { from, until, step }: PlayPlan): Range {
  const { fps, frameCount } = sourceOf(session);
  const start = (from ?? session.player.position) / fps;
  const last = step < 0 ? 0 : session.player.loop ? undefined : frameCount;
  const end = until === undefined ? last : step < 0 ? until + 1 : Math.min(until, last ?? until);
  return { unit: "npt", start, ...(end === undefined ? {} : { end: end / fps }) };
}
