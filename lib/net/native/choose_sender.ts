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
  const portable = new PortableSender(socket);
  const library = libc();
  if (library === undefined) return portable;
  const descriptor = findDescriptor(library, SOCKET_TYPE.datagram, socket.port);
  if (descriptor === undefined) return portable;
  socket.writePast(() => EventLoop.current?.ignoreRoom(descriptor));
  const supported = SegmentedSender.isSupported(library, descriptor);
  return new SegmentedSender(library, descriptor, portable, supported ? segmentation : "never");
}
