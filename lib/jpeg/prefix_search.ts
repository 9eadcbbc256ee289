/** Begins every marker; may be repeated before one as a fill byte (T.81 section B.1.1.2). */
export const MARKER_PREFIX = 0xff;
/** One in each byte of a word, and the highest bit of each. */
const ONES = 0x01010101;
const HIGHEST = 0x80808080;

/**
 * Looks for 0xFF in entropy-coded data, by four bytes at a time. There is one in every few hundred
 * bytes, and to call `indexOf` for each costs more than to look at what lies between.
 */
export class PrefixSearch {
  /** The bytes in words, of those that lie in whole ones. */
  readonly #words: Int32Array<ArrayBufferLike>;
  /** Where the first word begins. */
  readonly #first: number;

  constructor(readonly bytes: Uint8Array) {
    const { buffer, byteOffset, length } = bytes;
    this.#first = Math.min(-byteOffset & 3, length);
    // An empty array too has to begin where a word may.
    const begin = length - this.#first < 4 ? 0 : byteOffset + this.#first;
    this.#words = new Int32Array(buffer, begin, (length - this.#first) >>> 2);
  }

  /** Where the first one from a place on stands; the length where there is none. */
  next(from: number): number {
    const { bytes } = this;
    const words = this.#words;
    let at = from;
    while (((at - this.#first) & 3) !== 0 && at < bytes.length) {
      if (bytes[at] === MARKER_PREFIX) return at;
      at++;
    }
    if (at >= bytes.length) return bytes.length;
    let word = (at - this.#first) >>> 2;
    while (word < words.length && !holdsPrefix(words[word]!)) word++;
    at = this.#first + word * 4;
    while (at < bytes.length && bytes[at] !== MARKER_PREFIX) at++;
    return at;
  }
}

/** Whether a byte of the word is 0xFF: its complement has a byte of zero. */
function holdsPrefix(word: number): boolean {
  return ((~word - ONES) & word & HIGHEST) !== 0;
}
