import { anyAddressFor, isIpv6 } from "../../net/address.ts";
import { DatagramSocket } from "../../net/datagram.ts";
import type { FrameDestination, FrameSender } from "../../net/frame_sender.ts";
import type { Departure } from "../../net/paths/media_path.ts";
import { chooseSender } from "../../net/native/choose_sender.ts";

/**
 * Where lab datagrams leave from: one socket per address family for all viewers, opened when first
 * needed. Lab clients do not look at the port they come from, and send nothing back.
 */
export class LabPorts {
  #ports = new Map<"IPv4" | "IPv6", { socket: DatagramSocket; sender: FrameSender }>();

  /**
   * Sends one datagram, unless too much waits before it; what the system says against it is told to the
   * destination.
   */
  send(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): Departure {
    const family = isIpv6(to.hostname) ? "IPv6" : "IPv4";
    let port = this.#ports.get(family);
    if (port === undefined) {
      const socket = new DatagramSocket(anyAddressFor(to.hostname), 0);
      port = { socket, sender: chooseSender(socket) };
      this.#ports.set(family, port);
    }
    return port.sender.sendDatagram(bytes, to);
  }

  close(): void {
    for (const { socket, sender } of this.#ports.values()) {
      sender.close();
      socket.close();
    }
    this.#ports.clear();
  }
}
