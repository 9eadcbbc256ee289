/**
 * Cells among which keys are dealt out. Two that meet in one count together: with 65,536 that is one
 * in a hundred where seven hundred keys are in use, and it only makes the limit reached sooner. In
 * return memory is bounded, and threads can share it.
 */
export const KEYED_CELLS = 65_536;

/** What {@linkcode KeyedPlaces} is made of. */
export interface KeyedPlacesOptions {
  /** Places for each key. */
  limit: number;
  /** Which keys meet in a cell; the same for all who share the cells, and nobody else's to know. */
  seed: number;
  /** Where those taken are counted, {@linkcode KEYED_CELLS}; its own when left out. */
  cells?: Int32Array | undefined;
}

/** Places of which each key (an address, a file) has only so many. */
export class KeyedPlaces {
  readonly #cells: Int32Array;

  constructor(readonly options: KeyedPlacesOptions) {
    this.#cells = options.cells ?? new Int32Array(KEYED_CELLS);
  }

  /** Takes a place for a key; false when it has none left. */
  take(key: string): boolean {
    const at = this.#cellOf(key);
    if (Atomics.add(this.#cells, at, 1) < this.options.limit) return true;
    Atomics.sub(this.#cells, at, 1);
    return false;
  }

  /** Gives a place back that was taken for this key. */
  giveBack(key: string): void {
    Atomics.sub(this.#cells, this.#cellOf(key), 1);
  }

  #cellOf(key: string): number {
    return hashOf(key, this.options.seed) % this.#cells.length;
  }
}

/** 32 bits of a text's characters and a seed, well mixed; who does not know the seed cannot aim. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = mix(hash ^ text.charCodeAt(i));
  return mix(hash);
}

/** Every bit of the input changes about half of the output's (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35) + 0x9e3779b9;
  return (bits ^ (bits >>> 16)) >>> 0;
}
