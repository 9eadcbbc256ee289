import { type Libc, libc } from "./libc.ts";
import { findConnection } from "./socket_descriptor.ts";

/** What is written and not acknowledged (tcp(7)); the same number as `TIOCOUTQ`. */
const SIOCOUTQ = 0x5411n;
/** What is written and not sent yet. */
const SIOCOUTQNSD = 0x894bn;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** Where `tcpi_bytes_acked` stands in `struct tcp_info`, which newer systems make longer. */
const BYTES_ACKED_AT = 120;

/** What the system is asked to write into: one number, and the facts up to that one. */
const COUNT = new Int32Array(1);
const FACTS = new DataView(new ArrayBuffer(BYTES_ACKED_AT + 8));

/** What the system holds of what was written to a connection, until the peer has it. */
export class SendBuffer {
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

  /** Bytes that the peer has acknowledged since the connection was opened; undefined likewise. */
  get acknowledged(): number | undefined {
    COUNT[0] = FACTS.byteLength;
    const { library, descriptor } = this;
    const status = library.getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, FACTS, COUNT);
    const isTold = status === 0 && COUNT[0] === FACTS.byteLength;
    return isTold ? Number(FACTS.getBigUint64(BYTES_ACKED_AT, true)) : undefined;
  }

  #tell(what: bigint): number | undefined {
    return this.library.ioctl(this.descriptor, what, COUNT) === 0 ? COUNT[0] : undefined;
  }
}
