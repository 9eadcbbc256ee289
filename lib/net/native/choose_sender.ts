import type { DatagramSocket } from "../datagram.ts";
import type { FrameSender, Segmentation } from "../frame_sender.ts";
import { PortableSender } from "../portable_sender.ts";
import { EventLoop } from "./event_loop.ts";
import { libc } from "./libc.ts";
import { SegmentedSender } from "./segmented_sender.ts";
import { findDescriptor, SOCKET_TYPE } from "./socket_descriptor.ts";

/** The best way to send frames from a socket that this system offers. */
export function chooseSender(
  socket: DatagramSocket,
  segmentation: Segmentation = "auto",
): FrameSender {
  // By its number a closed one is soon another.
  const library = socket.closed ? undefined : libc();
  const descriptor = library && findDescriptor(library, SOCKET_TYPE.datagram, socket.port);
  if (library === undefined || descriptor === undefined) return new PortableSender(socket);
  socket.writePast(EventLoop.current?.roomOf(descriptor));
  const supported = SegmentedSender.isSupported(library, descriptor);
  return new SegmentedSender(library, descriptor, socket, supported ? segmentation : "never");
}
