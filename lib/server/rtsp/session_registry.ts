import type { UdpAddress } from "../../net/address.ts";
import type { RtspSession } from "./session.ts";

/**
 * The RTSP sessions of a server, by identifier and by the address their receiver reports come from.
 * A session over UDP outlives the connection it was made on (RFC 2326, section 1.1).
 */
export class SessionRegistry {
  #byId = new Map<string, RtspSession>();
  #byAddress = new Map<string, RtspSession>();

  get size(): number {
    return this.#byId.size;
  }

  add(session: RtspSession): void {
    this.#byId.set(session.id, session);
  }

  get(id: string): RtspSession | undefined {
    return this.#byId.get(id);
  }

  /** Every session there is. */
  all(): IterableIterator<RtspSession> {
    return this.#byId.values();
  }

  /** Lets datagrams from an address count as the session's. */
  route(address: UdpAddress, session: RtspSession): void {
    this.#byAddress.set(keyOf(address), session);
  }

  /** Forgets a session, however it ended. */
  remove(session: RtspSession): void {
    this.#byId.delete(session.id);
    for (const [key, other] of this.#byAddress) {
      if (other === session) this.#byAddress.delete(key);
    }
  }

  /** Hands a datagram to the session it belongs to; strays and hole punches are nobody's. */
  receiveDatagram(kind: "rtp" | "rtcp", bytes: Uint8Array, from: UdpAddress): void {
    const session = this.#byAddress.get(keyOf(from));
    if (session === undefined) return;
    if (kind === "rtcp") session.receiveControl(bytes);
  }

  closeAll(reason: string): void {
    for (const session of [...this.#byId.values()]) session.close(reason);
  }
}

function keyOf({ hostname, port }: UdpAddress): string {
  return `${hostname} ${port}`;
}
