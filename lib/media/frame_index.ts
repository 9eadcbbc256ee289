const FIRST_CAPACITY = 256;

/**
 * Where the frames of a file are: 12 bytes a frame, in arrays that double when full. Positions are
 * doubles, exact up to 2^53, since files exceed 4 GiB.
 */
export class FrameIndex {
  #positions = new Float64Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  /** Number of frames. */
  get count(): number {
    return this.#count;
  }

  /** Byte offset of the JPEG of frame `index`, which must be below {@linkcode count}. */
  position(index: number): number {
    return this.#positions[index]!;
  }

  /** Length in bytes of the JPEG of frame `index`, which must be below {@linkcode count}. */
  length(index: number): number {
    return this.#lengths[index]!;
  }

  /** Adds a frame behind the last one. */
  push(position: number, length: number): void {
    if (this.#count === this.#lengths.length) this.#grow();
    this.#positions[this.#count] = position;
    this.#lengths[this.#count] = length;
    this.#count++;
  }

  #grow(): void {
    const positions = new Float64Array(this.#count * 2);
    positions.set(this.#positions);
    this.#positions = positions;
    const lengths = new Uint32Array(this.#count * 2);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }
}
