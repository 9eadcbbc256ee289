import type { RtspConnection } from "./connection.ts";
import type { Track } from "./description.ts";
import {
  InterleavedTransport,
  type MediaReceiver,
  type MediaTransport,
  UdpTransport,
} from "./media_transport.ts";
import { MulticastTransport } from "./multicast_transport.ts";

/**
 * Which transports may be used. `auto`: multicast where the description names a group, then UDP,
 * then TCP; each after the one before is refused, or when no packet comes by it.
 */
export type TransportChoice = "auto" | "udp" | "tcp" | "multicast";

/** A stream that wants a transport. */
export interface Applicant {
  connection: RtspConnection;
  track: Track;
  /** Which of the session's streams it is, from 0. */
  index: number;
  /** What its packets are delivered to. */
  receiver: MediaReceiver;
}

/**
 * The transports to offer for a stream, best first; each is made when it is its turn.
 * @param rtpPort UDP port for RTP of the first stream, the others follow; 0 for any even ones
 */
export function transportsFor(
  choice: TransportChoice,
  rtpPort: number,
  { connection, track, index, receiver }: Applicant,
): (() => MediaTransport)[] {
  const profile = track.protection?.profile;
  const multicast = (): MediaTransport => {
    return new MulticastTransport(connection, track.group, receiver, profile);
  };
  const udp = (): MediaTransport => {
    return new UdpTransport(connection, rtpPort === 0 ? 0 : rtpPort + 2 * index, receiver, profile);
  };
  const tcp = (): MediaTransport => new InterleavedTransport(connection, receiver, index, profile);
  if (choice === "auto") return track.group === undefined ? [udp, tcp] : [multicast, udp, tcp];
  return { multicast: [multicast], udp: [udp], tcp: [tcp] }[choice];
}
