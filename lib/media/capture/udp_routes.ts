import type { CaptureTime } from "./capture_time.ts";
import type { EndKey } from "./dissector.ts";

/** Where datagrams to one end belong. */
export interface Route {
  /** Who must have sent them; undefined for anyone. An address alone where the port is open. */
  isFrom: (source: EndKey, address: Uint8Array) => boolean;
  take: (bytes: Uint8Array, size: number, at: CaptureTime) => void;
}

/** Ends with a route at most; past that the oldest is forgotten. */
export const MAX_ROUTES = 65_536;
/** Routes to one end at most, e.g. several senders to one group. */
const MAX_ROUTES_TO_ONE = 64;

/** Which datagrams of a capture belong to which stream. */
export class UdpRoutes {
  readonly #routes = new Map<EndKey, Route[]>();

  /** From now on; what was set up later goes before what was set up earlier. */
  add(destination: EndKey, route: Route): void {
    const routes = this.#routes.get(destination) ?? [];
    routes.unshift(route);
    if (routes.length > MAX_ROUTES_TO_ONE) routes.pop();
    this.#routes.set(destination, routes);
    if (this.#routes.size <= MAX_ROUTES) return;
    const [oldest] = this.#routes.keys();
    this.#routes.delete(oldest!);
  }

  find(destination: EndKey, source: EndKey, address: Uint8Array): Route | undefined {
    const routes = this.#routes.get(destination);
    if (routes === undefined) return undefined;
    for (const route of routes) if (route.isFrom(source, address)) return route;
    return undefined;
  }
}
