const SSRC_AT = 8;
const RTP_HEADER_BYTES = 12;
const MOST_TRIES = 100;

/** Two neighbouring UDP ports that take what is sent there, for all clients together. */
export class Sink {
  /** Packets by their SSRC. */
  readonly #counts = new Map<number, number>();
  readonly #sockets: readonly Deno.DatagramConn[];
  /** All RTP packets. */
  packets = 0;

  constructor() {
    this.#sockets = bindPair();
    this.#drain(this.#sockets[0]!, (packet) => this.#count(packet));
    this.#drain(this.#sockets[1]!, () => {});
  }

  /** The even port, where RTP comes. */
  get port(): number {
    return (this.#sockets[0]!.addr as Deno.NetAddr).port;
  }

  /** Packets of a source since it was last asked for. */
  taken(ssrc: number): number {
    const count = this.#counts.get(ssrc) ?? 0;
    this.#counts.delete(ssrc);
    return count;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #count(packet: Uint8Array): void {
    if (packet.length < RTP_HEADER_BYTES) return;
    const ssrc = new DataView(packet.buffer, packet.byteOffset).getUint32(SSRC_AT);
    this.#counts.set(ssrc, (this.#counts.get(ssrc) ?? 0) + 1);
    this.packets++;
  }

  async #drain(socket: Deno.DatagramConn, take: (packet: Uint8Array) => void): Promise<void> {
    const buffer = new Uint8Array(0x10000);
    try {
      for (;;) take((await socket.receive(buffer))[0]);
    } catch {
      // Closed.
    }
  }
}

/** @throws {Error} when no two neighbouring ports are free */
function bindPair(): Deno.DatagramConn[] {
  const bind = (port: number): Deno.DatagramConn =>
    Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const first = bind(0);
    const { port } = first.addr as Deno.NetAddr;
    try {
      if (port % 2 === 0) return [first, bind(port + 1)];
    } catch {
      // The neighbour is taken.
    }
    first.close();
  }
  throw new Error("No two neighbouring UDP ports are free");
}
