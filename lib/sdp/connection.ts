import { decimal, words } from "./lines.ts";
import { addressTypeOf, repairAddress } from "./origin.ts";
import type { Connection } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `c=<nettype> <addrtype> <address>[/<ttl>][/<count>]` (5.7); IPv6 has no time to live. */
const CONNECTION = /^(\S+) (\S+) ([^\s/]+)((?:\/\d+){0,2})$/;
const MOST_TTL = 255;

/** The value of a `c=` line, or `undefined` when it names no address. */
export function parseConnection(value: string, report: Report): Connection | undefined {
  const found = CONNECTION.exec(value);
  if (found !== null && addressTypeOf(found[2]!) === found[2]) {
    const base = { networkType: found[1]!, addressType: found[2], address: found[3]! };
    const multicast = parseSuffix(found[4]!, found[2]);
    if (multicast !== undefined) return { ...base, ...multicast };
  }
  return repairConnection(value, report);
}

function parseSuffix(
  suffix: string,
  addressType: string,
): Pick<Connection, "ttl" | "addressCount"> | undefined {
  if (suffix === "") return {};
  const [first, second] = suffix.slice(1).split("/");
  if (addressType === "IP6") {
    const addressCount = decimal(first);
    return addressCount === undefined || second !== undefined ? undefined : { addressCount };
  }
  const ttl = decimal(first, MOST_TTL);
  if (ttl === undefined) return undefined;
  if (second === undefined) return { ttl };
  const addressCount = decimal(second);
  return addressCount === undefined ? undefined : { ttl, addressCount };
}

/** Reads on from the last `IN`, which Hikvision writes twice, once with `c=` before it. */
function repairConnection(value: string, report: Report): Connection | undefined {
  report("connection-malformed");
  const fields = words(value);
  const at = fields.findLastIndex((field) => field === "IN" || field === "c=IN");
  const found = at < 0 ? undefined : repairAddress(fields.slice(at + 1));
  const address = found?.address.split("/")[0];
  if (found === undefined || address === undefined || address === "") return undefined;
  return { networkType: "IN", addressType: found.addressType, address };
}

/**
 * The value of a `c=` line.
 * @throws {RangeError} for an IPv4 address count without a time to live, which would be read as one
 */
export function formatConnection(connection: Connection): string {
  const { networkType, addressType, address, ttl, addressCount } = connection;
  if (addressType === "IP4" && addressCount !== undefined && ttl === undefined) {
    throw new RangeError("An IPv4 address count in c= needs a time to live before it");
  }
  const life = ttl === undefined ? "" : `/${ttl}`;
  const count = addressCount === undefined ? "" : `/${addressCount}`;
  return `${networkType} ${addressType} ${address}${life}${count}`;
}
