import { anyAddressFor, type UdpAddress } from "../../net/address.ts";
import { RtpPortPair } from "../../net/rtp_port_pair.ts";
import { Slab } from "../../net/slab.ts";
import { formatRtpPacket, RTP_VERSION } from "../../rtp/packet.ts";
import { formatCompound } from "../../rtcp/compound.ts";
import { formatTransport, type Transport } from "../../rtsp/headers/transport.ts";
import { ProtocolError } from "../errors.ts";
import type { RtspConnection } from "./connection.ts";

/** Takes what arrives; the bytes are the receiver's own to keep. */
export interface MediaReceiver {
  rtp(bytes: Uint8Array): void;
  rtcp(bytes: Uint8Array): void;
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
  /** Opens the way through address translators before media comes. */
  punch(): void;
  close(): void;
}

const NO_BYTES = new Uint8Array(0);

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
   * @throws {BindError} when the ports are taken
   */
  constructor(connection: RtspConnection, rtpPort: number, readonly receiver: MediaReceiver) {
    this.#server = connection.remoteHostname;
    const any = anyAddressFor(this.#server);
    this.#ports = rtpPort === 0 ? RtpPortPair.open(any) : RtpPortPair.at(any, rtpPort);
    this.offer = formatTransport({
      protocol: "RTP",
      profile: "AVP",
      delivery: "unicast",
      clientPort: { first: this.#ports.rtp.port, last: this.#ports.rtcp.port },
    });
    // A packet may come before the reply to PLAY, and before that to SETUP for all we know.
    this.#ports.receiveAll((kind, bytes, from) => this.#receive(kind, bytes, from)).catch(() => {});
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
    this.#ports.rtcp.send(bytes, to).catch(() => {});
  }

  punch(): void {
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
    this.#ports.rtp.send(empty, to).catch(() => {});
    this.sendControl(formatCompound([{ type: "RR", ssrc: 0, reports: [] }]));
  }

  close(): void {
    this.#ports.close();
  }

  #receive(kind: "rtp" | "rtcp", bytes: Uint8Array, from: UdpAddress): void {
    const { hostname } = from;
    if (hostname === this.#server || hostname === this.#source) {
      return this.receiver[kind](this.#slab.keep(bytes));
    }
    this.receiver.stray(bytes.length, `It came from ${from.hostname} and not from the server`);
  }
}

/** RTP and RTCP as blocks in the RTSP connection (RFC 2326, section 10.12). */
export class InterleavedTransport implements MediaTransport {
  readonly kind = "tcp";
  readonly offer = "RTP/AVP/TCP;unicast;interleaved=0-1";
  readonly place = "the RTSP connection";
  readonly hostDrops = undefined;
  #channels = { first: 0, last: 1 };

  constructor(readonly connection: RtspConnection, readonly receiver: MediaReceiver) {
    connection.onInterleaved = ({ channel, payload }) => {
      if (channel === this.#channels.first) receiver.rtp(payload);
      else if (channel === this.#channels.last) receiver.rtcp(payload);
      else receiver.stray(payload.length, `It came on channel ${channel}, which was not set up`);
    };
  }

  accept(chosen: Transport): void {
    if (chosen.lowerTransport?.toUpperCase() === "UDP") {
      throw new ProtocolError("SETUP asked for TCP and the server answered UDP");
    }
    // The server may renumber: gst-rtsp-server gives 2-3 for 0-1 asked twice.
    const channels = chosen.interleaved;
    if (channels === undefined) return;
    this.#channels = { first: channels.first, last: channels.last ?? channels.first + 1 };
  }

  sendControl(bytes: Uint8Array): void {
    this.connection.sendInterleaved(this.#channels.last, bytes);
  }

  punch(): void {}

  close(): void {}
}
