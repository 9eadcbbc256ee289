import { anyAddressFor, isIpv6, type UdpAddress } from "../net/address.ts";
import { DatagramSocket } from "../net/datagram.ts";
import { reasonOf } from "../net/errors.ts";
import { LabPacketizer } from "../stream/lab_payload.ts";
import type { ServerOptions } from "./options.ts";
import { Scheduler } from "./scheduler.ts";

/** Sends datagrams to many viewers from one socket per address family, opened when first needed. */
export class DatagramFan {
  #sockets = new Map<"IPv4" | "IPv6", DatagramSocket>();

  /** @param failed told why the system refused one; sending to the others goes on */
  send(bytes: Uint8Array, to: UdpAddress, failed: (reason: string) => void): void {
    this.#socketFor(to.hostname).send(bytes, to).catch((error) => failed(reasonOf(error)));
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #socketFor(hostname: string): DatagramSocket {
    const family = isIpv6(hostname) ? "IPv6" : "IPv4";
    let socket = this.#sockets.get(family);
    if (socket === undefined) {
      socket = new DatagramSocket(anyAddressFor(hostname), 0);
      this.#sockets.set(family, socket);
    }
    return socket;
  }
}

/** What every conversation of one server shares. */
export class ServerContext {
  readonly scheduler: Scheduler;
  readonly datagrams = new DatagramFan();
  readonly labPacketizer = new LabPacketizer();
  /** Sessions of both dialects, counted against the limit. */
  sessionCount = 0;

  constructor(readonly options: ServerOptions) {
    this.scheduler = new Scheduler(options.clock);
  }

  /** A random decimal number of exactly `digits` digits, at most 9. */
  randomDigits(digits: number): string {
    const least = 10 ** (digits - 1);
    const bytes = this.options.randomBytes(8);
    const random = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    return String(least + Number(random % BigInt(9 * least)));
  }
}
