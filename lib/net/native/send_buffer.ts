import { type Libc, libc } from "./libc.ts";
import { findConnection } from "./socket_descriptor.ts";

/** What is written and not acknowledged (tcp(7)); the same number as `TIOCOUTQ`. */
const SIOCOUTQ = 0x5411n;
/** What is written and not sent yet. */
const SIOCOUTQNSD = 0x894bn;

/** What the system holds of what was written to a connection, until the peer has it. */
export class SendBuffer {
  readonly #count = new Int32Array(1);

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
    return this.#tell(SIOCOUTQ);
  }

  /** Bytes of those that are not on their way yet; undefined likewise. */
  get unsent(): number | undefined {
    return this.#tell(SIOCOUTQNSD);
  }

  #tell(what: bigint): number | undefined {
    return this.library.ioctl(this.descriptor, what, this.#count) === 0
      ? this.#count[0]
      : undefined;
  }
}
