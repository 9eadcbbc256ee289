import { BindError } from "../../net/errors.ts";
import { parseTransport, type Transport } from "../../rtsp/headers/transport.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import { ProtocolError, StatusError } from "../errors.ts";
import type { ObservedNote, Observer } from "../observer.ts";
import type { Track } from "./description.ts";
import type { MediaTransport } from "./media_transport.ts";
import type { Requester } from "./requester.ts";

/** How long TEARDOWN's reply is waited for, in ms. */
const TEARDOWN_MS = 1000;

/**
 * Offers one transport after the other, until the server takes one and it works here too.
 * @param makers make the transports, best first
 * @throws {StatusError} {@linkcode BindError} {@linkcode ProtocolError} of the last one
 */
export async function setUp(
  requester: Requester,
  track: Track,
  makers: readonly (() => MediaTransport)[],
  observer: Observer,
): Promise<MediaTransport> {
  for (const [i, make] of makers.entries()) {
    const transport = make();
    try {
      const offer: [string, string] = ["Transport", transport.offer];
      const reply = await requester.request("SETUP", track.controlUrl, [offer]);
      await transport.accept(readTransport(reply));
      return transport;
    } catch (error) {
      transport.close();
      const note = i < makers.length - 1 ? worthAnother(error, transport) : undefined;
      if (note === undefined) throw error;
      observer.note?.(note);
      await tearDown(requester, track);
    }
  }
  throw new ProtocolError("no transport to offer");
}

/** TEARDOWN as a courtesy, where there is a session. Never throws. */
export async function tearDown(requester: Requester, track: Track): Promise<void> {
  if (requester.session === undefined) return;
  try {
    const options = { timeout: TEARDOWN_MS, always: true };
    await requester.request("TEARDOWN", track.aggregateUrl, [], options);
  } catch {
    // The session ends with the connection or by its timeout.
  }
  requester.forgetSession();
}

/** What to say when the next transport shall be tried; undefined when that is no use. */
function worthAnother(error: unknown, { kind }: MediaTransport): ObservedNote | undefined {
  const next = "trying the next transport";
  if (error instanceof StatusError && error.status === STATUS.UNSUPPORTED_TRANSPORT) {
    return { code: "transport-refused", message: `The server refuses ${kind} (461); ${next}` };
  }
  if (error instanceof BindError && kind === "multicast") {
    return { code: "transport-refused", message: `${error.message}; ${next}` };
  }
  return undefined;
}

function readTransport(reply: RtspResponse): Transport {
  // Some cameras leave it out and send where they were asked to (bluenviron/gortsplib#456).
  const value = reply.headers.get("Transport") ?? "RTP/AVP";
  try {
    return parseTransport(value)[0]!;
  } catch (error) {
    throw new ProtocolError(`the server's Transport cannot be read: ${(error as Error).message}`);
  }
}
