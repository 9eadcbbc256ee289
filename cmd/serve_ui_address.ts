import { UsageError } from "./exit_status.ts";
import { parsePort } from "./flags.ts";

/** Where a dashboard is. */
export interface UiAddress {
  hostname: string;
  /** 0 for any free one. */
  port: number;
}

const LOOPBACK = "127.0.0.1";
const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):([^:]*)$/;

/**
 * `[ADDR:]PORT`, an IPv6 address in brackets; on the loopback address where none is named.
 * @throws {UsageError} otherwise
 */
export function parseUiAddress(text: string): UiAddress {
  if (!text.includes(":")) return { hostname: LOOPBACK, port: parsePort("--ui port", text, 0) };
  const [, ipv6, other, port] = ADDRESS.exec(text) ?? [];
  const hostname = ipv6 ?? other;
  if (hostname === undefined || port === undefined) {
    throw new UsageError(`--ui ${JSON.stringify(text)} is not [ADDR:]PORT (such as 8080)`);
  }
  return { hostname, port: parsePort("--ui port", port, 0) };
}
