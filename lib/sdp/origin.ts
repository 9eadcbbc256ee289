import { words } from "./lines.ts";
import type { Origin } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>` (5.2). */
const ORIGIN = /^(\S+) (\d+) (\d+) (\S+) (\S+) (\S+)$/;

/** The value of an `o=` line, or `undefined` when nothing can be made of it. */
export function parseOrigin(value: string, report: Report): Origin | undefined {
  const found = ORIGIN.exec(value);
  if (found === null || addressTypeOf(found[5]!) !== found[5]) return repairOrigin(value, report);
  return {
    username: found[1]!,
    sessionId: found[2]!,
    sessionVersion: found[3]!,
    networkType: found[4]!,
    addressType: found[5],
    address: found[6]!,
  };
}

/**
 * Finds its way by the network type `IN`: two fields before it are the numbers (or what stands in
 * their place), two after it the address, and all in front is the user name.
 */
function repairOrigin(value: string, report: Report): Origin | undefined {
  report("origin-malformed");
  const fields = words(value);
  const at = fields.lastIndexOf("IN");
  if (at < 2) return undefined;
  const username = fields.slice(0, at - 2).join(" ");
  const sessionId = fields[at - 2]!;
  const address = repairAddress(fields.slice(at + 1));
  return {
    username: username === "" ? "-" : username,
    // mediamtx#231: the user name `-` and the number run together
    sessionId: username === "" && /^-\d+$/.test(sessionId) ? sessionId.slice(1) : sessionId,
    sessionVersion: fields[at - 1]!,
    networkType: "IN",
    addressType: address?.addressType ?? "IP4",
    address: address?.address ?? "0.0.0.0",
  };
}

/** The standard's name for an address type that is spelt `IPV4` (mediamtx#2128); others as is. */
export function addressTypeOf(text: string): string {
  const found = /^IPV?([46])$/i.exec(text);
  return found === null ? text : `IP${found[1]!}`;
}

/** Address type and address from the fields behind `IN`, either of which may be missing. */
export function repairAddress(
  fields: string[],
): { addressType: string; address: string } | undefined {
  const first = fields[0];
  if (first === undefined) return undefined;
  const type = addressTypeOf(first);
  if (!/^IP[46]$/.test(type)) {
    // gortsplib#1025: the type is left out
    return { addressType: first.includes(":") ? "IP6" : "IP4", address: first };
  }
  return fields[1] === undefined ? undefined : { addressType: type, address: fields[1] };
}
