import { MalformedError } from "../../../bytes/malformed.ts";
import { CarriageError } from "../../../jpeg/packetize.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import { FrameDamagedError } from "../../../stream/frame_source.ts";
import {
  type MediaLease,
  MediaNotFoundError,
  MediaUnreadableError,
} from "../../../stream/media_provider.ts";
import { describeFault } from "../../fault.ts";
import { describeSource, examine } from "../description.ts";
import { type Answer, answer, type Exchange, refusal, type RtspHandler } from "../exchange.ts";

const SDP_TYPE = "application/sdp";

/** What says that a file is there and cannot be played. */
const UNPLAYABLE = [MediaUnreadableError, FrameDamagedError, CarriageError, MalformedError];

/** RFC 2326, section 10.2. */
export const describe: RtspHandler = async (exchange) => {
  const { request, target, conversation } = exchange;
  if (!acceptsSdp(request.headers.getAll("Accept"))) return answer(STATUS.NOT_ACCEPTABLE);
  return await withMedia(exchange, async (lease) => {
    const facts = await examine(lease.source, conversation.context);
    const { context, connection } = conversation;
    const group = context.options.transport === "multicast"
      ? context.groupStreams.groups.targetFor(target.media)
      : undefined;
    const text = describeSource(target.media, facts, connection.localHostname, group);
    const given = answer(STATUS.OK, [
      ["Content-Type", SDP_TYPE],
      // With the slash, or rtspsrc loses the last part when it resolves the track against it.
      ["Content-Base", `${target.base}/`],
    ]);
    lease.release();
    return { ...given, body: new TextEncoder().encode(text) };
  });
};

/** No Accept header accepts everything (RFC 2326, section 12.1). */
function acceptsSdp(values: string[]): boolean {
  if (values.length === 0) return true;
  const types = values.join(",").split(",").map((type) => type.split(";")[0]!.trim().toLowerCase());
  return types.some((type) => type === SDP_TYPE || type === "application/*" || type === "*/*");
}

/**
 * Opens what the request names and hands it over; releases it when that fails, and answers with the
 * status that fits why.
 */
export async function withMedia(
  { target, conversation }: Exchange,
  use: (lease: MediaLease) => Promise<Answer>,
): Promise<Answer> {
  let lease: MediaLease | undefined;
  try {
    lease = await conversation.context.options.media.open(target.media);
    return await use(lease);
  } catch (error) {
    lease?.release();
    if (error instanceof MediaNotFoundError) return answer(STATUS.NOT_FOUND);
    const unplayable = UNPLAYABLE.some((kind) => error instanceof kind);
    if (!unplayable) throw error;
    const message = `${target.media}: ${describeFault(error)}`;
    const { onEvent } = conversation.context.options;
    onEvent({ event: "error", peer: conversation.connection.address, message });
    return refusal(STATUS.UNSUPPORTED_MEDIA_TYPE, message);
  }
}
