import { plainAddress } from "../address.ts";
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
 * The descriptor of a socket that Deno opened, found by its port: Deno itself does not tell.
 * @returns undefined when there is none, or more than one that fits
 */
export function findDescriptor(
  library: Libc,
  type: number,
  localPort: number,
): number | undefined {
  let found: number | undefined;
  let gap = 0;
  for (let descriptor = 3; descriptor < MOST_DESCRIPTORS && gap < MOST_GAP; descriptor++) {
    const kind = socketType(library, descriptor);
    gap = kind === undefined ? gap + 1 : 0;
    if (kind !== type || nameOf(library.getsockname, descriptor) !== localPort) continue;
    if (found !== undefined) return undefined;
    found = descriptor;
  }
  return found;
}

/** The two ends of a connection. */
export interface ConnectionEnds {
  readonly localAddr: Deno.Addr;
  readonly remoteAddr: Deno.Addr;
}

/** The descriptor found last: who connects next mostly has the next one. */
let latest = 2;

/**
 * The descriptor of a connection that Deno opened, found by its two ends, of which there are no others
 * like it.
 * @returns undefined when there is none, and for what is no TCP
 */
export function findConnection(
  library: Libc,
  { localAddr, remoteAddr }: ConnectionEnds,
): number | undefined {
  if (localAddr.transport !== "tcp" || remoteAddr.transport !== "tcp") return undefined;
  const isIt = (descriptor: number): boolean =>
    isNamed(library.getpeername, descriptor, remoteAddr) &&
    isNamed(library.getsockname, descriptor, localAddr) &&
    socketType(library, descriptor) === SOCKET_TYPE.stream;
  for (let descriptor = latest + 1, gap = 0; gap < MOST_GAP; descriptor++) {
    if (isIt(descriptor)) return latest = descriptor;
    gap = socketType(library, descriptor) === undefined ? gap + 1 : 0;
  }
  for (let descriptor = latest; descriptor > 2; descriptor--) {
    if (isIt(descriptor)) return latest = descriptor;
  }
  return undefined;
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

function isNamed(
  call: Libc["getsockname"],
  descriptor: number,
  { hostname, port }: Deno.NetAddr,
): boolean {
  return nameOf(call, descriptor) === port &&
    canonicalAddress(hostnameOf(name)) === canonicalAddress(hostname);
}

/** An address as everybody writes it: without a zone, IPv6 shortened by the rules (RFC 5952). */
export function canonicalAddress(hostname: string): string {
  const plain = plainAddress(hostname).replace(/%.*$/, "");
  return plain.includes(":") ? new URL(`http://[${plain}]/`).hostname : plain;
}
