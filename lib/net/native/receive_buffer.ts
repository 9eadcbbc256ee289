import type { Libc } from "./libc.ts";

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** Past the system's limit, for those who may. */
const SO_RCVBUFFORCE = 33;

/**
 * Room for what comes while the program is busy: a large picture is a burst of hundreds of packets,
 * and the system's own choice holds fewer than a hundred of them.
 */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** Asks the system for a large receive buffer of a datagram socket; it may grant less. */
export function enlargeReceiveBuffer(library: Libc, descriptor: number): void {
  const size = Int32Array.of(RECEIVE_BUFFER_BYTES);
  const { byteLength } = size;
  if (library.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, size, byteLength) === 0) return;
  library.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, size, byteLength);
}

/** `struct sk_meminfo`: nine 32-bit counters, of which the last counts drops. */
const SO_MEMINFO = 55;
const MEMINFO_VALUES = 9;
const MEMINFO_DROPS = 8;

/** Datagrams that reached a socket and found its receive buffer full; undefined if not to be told. */
export function droppedDatagrams(library: Libc, descriptor: number): number | undefined {
  const values = new Uint32Array(MEMINFO_VALUES);
  const length = Uint32Array.of(values.byteLength);
  if (library.getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, values, length) !== 0) {
    return undefined;
  }
  return length[0]! > MEMINFO_DROPS * 4 ? values[MEMINFO_DROPS] : undefined;
}
