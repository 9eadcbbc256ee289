// The one file that touches Deno's unstable datagram API.
import { hostPort, plainAddress, type UdpAddress } from "./address.ts";
import { BindError, reasonOf } from "./errors.ts";

/** The largest UDP payload over IPv4: 65,535 less the IP and UDP headers (RFC 768, RFC 791). */
export const MAX_DATAGRAM = 65507;

/** A bound UDP socket. */
export class DatagramSocket {
  #connection: Deno.DatagramConn;
  #closed = false;

  /**
   * @param hostname an address of this machine, `0.0.0.0` or `::` for all
   * @param port 0 for any free one
   * @throws {BindError} when the port or address cannot be had
   */
  constructor(hostname: string, port: number) {
    try {
      this.#connection = Deno.listenDatagram({ transport: "udp", hostname, port });
    } catch (error) {
      throw new BindError(
        `cannot bind UDP port ${hostPort(hostname, port)}: ${
          reasonOf(error)
        } (try another port, or 0 for any free one)`,
        { cause: error },
      );
    }
  }

  get port(): number {
    return (this.#connection.addr as Deno.NetAddr).port;
  }

  /**
   * Sends one datagram. The bytes must stay as they are until the promise is settled.
   * @throws when the system refuses it: too long, no route, buffers full
   */
  async send(bytes: Uint8Array, to: UdpAddress): Promise<void> {
    await this.#connection.send(bytes, { transport: "udp", ...to });
  }

  /**
   * Calls `receive` with every datagram until the socket is closed. The bytes lie in a buffer that
   * the next datagram overwrites: keep a copy.
   */
  async receiveAll(receive: (bytes: Uint8Array, from: UdpAddress) => void): Promise<void> {
    const buffer = new Uint8Array(65536);
    while (!this.#closed) {
      let received: [Uint8Array, Deno.Addr];
      try {
        received = await this.#connection.receive(buffer);
      } catch (error) {
        if (this.#closed) return;
        // The echo of an earlier send that nobody listened to; the socket itself is well.
        if (error instanceof Deno.errors.ConnectionRefused) continue;
        if (error instanceof Deno.errors.ConnectionReset) continue;
        throw error;
      }
      const from = received[1] as Deno.NetAddr;
      receive(received[0], { hostname: plainAddress(from.hostname), port: from.port });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }
}
