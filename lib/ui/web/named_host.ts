import { hostPort } from "../../net/address.ts";

/** Addresses that stand for all of a machine's. */
const ALL = ["0.0.0.0", "::"];
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;

/**
 * Whether a Host header names a server by what it listens on, and not by a name that somebody has
 * pointed here: by its address, by `localhost` where that is its address, and where it listens on all
 * addresses, by any.
 */
export function isNamedHost(host: string, hostname: string, port: number): boolean {
  if (host === hostPort(hostname, port)) return true;
  const end = `:${port}`;
  // A browser leaves the usual port out.
  const name = host.endsWith(end) ? host.slice(0, -end.length) : port === 80 ? host : undefined;
  if (name === undefined) return false;
  if (name === "localhost") return ALL.includes(hostname) || /^127\.|^::1$/.test(hostname);
  return ALL.includes(hostname) ? IPV4.test(name) || IPV6.test(name) : name === hostname;
}
