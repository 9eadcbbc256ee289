import { libc } from "./libc.ts";
import { findDescriptor, SOCKET_TYPE } from "./socket_descriptor.ts";

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** Past the system's limit, for those who may. */
const SO_RCVBUFFORCE = 33;

/**
 * Room for what comes while the program is busy: a large picture is a burst of hundreds of packets,
 * and the system's own choice holds fewer than a hundred of them.
 */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/**
 * Asks the system for a large receive buffer for the datagram socket on a port, where it can be asked
 * at all; it may grant less.
 */
export function enlargeReceiveBuffer(port: number): void {
  const library = libc();
  if (library === undefined) return;
  const descriptor = findDescriptor(library, SOCKET_TYPE.datagram, port);
  if (descriptor === undefined) return;
  const size = Int32Array.of(RECEIVE_BUFFER_BYTES);
  const { byteLength } = size;
  if (library.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, size, byteLength) === 0) return;
  library.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, size, byteLength);
}
