import { equals } from "@std/bytes/equals";
import type { Transport } from "../../rtsp/headers/transport.ts";
import type { ObservedAddress } from "../../stream/observation.ts";
import { CaptureClock } from "./capture_time.ts";
import type { CapturedFrame, DumpedPacket } from "./captured_frame.ts";
import { CapturedMedia } from "./captured_media.ts";
import { Dissector, type EndKey, endKey } from "./dissector.ts";
import { formatIpAddress, parseIpAddress } from "./ip_address.ts";
import type { IpPacket } from "./ip_packet.ts";
import { LabDialogue } from "./lab_dialogue.ts";
import { RtpFinder } from "./rtp_finder.ts";
import {
  type Dialogue,
  type DialogueMedia,
  RtspDialogue,
  type TakeDatagram,
} from "./rtsp_dialogue.ts";
import type { CapturedSession, CaptureWatcher, SessionWatcher } from "./session_watcher.ts";
import { type Side, TcpConversation } from "./tcp_conversation.ts";
import type { TcpSegment, UdpDatagram } from "./transport_layer.ts";
import { UdpRoutes } from "./udp_routes.ts";

/** TCP connections remembered at most; past that the oldest is taken as ended. */
export const MAX_CONNECTIONS = 65_536;

/** One end of a conversation as packets have it. */
interface End {
  address: Uint8Array;
  port: number;
}

/**
 * Finds RTSP conversations and RTP streams among the packets of a capture, on whatever ports, and
 * tells of each what a watcher of its client would have seen. Memory is bounded by the sessions
 * under way, not by the length of the capture.
 */
export class CaptureAnalyser {
  readonly clock = new CaptureClock();
  /** Sessions found so far. */
  sessions = 0;
  /** Frames looked at. */
  frames = 0;
  readonly #dissector: Dissector;
  readonly #connections = new Map<string, TcpConversation>();
  readonly #routes = new UdpRoutes();
  readonly #finder = new RtpFinder();
  /** RTP of which no RTSP was captured, and the one stream of an rtpdump. */
  readonly #loose: { media: CapturedMedia; watcher: SessionWatcher }[] = [];
  readonly #ticking = new Set<Dialogue>();
  #dump: CapturedMedia | undefined;

  constructor(readonly watcher: CaptureWatcher) {
    this.#dissector = new Dissector({
      udp: (packet, datagram) => this.#udp(packet, datagram),
      tcp: (packet, segment) => this.#tcp(packet, segment),
    });
  }

  /** Takes the next frame of a capture. */
  frame(frame: CapturedFrame): void {
    this.frames++;
    this.clock.set(frame.seconds, frame.nanoseconds);
    for (const dialogue of this.#ticking) dialogue.tick();
    this.#dissector.push(frame, this.clock.arrival);
  }

  /** Takes the next packet of an rtpdump. */
  dumped({ seconds, nanoseconds, kind, bytes, originalLength }: DumpedPacket): void {
    this.frames++;
    this.clock.set(seconds, nanoseconds);
    this.#dump ??= this.#looseMedia(undefined, undefined);
    if (kind === "rtp") this.#dump.rtp("", undefined, bytes, originalLength, this.clock);
    else this.#dump.rtcp(undefined, bytes, originalLength, this.clock);
  }

  /** Nothing more comes: what is held is told. */
  finish(): void {
    for (const conversation of this.#connections.values()) conversation.finish();
    this.#connections.clear();
    for (const { media, watcher } of this.#loose.splice(0)) {
      media.flush(this.clock);
      watcher.end?.({ goodbye: media.goodbye, played: true, totalFrames: undefined });
    }
  }

  #open(
    kind: CapturedSession["kind"],
    client: ObservedAddress | undefined,
    server: ObservedAddress | undefined,
  ): SessionWatcher {
    const session = { number: ++this.sessions, kind, client, server };
    return this.watcher.session(session) ?? {};
  }

  #tcp({ source, destination }: IpPacket, segment: TcpSegment): void {
    const from = endKey(source, segment.sourcePort);
    const to = endKey(destination, segment.destinationPort);
    const side: Side = String(from) < String(to) ? 0 : 1;
    const key = side === 0 ? `${from} ${to}` : `${to} ${from}`;
    let conversation = this.#connections.get(key);
    if (conversation?.isNew(segment, side)) {
      this.#end(key, conversation);
      conversation = undefined;
    }
    if (conversation === undefined) {
      const here = { address: source, port: segment.sourcePort };
      const there = { address: destination, port: segment.destinationPort };
      conversation = this.#connect(side === 0 ? [here, there] : [there, here]);
      this.#connections.set(key, conversation);
      if (this.#connections.size > MAX_CONNECTIONS) {
        const [[oldest, ended]] = this.#connections as unknown as [[string, TcpConversation]];
        this.#end(oldest, ended);
      }
    }
    conversation.push(segment, side);
  }

  #end(key: string, conversation: TcpConversation): void {
    if (conversation.dialogue !== undefined) this.#ticking.delete(conversation.dialogue);
    conversation.finish();
    this.#connections.delete(key);
  }

  #connect(ends: [End, End]): TcpConversation {
    // The ends must not hold the file's buffer.
    const [a, b] = ends.map(({ address, port }) => ({ address: address.slice(), port }));
    return new TcpConversation((dialect, clientSide) => {
      const [client, server] = clientSide === 0 ? [a!, b!] : [b!, a!];
      const watcher = this.#open(dialect, observed(client), observed(server));
      const media: DialogueMedia = {
        watcher,
        at: this.clock,
        expect: (transport, take) => this.#expect(transport, client, server, take),
      };
      if (dialect === "rtsp") return new RtspDialogue(media);
      const dialogue = new LabDialogue(media);
      this.#ticking.add(dialogue);
      return dialogue;
    });
  }

  /** Leads datagrams to where they were set up to go. */
  #expect(
    transport: Transport,
    client: End,
    server: End,
    take: TakeDatagram,
  ): void {
    const isGroup = transport.delivery === "multicast";
    const ports = isGroup ? transport.port : transport.clientPort;
    const address = addressOr(transport.destination, client.address);
    if (ports === undefined) return;
    const { first, last = first + 1 } = ports;
    const senders = [server.address, addressOr(transport.source, server.address)];
    const isFrom = (_source: EndKey, address: Uint8Array): boolean => {
      // Who sends to a group may have another address there than for RTSP.
      return isGroup || senders.some((sender) => equals(sender, address));
    };
    for (const [kind, port] of [["rtp", first], ["rtcp", last]] as const) {
      // A server may name an address that only its side of a NAT knows: the client's own, then.
      for (const to of isGroup ? [address] : distinct(address, client.address)) {
        const route = {
          isFrom,
          take: (bytes: Uint8Array, size: number) => take(kind, bytes, size),
        };
        this.#routes.add(endKey(to, port), route);
      }
    }
  }

  #udp({ source, destination }: IpPacket, datagram: UdpDatagram): void {
    const { sourcePort, destinationPort, payload, payloadLength } = datagram;
    const from = endKey(source, sourcePort);
    const to = endKey(destination, destinationPort);
    const route = this.#routes.find(to, from, source);
    if (route !== undefined) return route.take(payload, payloadLength, this.clock);
    const { time, arrival } = this.clock;
    const held = { bytes: payload, size: payloadLength, time, arrival };
    const begun = this.#finder.push(`${from} ${to}`, held);
    if (begun === undefined) return;
    const here = { address: source.slice(), port: sourcePort };
    const there = { address: destination.slice(), port: destinationPort };
    const media = this.#looseMedia(observed(there), observed(here));
    this.#leadLoose(media, here, there);
    for (const { bytes, size, ...at } of begun) media.rtp("", undefined, bytes, size, at);
  }

  /** RTCP goes to the next port (RFC 3550 section 11), or to the same. */
  #leadLoose(media: CapturedMedia, source: End, destination: End): void {
    const { address, port } = destination;
    const from = endKey(source.address, source.port);
    this.#routes.add(endKey(address, port), {
      isFrom: (sender) => sender === from,
      take: (bytes, size, at) => media.rtp("", undefined, bytes, size, at),
    });
    this.#routes.add(endKey(address, port + 1), {
      isFrom: (_, sender) => equals(sender, source.address),
      take: (bytes, size, at) => media.rtcp(undefined, bytes, size, at),
    });
  }

  #looseMedia(
    client: ObservedAddress | undefined,
    server: ObservedAddress | undefined,
  ): CapturedMedia {
    const watcher = this.#open("rtp", client, server);
    const media = new CapturedMedia({ watcher, lab: false });
    this.#loose.push({ media, watcher });
    return media;
  }
}

function observed({ address, port }: End): ObservedAddress {
  return { hostname: formatIpAddress(address), port };
}

function addressOr(text: string | undefined, fallback: Uint8Array): Uint8Array {
  return (text === undefined ? undefined : parseIpAddress(text)) ?? fallback;
}

function distinct(a: Uint8Array, b: Uint8Array): Uint8Array[] {
  return equals(a, b) ? [a] : [a, b];
}
