import { isLoopback } from "../net/address.ts";
import { addressKey } from "./address_key.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Addresses remembered at most; the one seen longest ago is forgotten first. */
const MOST_ADDRESSES = 4096;

/** What {@linkcode AddressRate} is made of. */
export interface AddressRateOptions {
  /** Times a second, in the long run. */
  rate: number;
  /** Times at once. */
  burst: number;
  /** Whether this machine's own addresses count like others. */
  countLoopback: boolean;
}

/** How often each address may do something. */
export class AddressRate {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(readonly options: AddressRateOptions) {}

  /** Whether an address may do it once more now. */
  allows(hostname: string, now: number): boolean {
    const { rate, burst, countLoopback } = this.options;
    if (!countLoopback && isLoopback(hostname)) return true;
    const key = addressKey(hostname);
    const bucket = this.#buckets.get(key) ?? new TokenBucket(rate, burst, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MOST_ADDRESSES) {
      this.#buckets.delete(this.#buckets.keys().next().value!);
    }
    return bucket.tryTake(now);
  }
}
