import { anyAddressFor, type UdpAddress } from "../../net/address.ts";
import { BindError } from "../../net/errors.ts";
import type { Segmentation } from "../../net/frame_sender.ts";
import { type PortRange, RtpPortPair } from "../../net/rtp_port_pair.ts";

/** Told of every datagram that comes to a server's RTP or RTCP port. */
export type DatagramReceiver = (
  kind: "rtp" | "rtcp",
  bytes: Uint8Array,
  from: UdpAddress,
) => void;

/**
 * The server's UDP ports: one RTP/RTCP pair per address of this machine that viewers connect to,
 * shared by them and opened when the first asks. Whose a datagram is, its sender's address tells.
 * Bound to that very address, since gortsplib, retina and firewalls take media from no other
 * address than the one they set the session up with.
 */
export class RtpPorts {
  #pairs = new Map<string, RtpPortPair>();

  constructor(
    readonly range: PortRange | undefined,
    readonly segmentation: Segmentation,
    readonly receive: DatagramReceiver,
  ) {}

  /**
   * The pair of one of this machine's addresses.
   * @throws {BindError} when none is free
   */
  pairFor(localHostname: string): RtpPortPair {
    let pair = this.#pairs.get(localHostname);
    if (pair === undefined) {
      pair = openAt(localHostname, this.range);
      pair.segmentation = this.segmentation;
      this.#pairs.set(localHostname, pair);
      this.#listen(localHostname, pair);
    }
    return pair;
  }

  /** A pair that breaks is replaced for the next viewer. */
  async #listen(localHostname: string, pair: RtpPortPair): Promise<void> {
    try {
      await pair.receiveAll(this.receive);
    } catch {
      this.#pairs.delete(localHostname);
      pair.close();
    }
  }

  close(): void {
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
  }
}

/** Not every address can be bound to as the system tells it: a link-local one lacks its zone. */
function openAt(localHostname: string, range: PortRange | undefined): RtpPortPair {
  try {
    return RtpPortPair.open(localHostname, range);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    return RtpPortPair.open(anyAddressFor(localHostname), range);
  }
}
