import { multicastInterfaces } from "../../lib/net/address.ts";
import { DatagramSocket } from "../../lib/net/datagram.ts";
import { BindError } from "../../lib/net/errors.ts";
import { MulticastSender, type MulticastTarget } from "../../lib/net/multicast_sender.ts";
import { parseCompound } from "../../lib/rtcp/compound.ts";
import type { RtcpPacket } from "../../lib/rtcp/packet.ts";
import { parseRtpPacket, type RtpPacket } from "../../lib/rtp/packet.ts";
import { Waiters } from "./wait.ts";

/** A multicast group of a test's own, whose datagrams do not leave this machine. */
export function testGroup(): Required<MulticastTarget> {
  const [a = 0, b = 0, c = 0, d = 0] = crypto.getRandomValues(new Uint8Array(4));
  return { group: `239.255.${a}.${b}`, rtpPort: 20_000 + 2 * ((c << 4) + (d >> 4)), ttl: 0 };
}

/** Why no test of multicast can run here; undefined when they can. */
export async function whyNoMulticast(): Promise<string | undefined> {
  const target = testGroup();
  try {
    const sender = await MulticastSender.open(target, "127.0.0.1");
    sender.close();
    return undefined;
  } catch (error) {
    if (error instanceof BindError) return error.message;
    throw error;
  }
}

/** A member of a group on this machine that keeps what comes to it. */
export class GroupReceiver {
  readonly rtpDatagrams: Uint8Array[] = [];
  readonly rtcpDatagrams: Uint8Array[] = [];
  readonly #waiters = new Waiters();
  readonly #receiving: Promise<unknown>;

  private constructor(readonly rtpSocket: DatagramSocket, readonly rtcpSocket: DatagramSocket) {
    this.#receiving = Promise.all([
      this.#keep(rtpSocket, this.rtpDatagrams),
      this.#keep(rtcpSocket, this.rtcpDatagrams),
    ]);
  }

  static async join({ group, rtpPort }: MulticastTarget): Promise<GroupReceiver> {
    const interfaces = multicastInterfaces("127.0.0.1");
    const rtp = await DatagramSocket.onGroup(group, rtpPort, interfaces);
    return new GroupReceiver(rtp, await DatagramSocket.onGroup(group, rtpPort + 1, interfaces));
  }

  /** All RTP packets so far, once the last ones of `count` frames are there. */
  async frames(count: number): Promise<RtpPacket[]> {
    const packets = (): RtpPacket[] => this.rtpDatagrams.map((bytes) => parseRtpPacket(bytes));
    await this.#waiters.until(`${count} frames`, () => {
      return packets().filter(({ marker }) => marker).length >= count || undefined;
    });
    return packets();
  }

  /** All RTCP packets of the compound ones so far, once there is one of a type. */
  async rtcpWith(type: RtcpPacket["type"]): Promise<RtcpPacket[]> {
    const packets = (): RtcpPacket[] => this.rtcpDatagrams.flatMap((bytes) => parseCompound(bytes));
    await this.#waiters.until(type, () => {
      return packets().some((packet) => packet.type === type) || undefined;
    });
    return packets();
  }

  async close(): Promise<void> {
    this.rtpSocket.close();
    this.rtcpSocket.close();
    await this.#receiving;
  }

  async #keep(socket: DatagramSocket, datagrams: Uint8Array[]): Promise<void> {
    await socket.receiveAll((bytes) => {
      datagrams.push(bytes.slice());
      this.#waiters.notify();
    });
  }
}
