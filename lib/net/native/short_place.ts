import { addressOf } from "./libc.ts";

/** Most bytes that are copied to be sent: more than most RTCP has. */
const MOST_BYTES = 512;

/**
 * A place in memory whose address is known. Short bytes are copied there to be sent, which costs less
 * than to ask where they lie.
 */
export class ShortPlace {
  readonly #bytes = new Uint8Array(MOST_BYTES);
  readonly #address = Number(addressOf(this.#bytes));

  /** @returns where the bytes lie until the next are put there; undefined when they are too many */
  put(bytes: Uint8Array): number | undefined {
    if (bytes.length > MOST_BYTES) return undefined;
    this.#bytes.set(bytes);
    return this.#address;
  }
}
