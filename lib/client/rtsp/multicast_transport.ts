import {
  hostPort,
  isMulticastV4,
  multicastInterfaces,
  type UdpAddress,
} from "../../net/address.ts";
import { DatagramSocket } from "../../net/datagram.ts";
import { BindError } from "../../net/errors.ts";
import type { MulticastTarget } from "../../net/multicast_sender.ts";
import { Slab } from "../../net/slab.ts";
import type { Transport } from "../../rtsp/headers/transport.ts";
import { ProtocolError } from "../errors.ts";
import type { RtspConnection } from "./connection.ts";
import type { Group } from "./description.ts";
import type { MediaReceiver, MediaTransport } from "./media_transport.ts";

/** Stays on the local network (RFC 1112, section 6.1). */
const DEFAULT_TTL = 1;

/**
 * RTP and RTCP as datagrams to a group that the server names (RFC 2326, section 12.39). Whoever
 * sends to the group is heard: its sender may have another address there than for RTSP.
 */
export class MulticastTransport implements MediaTransport {
  readonly kind = "multicast";
  readonly offer: string;
  readonly #slab = new Slab();
  #rtp: DatagramSocket | undefined;
  #rtcp: DatagramSocket | undefined;
  /** What we send from, as far as the server sends. */
  #reports: DatagramSocket | undefined;
  #target: MulticastTarget | undefined;

  /**
   * @param described the group that the description names, for replies that name none
   * @param profile of RTP, as SETUP names it
   */
  constructor(
    readonly connection: RtspConnection,
    readonly described: Group | undefined,
    readonly receiver: MediaReceiver,
    profile = "AVP",
  ) {
    this.offer = `RTP/${profile};multicast`;
  }

  get place(): string {
    if (this.#target === undefined) return "the multicast group";
    return `the multicast group ${hostPort(this.#target.group, this.#target.rtpPort)}`;
  }

  get hostDrops(): number | undefined {
    return this.#rtp?.dropped;
  }

  async accept(chosen: Transport): Promise<void> {
    if (chosen.lowerTransport?.toUpperCase() === "TCP" || chosen.delivery === "unicast") {
      throw new ProtocolError("SETUP asked for multicast and the server answered unicast");
    }
    const group = chosen.destination || this.described?.address;
    const rtpPort = chosen.port?.first ?? this.described?.port ?? 0;
    if (group === undefined || !isMulticastV4(group) || rtpPort === 0) {
      throw new ProtocolError("the server's Transport names no IPv4 multicast group and port");
    }
    const ttl = chosen.ttl ?? this.described?.ttl ?? DEFAULT_TTL;
    this.#target = { group, rtpPort, ttl };
    await this.#join(this.#target, chosen.port?.last ?? rtpPort + 1);
  }

  sendControl(bytes: Uint8Array): void {
    if (this.#rtcp === undefined || this.#target === undefined) return;
    const to = { hostname: this.#target.group, port: this.#rtcp.port };
    if (this.#reports === undefined) return;
    const { localHostname } = this.connection;
    this.#tap("out", { hostname: localHostname, port: this.#reports.port }, to, bytes);
    this.#reports.send(bytes, to).catch(() => {});
  }

  punch(): void {}

  /** The system leaves a group with its last socket there. */
  close(): void {
    this.#rtp?.close();
    this.#rtcp?.close();
    this.#reports?.close();
  }

  /** Joins where the server was reached. @throws {BindError} when that carries no multicast */
  async #join({ group, rtpPort, ttl }: MulticastTarget, rtcpPort: number): Promise<void> {
    const interfaces = multicastInterfaces(this.connection.localHostname);
    this.#rtp = await DatagramSocket.onGroup(group, rtpPort, interfaces);
    this.#rtcp = await DatagramSocket.onGroup(group, rtcpPort, interfaces);
    this.#reports = await senderTo(group, ttl, interfaces);
    this.#receive(this.#rtp, "rtp");
    this.#receive(this.#rtcp, "rtcp");
  }

  /** Shows a datagram to whoever records them. */
  #tap(
    direction: "out" | "in",
    local: UdpAddress,
    remote: UdpAddress,
    bytes: Uint8Array,
    age = 0,
  ): void {
    const { clock, observer } = this.connection.options;
    observer.datagram?.({
      time: clock.wallTime() - age,
      arrival: clock.now() - age,
      direction,
      local,
      remote,
      bytes,
    });
  }

  #receive(socket: DatagramSocket, kind: "rtp" | "rtcp"): void {
    const take = (bytes: Uint8Array, from: UdpAddress, age: number): void => {
      this.#tap("in", { hostname: this.#target!.group, port: socket.port }, from, bytes, age);
      this.receiver[kind](this.#slab.keep(bytes), age);
    };
    const timed = this.connection.options.clock.isMachines ?? false;
    socket.receiveAll(take, { timed }).catch(() => {});
  }
}

/** A socket to send to the group from, by the first network that lets us; undefined for none. */
async function senderTo(
  group: string,
  ttl: number,
  interfaces: string[],
): Promise<DatagramSocket | undefined> {
  for (const interfaceAddress of interfaces) {
    const socket = new DatagramSocket(interfaceAddress, 0);
    try {
      await socket.prepareMulticast(group, interfaceAddress, ttl);
      return socket;
    } catch (error) {
      socket.close();
      if (!(error instanceof BindError)) throw error;
    }
  }
  return undefined;
}
