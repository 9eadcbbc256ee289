import { formatRange, parseRange, type Range } from "../../../rtsp/headers/range.ts";
import { formatRtpInfo } from "../../../rtsp/headers/rtp_info.ts";
import { formatScale, parseScale } from "../../../rtsp/headers/scale.ts";
import { formatSpeed, parseSpeed } from "../../../rtsp/headers/speed.ts";
import type { RtspRequest } from "../../../rtsp/message.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import type { ServerContext } from "../../context.ts";
import {
  type Answer,
  answer,
  refusal,
  type SessionExchange,
  type SessionHandler,
} from "../exchange.ts";
import { countLater, countWithin } from "../frame_count.ts";
import { trackUrl } from "../media_target.ts";
import { planPlay, type PlayPlan, RangeRefusedError } from "../play_plan.ts";
import type { RtspSession } from "../session.ts";
import { checkSession } from "./session_check.ts";

/**
 * RFC 2326, section 10.5: plays a range, or goes on. While playing, a range waits until the one
 * before it is over, another Scale or Speed alone holds at once, and a PLAY that asks for nothing
 * new changes nothing. What others are watching too is joined where it is.
 */
export const play: SessionHandler = (exchange) => {
  const session = checkSession(exchange);
  if ("status" in session) return session;
  const asked = readRequest(exchange.request);
  const { source } = session.stream.options.lease;
  if (source.knownFrameCount !== undefined || !needsEnd(asked)) return start(exchange, asked);
  return countWithin(source, exchange.context.options.clock).then(() => start(exchange, asked));
};

/** Whether what is asked can only be told to be there once the end is known. */
function needsEnd({ range, scale = 1 }: Asked): boolean {
  if (scale < 0) return true;
  if (range?.unit !== "npt") return range !== undefined;
  return range.end !== undefined || (typeof range.start === "number" && range.start > 0);
}

function start(exchange: SessionExchange, asked: Asked): Answer {
  // It may have ended while frames were counted.
  const session = checkSession(exchange);
  if ("status" in session) return session;
  const { target, context } = exchange;
  let plan: PlayPlan;
  try {
    plan = planPlay(session.stream.planSource, asked.range, asked.scale ?? 1, asked.speed ?? 1);
  } catch (error) {
    if (!(error instanceof RangeRefusedError)) throw error;
    return refusal(error.status, error.message);
  }
  if (session.sharesStream) {
    if (wouldMove(session, plan, asked)) {
      return refusal(STATUS.HEADER_FIELD_NOT_VALID_FOR_RESOURCE, "others are watching this stream");
    }
    plan = { ...session.stream.plan!, from: undefined };
  }
  if (session.state === "Playing") {
    const nothingNew = asked.range === undefined && asked.scale === undefined &&
      asked.speed === undefined;
    if (nothingNew) return answer(STATUS.OK);
    if (session.sharesStream || session.stream.planSource.live) {
      return playAnswer(session, plan, asked);
    }
    if (asked.range !== undefined) return enqueue(session, plan, asked, context);
    // Another rate holds from here on, within the range being played and to the point of a PAUSE.
    const { step, until, pauses = false } = session.stream.plan!;
    if (plan.step > 0 === step > 0) plan = { ...plan, until, pauses };
    session.stream.player.pause();
  }
  const given = playAnswer(session, plan, asked);
  given.headers.append(
    "RTP-Info",
    formatRtpInfo([{
      url: trackUrl(target.base),
      seq: session.stream.nextSequence,
      rtptime: session.stream.nextTimestamp,
    }]),
  );
  const { source } = session.stream.options.lease;
  const afterReply = (): void => {
    session.play(plan);
    countLater(source, context.options.clock, context.stopping);
  };
  return { ...given, afterReply };
}

/**
 * Whether a PLAY asks a stream that others are watching to be elsewhere or at another rate. A viewer
 * that joins may ask for the beginning, as every player does, and is told where it really is.
 */
function wouldMove(session: RtspSession, plan: PlayPlan, asked: Asked): boolean {
  const { plan: current } = session.stream;
  const joins = session.state === "Ready";
  return (asked.range !== undefined && plan.from !== undefined && !(joins && plan.from === 0)) ||
    (asked.scale !== undefined && plan.scale !== current?.scale) ||
    (asked.speed !== undefined && plan.speed !== current?.speed);
}

/** A range that waits for its turn: when it comes is not known, so there is no RTP-Info yet. */
function enqueue(
  session: RtspSession,
  plan: PlayPlan,
  asked: Asked,
  context: ServerContext,
): Answer {
  if (session.stream.queuedPlays >= context.options.limits.queuedPlays) {
    context.limitReached("queued-plays", session.options.facts.peer);
    return answer(STATUS.METHOD_NOT_VALID_IN_THIS_STATE);
  }
  session.stream.enqueue(plan);
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

/** Says what will really be played. */
function playAnswer(session: RtspSession, plan: PlayPlan, asked: Asked): Answer {
  const given = answer(STATUS.OK, [["Range", formatRange(rangeOf(session, plan))]]);
  if (asked.scale !== undefined) given.headers.append("Scale", formatScale(plan.scale));
  if (asked.speed !== undefined) given.headers.append("Speed", formatSpeed(plan.speed));
  return given;
}

function rangeOf({ stream }: RtspSession, { from, until, step }: PlayPlan): Range {
  const { fps, frameCount, position, live } = stream.planSource;
  if (live) return { unit: "npt", start: "now" };
  const start = (from ?? position) / fps;
  const endless = stream.player.loop || frameCount === Infinity;
  const last = step < 0 ? 0 : endless ? undefined : frameCount;
  const end = until === undefined ? last : step < 0 ? until + 1 : Math.min(until, last ?? until);
  return { unit: "npt", start, ...(end === undefined ? {} : { end: end / fps }) };
}
