import { multicastInterfaces, type UdpAddress } from "./address.ts";
import { DatagramSocket } from "./datagram.ts";
import { BindError } from "./errors.ts";
import { type PortRange, RtpPortPair } from "./rtp_port_pair.ts";

/** The receiving end of a multicast stream. */
export interface MulticastTarget {
  /** 224.0.0.0 … 239.255.255.255 */
  group: string;
  /** Even; RTCP has the next. */
  rtpPort: number;
  /** Routers to cross plus one, 0 … 255. */
  ttl: number;
}

/** Sends RTP and RTCP to a multicast group and hears the RTCP of its members. */
export class MulticastSender {
  readonly #members: DatagramSocket;

  /** @param ports what is sent from */
  private constructor(
    readonly target: MulticastTarget,
    readonly ports: RtpPortPair,
    members: DatagramSocket,
  ) {
    this.#members = members;
  }

  /**
   * @param localAddress this machine's address on the network the members are on
   * @param range ports to send from; undefined for any that are free
   * @throws {BindError} when a port cannot be had or the network carries no multicast
   */
  static async open(
    target: MulticastTarget,
    localAddress: string,
    range?: PortRange,
  ): Promise<MulticastSender> {
    let failure: unknown;
    for (const interfaceAddress of multicastInterfaces(localAddress)) {
      try {
        return await MulticastSender.#openOn(interfaceAddress, target, range);
      } catch (error) {
        if (!(error instanceof BindError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  static async #openOn(
    interfaceAddress: string,
    target: MulticastTarget,
    range: PortRange | undefined,
  ): Promise<MulticastSender> {
    const { group, rtpPort, ttl } = target;
    const ports = RtpPortPair.open(interfaceAddress, range);
    try {
      await ports.rtp.prepareMulticast(group, interfaceAddress, ttl);
      await ports.rtcp.prepareMulticast(group, interfaceAddress, ttl);
      const members = await DatagramSocket.onGroup(group, rtpPort + 1, [interfaceAddress]);
      return new MulticastSender(target, ports, members);
    } catch (error) {
      ports.close();
      throw error;
    }
  }

  /** Calls back with all RTCP sent to the group, our own included; see `receiveAll` there. */
  receiveReports(receive: (bytes: Uint8Array, from: UdpAddress) => void): Promise<void> {
    return this.#members.receiveAll(receive);
  }

  close(): void {
    this.ports.close();
    this.#members.close();
  }
}
