import { toHex } from "../../../bytes/hex.ts";
import {
  formatTransport,
  parseTransport,
  type Transport,
} from "../../../rtsp/headers/transport.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import { examine } from "../description.ts";
import { type Answer, answer, type Exchange, type RtspHandler } from "../exchange.ts";
import { isSameMedia } from "../media_target.ts";
import { RtspSession } from "../session.ts";
import { negotiate } from "../transports.ts";
import { withMedia } from "./describe.ts";

/** Bytes of a session identifier, less what tells servers apart: 128 random bits. */
const SESSION_ID_BYTES = 16;

/**
 * RFC 2326, section 10.4. No DESCRIBE need come before it (VLC rolls over to TCP without one), and
 * the aggregate's URL means the one track there is.
 */
export const setup: RtspHandler = async (exchange) => {
  const { request, session, target } = exchange;
  const values = request.headers.getAll("Transport");
  if (values.length === 0) return answer(STATUS.UNSUPPORTED_TRANSPORT);
  const offered = parseTransport(values.join(","));
  if (session === undefined) return await setUpNew(exchange, offered);
  // Another file in the same session would be an aggregate that was never described.
  if (!isSameMedia(session.media, target.media)) {
    return answer(STATUS.AGGREGATE_OPERATION_NOT_ALLOWED);
  }
  if (session.state === "Playing") return answer(STATUS.METHOD_NOT_VALID_IN_THIS_STATE);
  const keyMgmt = request.headers.get("KeyMgmt");
  return transportAnswer(
    await negotiate(offered, session, exchange.conversation, keyMgmt),
    session,
  );
};

async function setUpNew(exchange: Exchange, offered: Transport[]): Promise<Answer> {
  const { conversation } = exchange;
  const { context, connection } = conversation;
  return await withMedia(exchange, async (lease, media) => {
    const { fps } = await examine(lease.source, context);
    const { relay, randomBytes } = context.options;
    const facts = {
      session: (relay?.prefix ?? "") + toHex(randomBytes(SESSION_ID_BYTES)),
      peer: connection.address,
      dialect: "rtsp" as const,
      file: media,
    };
    const peerHostname = connection.hostname;
    const user = exchange.user?.name;
    const session = new RtspSession({ facts, peerHostname, user, lease, context, fps });
    const keyMgmt = exchange.request.headers.get("KeyMgmt");
    const taken = await negotiate(offered, session, conversation, keyMgmt);
    // Asked last, since others may have been set up while the file was looked at.
    const place = typeof taken === "number"
      ? undefined
      : context.takeSessionPlace(connection, media);
    if (typeof taken === "number" || place === undefined) {
      session.discard();
      return answer(typeof taken === "number" ? taken : STATUS.NOT_ENOUGH_BANDWIDTH);
    }
    context.sessions.add(session, place);
    conversation.hasMade(session);
    context.options.onEvent({ event: "session-setup", ...facts });
    return transportAnswer(taken, session);
  });
}

function transportAnswer(taken: Transport | Answer["status"], session: RtspSession): Answer {
  if (typeof taken === "number") return answer(taken);
  return { ...answer(STATUS.OK, [["Transport", formatTransport(taken)]]), session };
}
