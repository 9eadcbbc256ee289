import { closeQuietly, listenTls, type TlsCertificate } from "./tcp.ts";

/** What accepts connections. */
export interface Listener {
  readonly addr: Deno.NetAddr;
  accept(): Promise<Deno.TcpConn | Deno.TlsConn>;
  close(): void;
}

/**
 * Accepts connections over TLS with a certificate that can be replaced: connections keep the one they
 * began with, those that come later get the new one.
 */
export class RenewableListener implements Listener {
  #current: Deno.TlsListener;
  #closed = false;

  /**
   * @param hostname an address of this machine; undefined for all
   * @param port 0 for any free one
   * @throws {BindError} when the port cannot be had
   * @throws {OwnCertificateError} when certificate and key are not what they should be
   */
  constructor(readonly hostname: string | undefined, port: number, certificate: TlsCertificate) {
    this.#current = listenTls(hostname, port, certificate, { shared: CAN_SHARE });
  }

  get addr(): Deno.NetAddr {
    return this.#current.addr as Deno.NetAddr;
  }

  /**
   * Takes another certificate from now on. The system deals out what comes in this turn of the event
   * loop among both listeners, and resets what the one before had not accepted yet.
   * @throws {OwnCertificateError} when it is not what it should be; where the port can be shared, the one before
   * stays in use
   */
  renew(certificate: TlsCertificate): void {
    if (this.#closed) return;
    const before = this.#current;
    const { port } = this.addr;
    if (!CAN_SHARE) closeQuietly(before);
    this.#current = listenTls(this.hostname, port, certificate, { shared: CAN_SHARE });
    closeQuietly(before);
  }

  async accept(): Promise<Deno.TlsConn> {
    for (;;) {
      const listener = this.#current;
      try {
        return await listener.accept();
      } catch (error) {
        // That listener was closed, and another has taken its place.
        if (this.#closed || listener === this.#current) throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    closeQuietly(this.#current);
  }
}

/** Whether two listeners can have one port, so that none is missed between them. */
const CAN_SHARE = Deno.build.os === "linux";
