import { anyAddressFor } from "../../net/address.ts";
import { BindError } from "../../net/errors.ts";
import type { RtpPortPair } from "../../net/rtp_port_pair.ts";
import { InterleavedPath } from "../../net/paths/interleaved_path.ts";
import type { MediaPath } from "../../net/paths/media_path.ts";
import { SrtpPath } from "../../net/paths/srtp_path.ts";
import { UdpPath } from "../../net/paths/udp_path.ts";
import type { Transport } from "../../rtsp/headers/transport.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import type { TransportChoice } from "../options.ts";
import { ReceiverTrouble } from "../send_trouble.ts";
import type { RtspConversation } from "./conversation.ts";
import type { RtspSession } from "./session.ts";
import type { SessionProtection } from "./srtp_offer.ts";

/** Why no transport was taken. */
export type TransportRefusal =
  | typeof STATUS.UNSUPPORTED_TRANSPORT
  | typeof STATUS.DESTINATION_UNREACHABLE
  | typeof STATUS.KEY_MANAGEMENT_FAILURE;

const MOST_CHANNEL = 255;

/**
 * Takes the first acceptable transport of those offered and attaches it to the session (RFC 2326,
 * section 12.39).
 * @param keyMgmt the KeyMgmt header that came with them
 * @returns the transport as the reply states it, or the status that refuses them all
 */
export async function negotiate(
  offered: Transport[],
  session: RtspSession,
  conversation: RtspConversation,
  keyMgmt?: string,
): Promise<Transport | TransportRefusal> {
  let refusal: TransportRefusal = STATUS.UNSUPPORTED_TRANSPORT;
  const profiles = profilesOf(conversation);
  const protection = conversation.srtp?.protectionFor(session, keyMgmt);
  if (conversation.srtp !== undefined && protection === undefined) {
    return STATUS.KEY_MANAGEMENT_FAILURE;
  }
  for (const offer of offered) {
    if (!isPlayableRtp(offer, profiles)) continue;
    const way = wayOf(offer);
    if (!OFFERED[conversation.context.options.transport].includes(way)) continue;
    const taken = await TAKERS[way](offer, session, { conversation, protection });
    if (typeof taken === "object") {
      session.reports.open = protection?.openControl;
      return { ...taken, profile: profiles[0]! };
    }
    if (taken !== undefined) refusal = taken;
  }
  return refusal;
}

/** What goes with taking a transport. */
interface Terms {
  conversation: RtspConversation;
  /** What media is protected with; undefined for not at all. */
  protection: SessionProtection | undefined;
}

/**
 * The profiles that are taken, first what is answered. Tolerance: ffmpeg 5.1 asks for AVP whatever the
 * description says, and opens what comes with the key from there.
 */
function profilesOf({ srtp }: RtspConversation): readonly string[] {
  return srtp === undefined ? ["AVP"] : ["SAVP", "AVP"];
}

function isPlayableRtp(
  { protocol, profile, lowerTransport = "UDP", mode }: Transport,
  profiles: readonly string[],
): boolean {
  return protocol.toUpperCase() === "RTP" && profiles.includes(profile.toUpperCase()) &&
    ["UDP", "TCP"].includes(lowerTransport.toUpperCase()) &&
    (mode === undefined || mode.some((method) => method.toUpperCase() === "PLAY"));
}

/** The three ways of media to a viewer. */
type Way = "interleaved" | "unicast" | "multicast";

/** Which ways a server's choice of transports offers. */
const OFFERED: Readonly<Record<TransportChoice, readonly Way[]>> = {
  auto: ["unicast", "interleaved"],
  udp: ["unicast"],
  tcp: ["interleaved"],
  multicast: ["multicast", "interleaved"],
};

const TAKERS = { interleaved: takeInterleaved, unicast: takeUnicast, multicast: takeMulticast };

/**
 * Where neither word stands, section 12.39 means multicast; clients that name a port of theirs mean
 * unicast.
 */
function wayOf({ lowerTransport, delivery, clientPort }: Transport): Way {
  if (lowerTransport?.toUpperCase() === "TCP") return "interleaved";
  return delivery ?? (clientPort === undefined ? "multicast" : "unicast");
}

function takeInterleaved(
  offer: Transport,
  session: RtspSession,
  { conversation, protection }: Terms,
): Transport | undefined {
  const { context, connection } = conversation;
  const channels = chooseChannels(offer, session, conversation);
  if (channels === undefined) return undefined;
  const { first, last } = channels;
  const path = new InterleavedPath(connection.writer, first, last, context.buffers);
  session.attach(protect(context.impair(path), protection), conversation);
  conversation.bindChannels(session, [first, last]);
  return {
    protocol: "RTP",
    profile: "AVP",
    lowerTransport: "TCP",
    delivery: "unicast",
    interleaved: channels,
    ssrc: session.stream.ssrc,
    mode: ["PLAY"],
  };
}

/** The channels asked for, or the next free pair: two streams on one channel cannot be told apart. */
function chooseChannels(
  { interleaved }: Transport,
  session: RtspSession,
  conversation: RtspConversation,
): { first: number; last: number } | undefined {
  const isFree = (channel: number): boolean => conversation.isChannelFree(channel, session);
  const first = interleaved?.first ?? 0;
  const last = interleaved?.last ?? first + 1;
  if (last <= MOST_CHANNEL && last !== first && isFree(first) && isFree(last)) {
    return { first, last };
  }
  for (let channel = 0; channel < MOST_CHANNEL; channel += 2) {
    if (isFree(channel) && isFree(channel + 1)) return { first: channel, last: channel + 1 };
  }
  return undefined;
}

function takeUnicast(
  offer: Transport,
  session: RtspSession,
  { conversation, protection }: Terms,
): Transport | TransportRefusal | undefined {
  const { clientPort, destination, lowerTransport } = offer;
  if (clientPort === undefined || clientPort.first === 0) return undefined;
  const { hostname } = conversation.connection;
  // Media goes to whoever asked and to nobody else.
  if (destination && destination !== hostname) return STATUS.DESTINATION_UNREACHABLE;
  const ports = { first: clientPort.first, last: clientPort.last ?? clientPort.first + 1 };
  if (ports.last > 65535) return undefined;
  const pair = openPair(session, conversation);
  if (pair === undefined) return undefined;
  const receiver = { hostname, rtpPort: ports.first, rtcpPort: ports.last };
  const { context } = conversation;
  const { address: peer } = conversation.connection;
  const trouble = new ReceiverTrouble(context, session, peer, `port ${ports.first}`);
  session.attach(protect(context.impair(new UdpPath(pair, receiver, trouble)), protection));
  const { first, last } = ports;
  context.sessions.route(session, [{ hostname, port: first }, { hostname, port: last }]);
  return {
    protocol: "RTP",
    profile: "AVP",
    ...(lowerTransport === undefined ? {} : { lowerTransport }),
    delivery: "unicast",
    clientPort: ports,
    serverPort: { first: pair.rtp.port, last: pair.rtcp.port },
    ssrc: session.stream.ssrc,
    mode: ["PLAY"],
  };
}

/** The same path, protected where media is; a bad network comes behind that. */
function protect(path: MediaPath, protection: SessionProtection | undefined): MediaPath {
  return protection === undefined ? path : new SrtpPath(path, protection.sender);
}

function openPair(
  session: RtspSession,
  { context, connection }: RtspConversation,
): RtpPortPair | undefined {
  try {
    return context.rtpPorts.pairFor(connection.localHostname);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    session.warn("ports", `${error.message} (for ${anyAddressFor(connection.hostname)})`);
    return undefined;
  }
}

/** A seat in the file's group. Its address is the server's to choose, whatever the client names. */
async function takeMulticast(
  { lowerTransport }: Transport,
  session: RtspSession,
  { conversation: { context, connection }, protection }: Terms,
): Promise<Transport | undefined> {
  // What all viewers receive cannot be protected for each.
  if (protection !== undefined) return undefined;
  const { media, options: { fps } } = session;
  const localAddress = connection.localHostname;
  const holdLease = (): MediaLease => session.holdLease();
  try {
    const request = { media, localAddress, fps, holdLease };
    const seat = await context.groupStreams.enter(request, session);
    session.takeSeat(seat);
    context.sessions.route(session, []);
    const { group, rtpPort, ttl } = seat.group.target;
    return {
      protocol: "RTP",
      profile: "AVP",
      ...(lowerTransport === undefined ? {} : { lowerTransport }),
      delivery: "multicast",
      destination: group,
      port: { first: rtpPort, last: rtpPort + 1 },
      ttl,
      ssrc: seat.stream.ssrc,
      mode: ["PLAY"],
    };
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    session.warn("multicast", error.message);
    return undefined;
  }
}
