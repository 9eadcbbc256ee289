import type { MulticastTarget } from "../../net/multicast_sender.ts";

/** How a server that offers multicast chooses groups. */
export interface MulticastOptions {
  /** Routers to cross plus one; 1 stays on the local network (RFC 1112, section 6.1). */
  ttl: number;
  /** The one group for all files; undefined for a group per file. */
  group?: string | undefined;
  /** The first file's RTP port, even; the others follow. Undefined for a port per file. */
  port?: number | undefined;
}

/** Even ports below those that systems give to clients, of which each file gets one. */
const FIRST_PORT = 16_384;
const LAST_PORT = 32_766;

/**
 * Which group and port each file is sent to. They are derived from its name, so that they are the
 * same every day: a group in 239.255.0.0/16, the scope of a site's own use (RFC 2365, section 6.1).
 */
export class MulticastGroups {
  /** Files in the order they were first asked for, where their ports are counted up. */
  #order: string[] = [];

  constructor(readonly options: MulticastOptions) {}

  /** @param media the name of a file that exists */
  targetFor(media: string): MulticastTarget {
    const { ttl, group, port } = this.options;
    const bits = hashOf(media);
    const ports = (LAST_PORT - FIRST_PORT) / 2 + 1;
    return {
      group: group ?? `239.255.${(bits >>> 24) & 0xff}.${(bits >>> 16) & 0xff}`,
      rtpPort: port === undefined
        ? FIRST_PORT + 2 * (bits % ports)
        : this.#countedPort(port, media),
      ttl,
    };
  }

  #countedPort(first: number, media: string): number {
    let at = this.#order.indexOf(media);
    if (at < 0) at = this.#order.push(media) - 1;
    const room = Math.floor((65_536 - first) / 2);
    return first + 2 * (at % room);
  }
}

/** FNV-1a of the name's UTF-8, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
