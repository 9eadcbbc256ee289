// The one file that touches Deno's unstable datagram API.
import { hostPort, isIpv6, plainAddress, type UdpAddress } from "./address.ts";
import { BindError, reasonOf } from "./errors.ts";
import type { SocketRoom } from "./native/event_loop.ts";
import { NativeReception, type Receive } from "./native/native_reception.ts";

/** The largest UDP payload over IPv4: 65,535 less the IP and UDP headers (RFC 768, RFC 791). */
export const MAX_DATAGRAM = 65507;

/** How a socket is bound. */
export interface DatagramSocketOptions {
  /** Whether others on this machine may bind the same port, as the members of one group do. */
  shared?: boolean;
}

/** A bound UDP socket. */
export class DatagramSocket {
  #connection: Deno.DatagramConn;
  #closed = false;
  #lastSent: Promise<unknown> = Promise.resolve();
  #sending = 0;
  #native: NativeReception | undefined;
  #dropped: number | undefined;
  /** Set where the socket is written to past Deno. */
  #room: SocketRoom | undefined;
  readonly #settled = (): void => {
    if (--this.#sending === 0) this.#room?.ignore();
  };

  /**
   * @param hostname an address of this machine, `0.0.0.0` or `::` for all
   * @param port 0 for any free one
   * @throws {BindError} when the port or address cannot be had
   */
  constructor(hostname: string, port: number, { shared = false }: DatagramSocketOptions = {}) {
    try {
      const address = { transport: "udp" as const, hostname, port };
      this.#connection = Deno.listenDatagram({ ...address, reuseAddress: shared });
    } catch (error) {
      throw new BindError(
        `cannot bind UDP port ${hostPort(hostname, port)}: ${
          reasonOf(error)
        } (try another port, or 0 for any free one)`,
        { cause: error },
      );
    }
  }

  /**
   * A socket that hears an IPv4 multicast group, also beside other members on this machine.
   * @param port the group's port
   * @param interfaceAddresses this machine's addresses on the networks to hear, `0.0.0.0` for the one
   * that the system's routes choose; those that carry no multicast are passed over
   * @throws {BindError} when the port cannot be had or none of the networks carries multicast
   */
  static async onGroup(
    group: string,
    port: number,
    interfaceAddresses: string[],
  ): Promise<DatagramSocket> {
    // Bound to the group, other groups on the same port are not heard; Windows cannot do that.
    const hostname = Deno.build.os === "windows" ? "0.0.0.0" : group;
    const socket = new DatagramSocket(hostname, port, { shared: true });
    const joined = await Promise.allSettled(
      interfaceAddresses.map((address) => socket.#connection.joinMulticastV4(group, address)),
    );
    const failure = joined.find((each) => each.status === "rejected");
    if (failure === undefined || joined.some((each) => each.status === "fulfilled")) return socket;
    socket.close();
    throw groupError("join", group, failure.reason);
  }

  /**
   * Sets how far what is sent to a group goes, and lets members on this machine hear it too. On Linux
   * the address a socket is bound to chooses the network; on other systems the routes do.
   * @param ttl routers to cross plus one, 0 … 255
   * @param interfaceAddress one of those of {@linkcode onGroup}
   * @throws {BindError} when the network carries no multicast
   */
  async prepareMulticast(group: string, interfaceAddress: string, ttl: number): Promise<void> {
    try {
      // Only a member can set these. They stay with the socket when it leaves the group again.
      const membership = await this.#connection.joinMulticastV4(group, interfaceAddress);
      await membership.setTTL(ttl);
      await membership.setLoopback(true);
      await membership.leave();
    } catch (error) {
      throw groupError("send to", group, error);
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  get port(): number {
    return this.#address.port;
  }

  /**
   * Datagrams that came here while the socket received and were thrown away by the system, as nobody
   * had taken those before them in time; undefined where the system does not tell.
   */
  get dropped(): number | undefined {
    return this.#closed ? this.#dropped : this.#native?.dropped;
  }

  /** Says that it is written to past Deno, which is to look for room only while it sends itself. */
  writePast(room: SocketRoom | undefined): void {
    this.#room = room;
    if (this.#sending === 0) room?.ignore();
  }

  /**
   * Sends one datagram, behind those given before. The bytes must stay as they are until the promise
   * is settled.
   * @throws when the system refuses it: too long, no route, buffers full
   */
  send(bytes: Uint8Array, to: UdpAddress): Promise<unknown> {
    const address = { transport: "udp" as const, hostname: to.hostname, port: to.port };
    if (this.#sending === 0) this.#room?.heed();
    // Several that wait at once for a socket to take them leave in reverse, as Deno wakes them.
    const sent = this.#sending === 0
      ? this.#connection.send(bytes, address)
      : this.#lastSent.then(() => this.#connection.send(bytes, address));
    this.#sending++;
    this.#lastSent = sent.then(this.#settled, this.#settled);
    return sent;
  }

  /**
   * Calls `receive` with every datagram until the socket is closed. The bytes lie in a buffer that
   * the next datagram overwrites: keep a copy.
   * @param timed whether to tell how long a datagram waited in the socket, where the system does
   */
  async receiveAll(receive: Receive, { timed = false } = {}): Promise<void> {
    const reception = this.#native = NativeReception.of(this.port, timed);
    // Addresses of the other family are Deno's to read.
    const native = isIpv6(this.#address.hostname) ? undefined : reception;
    const isOpen = (): boolean => !this.#closed;
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
      const sender = { hostname: plainAddress(from.hostname), port: from.port };
      receive(received[0], sender, this.#closed ? 0 : reception?.ageOfLast ?? 0);
      if (isOpen()) native?.drain(receive, isOpen);
    }
  }

  /** Ends receiving. What was given to be sent still leaves, a BYE above all. */
  close(): void {
    if (this.#closed) return;
    this.#dropped = this.#native?.dropped;
    this.#closed = true;
    // By its number it would be another socket's, soon.
    this.#room = undefined;
    this.#closeWhenSent();
  }

  async #closeWhenSent(): Promise<void> {
    while (this.#sending > 0) await this.#lastSent;
    this.#connection.close();
  }

  get #address(): Deno.NetAddr {
    return this.#connection.addr as Deno.NetAddr;
  }
}

function groupError(what: string, group: string, error: unknown): BindError {
  return new BindError(
    `cannot ${what} the multicast group ${group}: ${
      reasonOf(error)
    } (does this network carry multicast?)`,
    { cause: error },
  );
}
