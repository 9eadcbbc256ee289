import { type Libc, libc } from "./libc.ts";
import { findConnection } from "./socket_descriptor.ts";

const IPPROTO_TCP = 6;
/** How much that is not yet on its way a connection takes before it is full (tcp(7)). */
const TCP_NOTSENT_LOWAT = 25;
/** What is written and not acknowledged (tcp(7)); the same number as `TIOCOUTQ`. */
const SIOCOUTQ = 0x5411n;

/** With less, a line of some speed would be idle until this program has more for it. */
const SHORTEST_BYTES = 16 * 1024;

/** What the system holds of what was written to a connection, until the peer has it. */
export class SendBuffer {
  /** As short as it is kept, in bytes; 0 while it is as the system likes. */
  #kept = 0;

  private constructor(readonly library: Libc, readonly descriptor: number) {}

  /** That of an open connection; undefined where the system does not tell. */
  static of(connection: Deno.Conn): SendBuffer | undefined {
    const library = libc();
    const descriptor = library && findConnection(library, connection);
    return descriptor && library ? new SendBuffer(library, descriptor) : undefined;
  }

  /**
   * Bytes that the peer has not acknowledged, 0 or more; undefined when the connection is broken. A peer
   * that does not read acknowledges no more than it has room for.
   */
  get unacknowledged(): number | undefined {
    const count = new Int32Array(1);
    return this.library.ioctl(this.descriptor, SIOCOUTQ, count) === 0 ? count[0] : undefined;
  }

  /**
   * Lets the system hold little beside what is on its way: it holds megabytes otherwise where a line
   * was once fast, and who reads slowly gets all of that first. More than before is possible, not less.
   * @param bytes to be held at most; it takes more once half of them are on their way
   */
  keepShort(bytes: number): void {
    if (bytes <= this.#kept) return;
    this.#kept = Math.max(bytes, SHORTEST_BYTES);
    const value = Int32Array.of(this.#kept);
    const { setsockopt } = this.library;
    setsockopt(this.descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, value, value.byteLength);
  }
}
