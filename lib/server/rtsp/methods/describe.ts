import { MalformedError } from "../../../bytes/malformed.ts";
import { CarriageError } from "../../../jpeg/packetize.ts";
import { STATUS, type Status } from "../../../rtsp/statuses.ts";
import { FrameDamagedError } from "../../../stream/frame_source.ts";
import {
  type MediaLease,
  MediaNotFoundError,
  type MediaProvider,
  MediaRequestError,
  MediaUnavailableError,
  MediaUnreadableError,
} from "../../../stream/media_provider.ts";
import { describeFault } from "../../fault.ts";
import { mayWatch } from "../../rights.ts";
import { describeSource, examine } from "../description.ts";
import { countWithin } from "../frame_count.ts";
import { type Answer, answer, type Exchange, refusal, type RtspHandler } from "../exchange.ts";
import type { MediaTarget } from "../media_target.ts";

const SDP_TYPE = "application/sdp";

/** What says that a file is there and cannot be played. */
const UNPLAYABLE = [MediaUnreadableError, FrameDamagedError, CarriageError, MalformedError];

/** How an error of those that media can have is told to the client. */
function statusOf(error: unknown): Status | undefined {
  if (error instanceof MediaRequestError) return STATUS.BAD_REQUEST;
  if (error instanceof MediaUnavailableError) return STATUS.SERVICE_UNAVAILABLE;
  return UNPLAYABLE.some((kind) => error instanceof kind)
    ? STATUS.UNSUPPORTED_MEDIA_TYPE
    : undefined;
}

/** RFC 2326, section 10.2. */
export const describe: RtspHandler = async (exchange) => {
  const { request, target, conversation } = exchange;
  if (!acceptsSdp(request.headers.getAll("Accept"))) return answer(STATUS.NOT_ACCEPTABLE);
  return await withMedia(exchange, async (lease, media) => {
    const { context, connection } = conversation;
    const { source } = lease;
    const found = await examine(source, context);
    const frameCount = source.knownFrameCount ?? await countWithin(source, context.options.clock);
    const facts = { ...found, frameCount };
    const group = context.options.transport === "multicast"
      ? context.groupStreams.groups.targetFor(media)
      : undefined;
    const key = conversation.srtp?.attributes();
    const text = describeSource(target, facts, connection.localHostname, { group, key });
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
 * A query belongs to the name where some media answers to it, and means nothing where none does.
 * @returns the lease, and the name that was found
 */
async function openTarget(
  provider: MediaProvider,
  { media, query }: MediaTarget,
): Promise<{ lease: MediaLease; media: string }> {
  // What lies in a folder whose name has a question mark has to be asked for with that escaped.
  if (query !== undefined && !query.includes("/")) {
    const whole = `${media}?${query}`;
    try {
      return { lease: await provider.open(whole, "rtp"), media: whole };
    } catch (error) {
      if (!(error instanceof MediaNotFoundError)) throw error;
    }
  }
  return { lease: await provider.open(media, "rtp"), media };
}

/**
 * Opens what the request names and hands it over, with the name it was found by; releases it when
 * that fails, and answers with the status that fits why.
 */
export async function withMedia(
  { target, conversation, user }: Exchange,
  use: (lease: MediaLease, media: string) => Promise<Answer>,
): Promise<Answer> {
  if (!mayWatch(user?.paths, target.media)) return answer(STATUS.FORBIDDEN);
  let lease: MediaLease | undefined;
  try {
    const opened = await openTarget(conversation.context.media, target);
    lease = opened.lease;
    return await use(lease, opened.media);
  } catch (error) {
    lease?.release();
    if (error instanceof MediaNotFoundError) return answer(STATUS.NOT_FOUND);
    const status = statusOf(error);
    if (status === undefined) throw error;
    const fault = describeFault(error);
    const message = fault.startsWith(`${target.media}: `) ? fault : `${target.media}: ${fault}`;
    const { onEvent } = conversation.context.options;
    onEvent({ event: "error", peer: conversation.connection.address, message });
    return refusal(status, message);
  }
}
