import { anyAddressFor, type UdpAddress } from "../../net/address.ts";
import { RtpPortPair } from "../../net/rtp_port_pair.ts";
import { Slab } from "../../net/slab.ts";
import { formatRtpPacket, RTP_VERSION } from "../../rtp/packet.ts";
import { formatCompound } from "../../rtcp/compound.ts";
import { formatTransport, type Transport } from "../../rtsp/headers/transport.ts";
import { ProtocolError } from "../errors.ts";
import type { RtspConnection } from "./connection.ts";
import type { ChannelPair } from "./interleaved_channels.ts";

/** Takes what arrives; the bytes are the receiver's own to keep. */
export interface MediaReceiver {
  /** @param age ms since it arrived; 0 if left out */
  rtp(bytes: Uint8Array, age?: number): void;
  rtcp(bytes: Uint8Array, age?: number): void;
  /** A datagram that is not from the server. */
  stray(size: number, problem: string): void;
}

/** One way for a stream's packets to come, from SETUP to the end. */
export interface MediaTransport {
  readonly kind: "udp" | "tcp" | "multicast";
  /** What SETUP offers. */
  readonly offer: string;
  /** Where media should arrive, for people. */
  readonly place: string;
  /** RTP datagrams that this machine's system threw away; undefined where that cannot be told. */
  readonly hostDrops: number | undefined;
  /**
   * Takes the server's choice and begins to receive.
   * @throws {ProtocolError} when it is not what was offered
   * @throws {BindError} when this machine cannot receive that way
   */
  accept(chosen: Transport): Promise<void> | void;
  /** Sends an RTCP packet to the server. */
  sendControl(bytes: Uint8Array): void;
  /**
   * Opens the way through address translators before media comes.
   * @param report what goes the way of RTCP; a report about nothing when left out
   */
  punch(report?: Uint8Array): void;
  close(): void;
}

const NO_BYTES = new Uint8Array(0);

/** A receiver report about nothing. @param ssrc of who reports */
export function emptyReport(ssrc: number): Uint8Array {
  return formatCompound([{ type: "RR", ssrc, reports: [] }]);
}

/** RTP and RTCP as datagrams to a pair of our ports. */
export class UdpTransport implements MediaTransport {
  readonly kind = "udp";
  readonly offer: string;
  readonly #ports: RtpPortPair;
  readonly #server: string;
  readonly #slab = new Slab();
  /** Another address that the server said it would send from. */
  #source: string | undefined;
  #serverPorts: { first: number; last: number } | undefined;

  /**
   * @param rtpPort to receive on; 0 for any even one
   * @param profile of RTP, as SETUP names it
   * @throws {BindError} when the ports are taken
   */
  constructor(
    readonly connection: RtspConnection,
    rtpPort: number,
    readonly receiver: MediaReceiver,
    profile = "AVP",
  ) {
    this.#server = connection.remoteHostname;
    const any = anyAddressFor(this.#server);
    this.#ports = rtpPort === 0 ? RtpPortPair.open(any) : RtpPortPair.at(any, rtpPort);
    this.offer = formatTransport({
      protocol: "RTP",
      profile,
      delivery: "unicast",
      clientPort: { first: this.#ports.rtp.port, last: this.#ports.rtcp.port },
    });
    // A packet may come before the reply to PLAY, and before that to SETUP for all we know.
    this.#ports.receiveAll(
      (kind, bytes, from, age) => this.#receive(kind, bytes, from, age),
      { timed: connection.options.clock.isMachines ?? false },
    ).catch(() => {});
  }

  get place(): string {
    return `UDP port ${this.#ports.rtp.port}`;
  }

  get hostDrops(): number | undefined {
    return this.#ports.rtp.dropped;
  }

  accept(chosen: Transport): void {
    if (chosen.lowerTransport?.toUpperCase() === "TCP") {
      throw new ProtocolError("SETUP asked for UDP and the server answered TCP");
    }
    if (chosen.delivery === "multicast") {
      throw new ProtocolError("SETUP asked for unicast and the server answered multicast");
    }
    this.#source = chosen.source;
    const ports = chosen.serverPort;
    if (ports === undefined || ports.first === 0) return;
    this.#serverPorts = { first: ports.first, last: ports.last ?? ports.first + 1 };
  }

  sendControl(bytes: Uint8Array): void {
    if (this.#serverPorts === undefined) return;
    const to = { hostname: this.#server, port: this.#serverPorts.last };
    this.#tap("out", "rtcp", to, bytes);
    this.#ports.rtcp.send(bytes, to).catch(() => {});
  }

  punch(report: Uint8Array = emptyReport(0)): void {
    if (this.#serverPorts === undefined) return;
    const empty = formatRtpPacket({
      version: RTP_VERSION,
      padding: 0,
      marker: false,
      payloadType: 0,
      sequence: 0,
      timestamp: 0,
      ssrc: 0,
      csrcs: [],
      payload: NO_BYTES,
    });
    const to = { hostname: this.#server, port: this.#serverPorts.first };
    this.#tap("out", "rtp", to, empty);
    this.#ports.rtp.send(empty, to).catch(() => {});
    this.sendControl(report);
  }

  close(): void {
    this.#ports.close();
  }

  /** Shows a datagram to whoever records them. */
  #tap(
    direction: "out" | "in",
    kind: "rtp" | "rtcp",
    remote: UdpAddress,
    bytes: Uint8Array,
    age = 0,
  ): void {
    const { options: { clock, observer }, localHostname } = this.connection;
    observer.datagram?.({
      time: clock.wallTime() - age,
      arrival: clock.now() - age,
      direction,
      local: { hostname: localHostname, port: this.#ports[kind].port },
      remote,
      bytes,
    });
  }

  #receive(kind: "rtp" | "rtcp", bytes: Uint8Array, from: UdpAddress, age: number): void {
    const { hostname } = from;
    if (this.connection.options.observer.datagram !== undefined) {
      this.#tap("in", kind, from, bytes, age);
    }
    if (hostname === this.#server || hostname === this.#source) {
      return this.receiver[kind](this.#slab.keep(bytes), age);
    }
    this.receiver.stray(bytes.length, `It came from ${from.hostname} and not from the server`);
  }
}

/** RTP and RTCP as blocks in the RTSP connection (RFC 2326, section 10.12). */
export class InterleavedTransport implements MediaTransport {
  readonly kind = "tcp";
  readonly offer: string;
  readonly place = "the RTSP connection";
  readonly hostDrops = undefined;
  #channels: ChannelPair;

  /**
   * @param index which of the session's streams it is, from 0
   * @param profile of RTP, as SETUP names it
   */
  constructor(
    readonly connection: RtspConnection,
    readonly receiver: MediaReceiver,
    index = 0,
    profile = "AVP",
  ) {
    this.#channels = { first: 2 * index, last: 2 * index + 1 };
    const { first, last } = this.#channels;
    this.offer = `RTP/${profile}/TCP;unicast;interleaved=${first}-${last}`;
    connection.channels.expect(this.#channels, receiver);
  }

  accept(chosen: Transport): void {
    if (chosen.lowerTransport?.toUpperCase() === "UDP") {
      throw new ProtocolError("SETUP asked for TCP and the server answered UDP");
    }
    // The server may renumber: gst-rtsp-server gives 2-3 for 0-1 asked twice.
    const { first, last = first + 1 } = chosen.interleaved ?? this.#channels;
    this.#channels = { first, last };
    this.connection.channels.assign(this.#channels, this.receiver);
  }

  sendControl(bytes: Uint8Array): void {
    this.connection.sendInterleaved(this.#channels.last, bytes);
  }

  punch(): void {}

  close(): void {
    this.connection.channels.release(this.receiver);
  }
}
