import type { Libc } from "./libc.ts";
import { hostnameOf, portOf, SOCKADDR_LENGTH } from "./sockaddr.ts";

const SOL_SOCKET = 1;
const SO_TYPE = 3;

/** `SO_TYPE` values. */
export const SOCKET_TYPE = { stream: 1, datagram: 2 } as const;

/** Descriptors looked at; a process that has more open does without the native way. */
const MOST_DESCRIPTORS = 65536;

/** Descriptors in a row that are no sockets, after which the search ends. */
const MOST_GAP = 256;

/**
 * The descriptor of a socket that Deno opened, found by its ports: Deno itself does not tell.
 * @param peerPort of a connected stream socket; undefined for a datagram socket
 * @returns undefined when there is none, or more than one that fits
 */
export function findDescriptor(
  library: Libc,
  type: number,
  localPort: number,
  peerPort?: number,
): number | undefined {
  let found: number | undefined;
  let gap = 0;
  for (let descriptor = 3; descriptor < MOST_DESCRIPTORS && gap < MOST_GAP; descriptor++) {
    const kind = socketType(library, descriptor);
    gap = kind === undefined ? gap + 1 : 0;
    if (kind !== type || nameOf(library.getsockname, descriptor) !== localPort) continue;
    if (peerPort !== undefined && nameOf(library.getpeername, descriptor) !== peerPort) continue;
    if (found !== undefined) return undefined;
    found = descriptor;
  }
  return found;
}

/** A connected socket and its two ends. */
export interface SocketEnds {
  descriptor: number;
  localPort: number;
  /** The peer's address and port. */
  hostname: string;
  port: number;
}

/** All connected sockets of this process that are of a type. */
export function* socketEnds(library: Libc, type: number): Generator<SocketEnds> {
  let gap = 0;
  for (let descriptor = 3; descriptor < MOST_DESCRIPTORS && gap < MOST_GAP; descriptor++) {
    const kind = socketType(library, descriptor);
    gap = kind === undefined ? gap + 1 : 0;
    if (kind !== type) continue;
    const localPort = nameOf(library.getsockname, descriptor);
    const port = localPort === undefined ? undefined : nameOf(library.getpeername, descriptor);
    if (localPort === undefined || port === undefined) continue;
    yield { descriptor, localPort, hostname: hostnameOf(name), port };
  }
}

const value = new Int32Array(1);
const length = new Uint32Array(1);
const name = new Uint8Array(SOCKADDR_LENGTH);

function socketType(library: Libc, descriptor: number): number | undefined {
  length[0] = value.byteLength;
  const failed = library.getsockopt(descriptor, SOL_SOCKET, SO_TYPE, value, length) !== 0;
  return failed ? undefined : value[0];
}

function nameOf(call: Libc["getsockname"], descriptor: number): number | undefined {
  length[0] = name.byteLength;
  return call(descriptor, name, length) === 0 ? portOf(name) : undefined;
}
