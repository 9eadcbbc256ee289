import type { FramePlaces } from "./avi_layout.ts";

const FIRST_CAPACITY = 1024;

/** Where the frames of one RIFF are: 8 bytes a frame, in arrays that double when full. */
export class RiffFrames implements FramePlaces {
  #positions = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  /** @param base offset of the RIFF in the file */
  constructor(readonly base: number) {}

  get count(): number {
    return this.#count;
  }

  position(index: number): number {
    return this.#positions[index]!;
  }

  length(index: number): number {
    return this.#lengths[index]!;
  }

  /** @param position of its bytes in the file */
  push(position: number, length: number): void {
    if (this.#count === this.#positions.length) {
      this.#positions = doubled(this.#positions);
      this.#lengths = doubled(this.#lengths);
    }
    this.#positions[this.#count] = position - this.base;
    this.#lengths[this.#count] = length;
    this.#count++;
  }

  /** Forgets the last one. @returns its length */
  pop(): number {
    return this.#lengths[--this.#count]!;
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}
