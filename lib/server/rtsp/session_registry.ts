import type { UdpAddress } from "../../net/address.ts";
import type { SessionPlace } from "../session_place.ts";
import type { RtspSession } from "./session.ts";

/**
 * The RTSP sessions of a server, by identifier and by the address their receiver reports come from.
 * A session over UDP outlives the connection it was made on (RFC 2326, section 1.1).
 */
export class SessionRegistry {
  #byId = new Map<string, RtspSession>();
  #places = new Map<RtspSession, SessionPlace>();
  #byAddress = new Map<string, RtspSession>();
  #addresses = new Map<RtspSession, string[]>();

  /** @param place given back when the session is removed */
  add(session: RtspSession, place: SessionPlace): void {
    this.#byId.set(session.id, session);
    this.#places.set(session, place);
  }

  get(id: string): RtspSession | undefined {
    return this.#byId.get(id);
  }

  /** Every session there is. */
  all(): IterableIterator<RtspSession> {
    return this.#byId.values();
  }

  /** Lets datagrams from these addresses count as the session's, and from no others. */
  route(session: RtspSession, addresses: UdpAddress[]): void {
    this.#forgetAddresses(session);
    const keys = addresses.map(keyOf);
    for (const key of keys) this.#byAddress.set(key, session);
    this.#addresses.set(session, keys);
  }

  /** Forgets a session, however it ended, if it was there. */
  remove(session: RtspSession): void {
    this.#forgetAddresses(session);
    this.#byId.delete(session.id);
    this.#places.get(session)?.giveBack();
    this.#places.delete(session);
  }

  /** Hands a datagram to the session it belongs to; strays and hole punches are nobody's. */
  receiveDatagram(kind: "rtp" | "rtcp", bytes: Uint8Array, from: UdpAddress): void {
    const session = this.#byAddress.get(keyOf(from));
    if (session === undefined) return;
    if (kind === "rtcp") session.receiveControl(bytes);
  }

  #forgetAddresses(session: RtspSession): void {
    for (const key of this.#addresses.get(session) ?? []) {
      // A client whose session was lost may have set up another on the same ports.
      if (this.#byAddress.get(key) === session) this.#byAddress.delete(key);
    }
    this.#addresses.delete(session);
  }

  /** Ends all of them, each with a BYE, also over TCP: no reply will come before that. */
  closeAll(reason: string): void {
    for (const session of [...this.#byId.values()]) session.close(reason, reason);
  }
}

function keyOf({ hostname, port }: UdpAddress): string {
  return `${hostname} ${port}`;
}
