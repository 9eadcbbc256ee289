import { createHmac, timingSafeEqual } from "node:crypto";
import { toHex } from "../bytes/hex.ts";
import type { Clock } from "../net/clock.ts";

/** What a nonce turned out to be. */
export type NonceVerdict = "fresh" | "stale" | "foreign";

/** Bytes of the key, of a nonce's random part, and of its signature: 128 bits each. */
const SECRET_BYTES = 16;
/** Counts kept at most: those of the nonces that answered correctly most recently. */
const MOST_COUNTS = 4096;
const NONCE = /^([0-9a-f]{1,13})\.([0-9a-f]{32})\.([0-9a-f]{32})$/;

/**
 * The nonces of Digest challenges (RFC 7616, section 3.3). Each carries the time it was issued and a
 * signature, so that strangers who only ask for challenges take up no memory.
 */
export class Nonces {
  readonly #key: Uint8Array;
  /** The highest count seen with a nonce, least recently used first. */
  #counts = new Map<string, number>();

  /**
   * @param randomBytes bytes that cannot be guessed
   * @param lifetimeMs how long a nonce is good for
   */
  constructor(
    readonly clock: Pick<Clock, "now">,
    readonly randomBytes: (length: number) => Uint8Array,
    readonly lifetimeMs: number,
  ) {
    this.#key = randomBytes(SECRET_BYTES);
  }

  /**
   * A nonce never issued before.
   * @param holder whom it is for: what is recorded of one is of no use to another
   */
  issue(holder: string): string {
    const time = Math.floor(this.clock.now()).toString(16);
    const payload = `${time}.${toHex(this.randomBytes(SECRET_BYTES))}`;
    return `${payload}.${this.#sign(payload, holder)}`;
  }

  /** Whether a nonce is one that this holder was given, and young enough. */
  judge(nonce: string, holder: string): NonceVerdict {
    const [, time = "", random = "", signature = ""] = NONCE.exec(nonce) ?? [];
    const expected = this.#sign(`${time}.${random}`, holder);
    if (signature.length !== expected.length) return "foreign";
    if (!timingSafeEqual(ascii(signature), ascii(expected))) return "foreign";
    const age = this.clock.now() - parseInt(time, 16);
    return age < this.lifetimeMs ? "fresh" : "stale";
  }

  /**
   * Takes note of a nonce count (RFC 7616, section 3.4.5: `nc`) in an answer that was right.
   * @returns whether it is higher than any before; what is not was recorded and sent again
   */
  count(nonce: string, count: number): boolean {
    const before = this.#counts.get(nonce) ?? 0;
    if (count <= before) return false;
    this.#counts.delete(nonce);
    this.#counts.set(nonce, count);
    if (this.#counts.size > MOST_COUNTS) this.#counts.delete(this.#counts.keys().next().value!);
    return true;
  }

  /** Whether a nonce has come in a right answer before, as far as is remembered. */
  isProven(nonce: string): boolean {
    return this.#counts.has(nonce);
  }

  #sign(payload: string, holder: string): string {
    const text = `${payload} ${holder}`;
    const digest = createHmac("sha256", this.#key).update(text).digest("hex");
    return digest.slice(0, 2 * SECRET_BYTES);
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
