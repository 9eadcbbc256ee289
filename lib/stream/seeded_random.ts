/** Numbers that look random and that a seed repeats (splitmix over 32 bits). */
export class SeededRandom {
  #state: number;

  /** @param seed of which 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Numbers of their own for each of the things that share a seed. */
  static of(seed: number, which: number): SeededRandom {
    // Seeds that differ by one must not give the same numbers one step apart.
    return new SeededRandom(mix(mix(seed | 0) ^ Math.imul(which + 1, ODD)));
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    this.#state = (this.#state + GOLDEN) | 0;
    return (mix(this.#state) >>> 0) / 2 ** 32;
  }
}

/** 2^32 by the golden ratio, and another odd number far from it. */
const GOLDEN = 0x9e3779b9;
const ODD = 0x85ebca6b;

/** Spreads every bit over all (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
