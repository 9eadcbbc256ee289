import type { Track } from "./description.ts";
import type { TransportMaker } from "./link.ts";
import { InterleavedTransport, type MediaReceiver, UdpTransport } from "./media_transport.ts";
import { MulticastTransport } from "./multicast_transport.ts";

/**
 * Which transports may be used. `auto`: multicast where the description names a group, then UDP,
 * then TCP; each after the one before is refused, or when no packet comes by it.
 */
export type TransportChoice = "auto" | "udp" | "tcp" | "multicast";

/**
 * The transports to offer for a stream, best first.
 * @param rtpPort UDP port for RTP; 0 for any even one
 * @param receiver what they deliver to
 */
export function transportsFor(
  choice: TransportChoice,
  track: Track,
  rtpPort: number,
  receiver: MediaReceiver,
): TransportMaker[] {
  const multicast: TransportMaker = (connection, { group }) => {
    return new MulticastTransport(connection, group, receiver);
  };
  const udp: TransportMaker = (connection) => new UdpTransport(connection, rtpPort, receiver);
  const tcp: TransportMaker = (connection) => new InterleavedTransport(connection, receiver);
  if (choice === "auto") return track.group === undefined ? [udp, tcp] : [multicast, udp, tcp];
  return { multicast: [multicast], udp: [udp], tcp: [tcp] }[choice];
}
