import { LINK_TYPE } from "./captured_frame.ts";

const ETHERNET_TYPE_AT = 12;
const ETHERNET_HEADER_LENGTH = 14;
const SLL_TYPE_AT = 14;
const SLL_HEADER_LENGTH = 16;
const SLL2_HEADER_LENGTH = 20;
const FAMILY_LENGTH = 4;
const TYPE_LENGTH = 2;
/** Customer, service and the older stacked tags (IEEE 802.1Q): each 4 bytes. */
const TAG_TYPES: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const TAG_LENGTH = 4;
/** Most tags before one packet; two are usual where providers stack them. */
export const MAX_TAGS = 4;
export const ETHER_TYPE = { IPV4: 0x0800, IPV6: 0x86dd } as const;

/**
 * Where the IP packet begins in a frame of some link type.
 * @returns -1 for a link type that is not known, for a frame that carries something else, or is cut
 */
export function findIp(linkType: number, bytes: Uint8Array): number {
  switch (linkType) {
    case LINK_TYPE.ETHERNET:
      return skipTags(bytes, ETHERNET_TYPE_AT, ETHERNET_HEADER_LENGTH);
    case LINK_TYPE.LINUX_SLL:
      return skipTags(bytes, SLL_TYPE_AT, SLL_HEADER_LENGTH);
    case LINK_TYPE.LINUX_SLL2:
      return skipTags(bytes, 0, SLL2_HEADER_LENGTH);
    case LINK_TYPE.NULL:
    case LINK_TYPE.LOOP:
      // The family's number differs from system to system; the packet itself tells.
      return isIp(bytes, FAMILY_LENGTH) ? FAMILY_LENGTH : -1;
    case LINK_TYPE.RAW:
    case LINK_TYPE.RAW_BSD:
    case LINK_TYPE.RAW_OPENBSD:
    case LINK_TYPE.IPV4:
    case LINK_TYPE.IPV6:
      return isIp(bytes, 0) ? 0 : -1;
    default:
      return -1;
  }
}

/** @param typeAt where the type is of what comes at `at` */
function skipTags(bytes: Uint8Array, typeAt: number, at: number): number {
  for (let tags = 0; tags <= MAX_TAGS && at < bytes.length; tags++) {
    const type = (bytes[typeAt]! << 8) | bytes[typeAt + 1]!;
    if (type === ETHER_TYPE.IPV4 || type === ETHER_TYPE.IPV6) return isIp(bytes, at) ? at : -1;
    if (!TAG_TYPES.has(type)) return -1;
    typeAt = at + TAG_LENGTH - TYPE_LENGTH;
    at += TAG_LENGTH;
  }
  return -1;
}

function isIp(bytes: Uint8Array, at: number): boolean {
  const version = (bytes[at] ?? 0) >>> 4;
  return version === 4 || version === 6;
}
