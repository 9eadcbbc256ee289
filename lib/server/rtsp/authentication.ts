import { sleep } from "../../net/clock.ts";
import type { RtspRequest } from "../../rtsp/message.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import type { Principal } from "../authenticator.ts";
import type { PeerConnection } from "../connection.ts";
import { type Answer, answer } from "./exchange.ts";

/**
 * Who sent a request, or the 401 where it has to say so, and has not or not rightly; undefined where
 * it need not.
 *
 * OPTIONS outside a session is answered to everyone (RFC 2326, section 10.1): it tells nothing but
 * the methods, is what clients and monitors open with, and some give up when it fails. In a session
 * it keeps that alive, and so needs credentials like everything else.
 */
export async function authenticate(
  { method, headers }: RtspRequest,
  connection: PeerConnection,
): Promise<Principal | Answer | undefined> {
  const { context, hostname, encrypted } = connection;
  const { authenticator, clock, onEvent } = context.options;
  if (authenticator === undefined) return undefined;
  if (method === "OPTIONS" && !headers.has("Session")) return undefined;
  const authorization = headers.get("Authorization");
  const verdict = authenticator.check({ method, authorization, encrypted, hostname });
  if (verdict.allowed) return verdict.user;
  const { challenges, delayMs, failure, retryAfterMs } = verdict;
  if (retryAfterMs !== undefined) {
    connection.limitReached("failed-logins");
    const seconds = Math.ceil(retryAfterMs / 1000);
    return answer(STATUS.SERVICE_UNAVAILABLE, [["Retry-After", String(seconds)]]);
  }
  if (failure !== undefined) {
    context.metrics.authFailures++;
    const message = `${method} refused: ${failure}`;
    onEvent({ event: "error", peer: connection.address, message });
  }
  // A server that stops answers at once.
  if (delayMs > 0) await sleep(clock, delayMs, context.stopping).catch(() => {});
  return answer(STATUS.UNAUTHORIZED, challenges.map((value) => ["WWW-Authenticate", value]));
}
