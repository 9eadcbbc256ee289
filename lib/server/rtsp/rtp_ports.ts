import { anyAddressFor, isIpv6, type UdpAddress } from "../../net/address.ts";
import { type PortRange, RtpPortPair } from "../../net/rtp_port_pair.ts";

/** Told of every datagram that comes to a server's RTP or RTCP port. */
export type DatagramReceiver = (
  kind: "rtp" | "rtcp",
  bytes: Uint8Array,
  from: UdpAddress,
) => void;

/**
 * The server's UDP ports: one RTP/RTCP pair per address family, shared by all viewers and opened
 * when the first of them asks. Whose a datagram is, its sender's address tells.
 */
export class RtpPorts {
  #pairs = new Map<"IPv4" | "IPv6", RtpPortPair>();

  constructor(readonly range: PortRange | undefined, readonly receive: DatagramReceiver) {}

  /**
   * The pair from which `hostname` is reached.
   * @throws {BindError} when none is free
   */
  pairFor(hostname: string): RtpPortPair {
    const family = isIpv6(hostname) ? "IPv6" : "IPv4";
    let pair = this.#pairs.get(family);
    if (pair === undefined) {
      pair = RtpPortPair.open(anyAddressFor(hostname), this.range);
      this.#pairs.set(family, pair);
      this.#listen(family, pair);
    }
    return pair;
  }

  /** A pair that breaks is replaced for the next viewer. */
  async #listen(family: "IPv4" | "IPv6", pair: RtpPortPair): Promise<void> {
    try {
      await pair.receiveAll(this.receive);
    } catch {
      this.#pairs.delete(family);
      pair.close();
    }
  }

  close(): void {
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
  }
}
