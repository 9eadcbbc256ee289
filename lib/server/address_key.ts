import { isIpv6 } from "../net/address.ts";

/** Groups of an IPv6 address that name the network; within it everybody has as many as they like. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * Who an address counts as: itself, but of IPv6 its /64 network, which a single household has whole.
 * @param hostname IPv4, or IPv6 as sockets write it
 */
export function addressKey(hostname: string): string {
  if (!isIpv6(hostname)) return hostname;
  const [address = ""] = hostname.split("%", 1);
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(0, GROUPS - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  return groups.slice(0, NETWORK_GROUPS).map((group) => group.toLowerCase()).join(":") + "::/64";
}
