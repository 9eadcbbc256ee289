import { reasonOf } from "../net/errors.ts";
import type { SendTrouble } from "../net/frame_sender.ts";
import type { ServerContext } from "./context.ts";

/** A session or a group whose datagrams may not leave. */
export interface Troubled {
  /** Says each kind of trouble once. */
  warn(kind: string, message: string): void;
}

/**
 * Takes note of datagrams that the system refused: they are lost, as the network loses others, and what
 * comes after them is sent all the same. Without room in the system's buffers that is nobody's fault
 * here, and counts as a limit; so do frames that are left out because too much waits before them.
 */
export class ReceiverTrouble implements SendTrouble {
  /**
   * @param peer the receiver, for people
   * @param where to, for people: `port 5000`
   */
  constructor(
    readonly context: Pick<ServerContext, "metrics" | "limitReached">,
    readonly troubled: Troubled,
    readonly peer: string,
    readonly where: string,
  ) {}

  failed(error: unknown): void {
    this.context.metrics.datagramsRefused++;
    if (isOutOfBuffers(error)) this.context.limitReached("send-buffers", this.peer);
    this.troubled.warn("send", `cannot send to ${this.where}: ${reasonOf(error)}`);
  }

  declined(): void {
    this.context.limitReached("queued-bytes", this.peer);
  }
}

/** Whether the system had no room for it: `ENOBUFS`, on Windows `WSAENOBUFS`, or `ENOMEM`. */
function isOutOfBuffers(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && /^ENO(BUFS|MEM)$/.test(String(error.code))) ||
    /os error (12|55|105|10055)\)|no buffer space/i.test(error.message);
}
