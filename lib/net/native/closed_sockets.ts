import type { Clock, Timer } from "../clock.ts";
import { type Libc, libc } from "./libc.ts";
import {
  canonicalAddress,
  type ConnectionEnds,
  SOCKET_TYPE,
  socketEnds,
} from "./socket_descriptor.ts";

/** How long a connection that was closed may take to end by itself, in ms. */
const POLITE_MS = 2000;

/** `SHUT_RDWR` (shutdown(2)). */
const SHUT_BOTH = 2;

/**
 * Sees to it that closed TLS connections are gone. Deno ends them politely: what was written, and
 * that it is the end, waits for a peer to read it, and a handshake that was begun for its end; a peer
 * who wants to holds a descriptor that way for as long as it likes. Here such a connection is cut off
 * after two seconds, by the system's own means; where there are none, nothing is done.
 */
export class ClosedSockets {
  /** When they were closed, by their ends; the earliest first. */
  readonly #closed = new Map<string, number>();
  #timer: Timer | undefined;
  #over = false;

  constructor(readonly clock: Clock, readonly library: Libc | undefined = libc()) {}

  /** This connection has just been closed. */
  add({ localAddr, remoteAddr }: ConnectionEnds): void {
    if (this.library === undefined || this.#over) return;
    if (localAddr.transport !== "tcp" || remoteAddr.transport !== "tcp") return;
    const { hostname, port } = remoteAddr;
    const key = keyOf({ localPort: localAddr.port, hostname, port });
    this.#closed.delete(key);
    this.#closed.set(key, this.clock.now());
    this.#timer ??= this.clock.setTimer(POLITE_MS, () => this.#sweep());
  }

  /** Looks after none any more. */
  close(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#closed.clear();
  }

  /** Cuts off what had its time. One look at all descriptors serves any number of connections. */
  #sweep(): void {
    this.#timer = undefined;
    const due = this.#takeDue();
    const library = this.library!;
    for (const { descriptor, ...ends } of socketEnds(library, SOCKET_TYPE.stream)) {
      if (due.has(keyOf(ends))) library.shutdown(descriptor, SHUT_BOTH);
    }
    if (this.#closed.size > 0) {
      this.#timer = this.clock.setTimer(POLITE_MS, () => this.#sweep());
    }
  }

  #takeDue(): Set<string> {
    const due = new Set<string>();
    const before = this.clock.now() - POLITE_MS;
    for (const [key, closedAt] of this.#closed) {
      if (closedAt > before) break;
      due.add(key);
      this.#closed.delete(key);
    }
    return due;
  }
}

/** What tells a connection from all others that are open. */
function keyOf(
  { localPort, hostname, port }: { localPort: number; hostname: string; port: number },
): string {
  return `${localPort} ${canonicalAddress(hostname)} ${port}`;
}
