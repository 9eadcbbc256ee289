import { isLoopback } from "../net/address.ts";
import { addressKey } from "./address_key.ts";
import { AddressRate } from "./address_rate.ts";
import type { LimitName } from "./limit_names.ts";
import type { ServerOptions } from "./options.ts";
import type { ServerPlaces } from "./places.ts";

/** A connection's place in every limit that counts connections; to be given back once. */
export class Admission {
  /** @param key of its address, by which places are counted; undefined where they are not */
  constructor(readonly places: ServerPlaces, readonly key: string | undefined) {}

  giveBack(): void {
    if (this.key !== undefined) this.places.connectionsPerAddress.giveBack(this.key);
    this.places.connections.giveBack();
  }
}

/** Decides whether one more connection may come in. */
export class Gate {
  readonly #rate: AddressRate;

  constructor(
    readonly places: ServerPlaces,
    readonly options: Pick<ServerOptions, "limits" | "clock">,
  ) {
    const { connectionsPerSecond, connectionBurst, countLoopback } = options.limits;
    const [rate, burst] = [connectionsPerSecond, connectionBurst];
    this.#rate = new AddressRate({ rate, burst, countLoopback });
  }

  /** @returns the limit that keeps it out, if one does */
  admit(hostname: string): Admission | LimitName {
    const { clock, limits } = this.options;
    const { connections, connectionsPerAddress } = this.places;
    if (!this.#rate.allows(hostname, clock.now())) return "connection-rate";
    const isFree = !limits.countLoopback && isLoopback(hostname);
    const key = isFree ? undefined : addressKey(hostname);
    if (key !== undefined && !connectionsPerAddress.take(key)) return "connections-per-address";
    if (connections.take()) return new Admission(this.places, key);
    if (key !== undefined) connectionsPerAddress.giveBack(key);
    return "connections";
  }
}
