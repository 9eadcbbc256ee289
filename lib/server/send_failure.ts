import { reasonOf } from "../net/errors.ts";
import type { ServerContext } from "./context.ts";

/** Who is told that a datagram did not leave. */
export interface SendFailureListener {
  /** The receiver, for people. */
  readonly peer: string;
  /** Where to, for people: `port 5000`. */
  readonly where: string;
  /** Says each kind of trouble once. */
  warn(kind: string, message: string): void;
}

/**
 * Takes note of a datagram that the system refused: it is lost, as the network loses others, and what
 * comes after it is sent all the same. Without room in the system's buffers that is nobody's fault
 * here, and counts as a limit.
 */
export function sendFailed(
  context: Pick<ServerContext, "metrics" | "limitReached">,
  error: unknown,
  { peer, where, warn }: SendFailureListener,
): void {
  context.metrics.datagramsRefused++;
  if (isOutOfBuffers(error)) context.limitReached("send-buffers", peer);
  warn("send", `cannot send to ${where}: ${reasonOf(error)}`);
}

/** Whether the system had no room for it: `ENOBUFS`, on Windows `WSAENOBUFS`, or `ENOMEM`. */
function isOutOfBuffers(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && /^ENO(BUFS|MEM)$/.test(String(error.code))) ||
    /os error (12|55|105|10055)\)|no buffer space/i.test(error.message);
}
