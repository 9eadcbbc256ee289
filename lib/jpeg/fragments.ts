/** Most separate pieces a frame may lie in while fragments are missing. */
export const MOST_PIECES = 256;
const FIRST_CAPACITY = 32 * 1024;

/**
 * Puts the fragments of a frame's scan together by their offsets, in whatever order they come.
 * The buffer is kept from frame to frame and grows up to a ceiling.
 */
export class Fragments {
  readonly #mostBytes: number;
  #bytes = new Uint8Array(FIRST_CAPACITY);
  /** Where the pieces begin and end, ascending: begin, end, begin, end … */
  #edges: number[] = [];

  /** @param mostBytes most bytes a scan may have */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Forgets the frame. */
  clear(): void {
    this.#edges.length = 0;
  }

  /** One past the last byte that has come; 0 when none has. */
  get end(): number {
    return this.#edges.at(-1) ?? 0;
  }

  /**
   * Puts a copy of `data` at `offset`.
   * @returns what is wrong when it goes beyond a ceiling; `undefined` when all is well
   */
  put(offset: number, data: Uint8Array): string | undefined {
    const end = offset + data.length;
    if (end > this.#mostBytes) {
      return `The scan has ${end} bytes or more, the ceiling is ${this.#mostBytes}`;
    }
    if (data.length === 0) return undefined;
    this.#grow(end);
    this.#bytes.set(data, offset);
    if (this.#edges.at(-1) === offset) this.#edges[this.#edges.length - 1] = end;
    else this.#insert(offset, end);
    if (this.#edges.length > 2 * MOST_PIECES) return `The frame is in over ${MOST_PIECES} pieces`;
    return undefined;
  }

  /** The first bytes that are missing before `end`; `undefined` when all are there. */
  gap(end: number): { from: number; to: number } | undefined {
    const edges = this.#edges;
    if (end === 0) return undefined;
    if (edges.length === 0) return { from: 0, to: end };
    if (edges[0]! > 0) return { from: 0, to: Math.min(edges[0]!, end) };
    if (edges[1]! >= end) return undefined;
    return { from: edges[1]!, to: Math.min(edges[2] ?? end, end) };
  }

  /** A view of the first `end` bytes, good until the next call of `put`. */
  view(end: number): Uint8Array {
    return this.#bytes.subarray(0, end);
  }

  #insert(from: number, to: number): void {
    const merged: number[] = [];
    let begin = from, end = to, placed = false;
    for (let i = 0; i < this.#edges.length; i += 2) {
      const left = this.#edges[i]!, right = this.#edges[i + 1]!;
      if (right < begin) merged.push(left, right);
      else if (left > end) {
        if (!placed) merged.push(begin, end);
        placed = true;
        merged.push(left, right);
      } else {
        begin = Math.min(begin, left);
        end = Math.max(end, right);
      }
    }
    if (!placed) merged.push(begin, end);
    this.#edges = merged;
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const doubled = Math.max(size, 2 * this.#bytes.length);
    const grown = new Uint8Array(Math.min(doubled, this.#mostBytes));
    grown.set(this.#bytes.subarray(0, this.end));
    this.#bytes = grown;
  }
}
