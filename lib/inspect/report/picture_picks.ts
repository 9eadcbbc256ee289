/** A picture as it came. */
export interface PickedPicture {
  jpeg: Uint8Array;
  /** ms since the Unix epoch. */
  time: number;
}

/** Pictures that are kept. */
export const MOST_PICTURES = 6;
/** Larger ones are not, in bytes: a report goes by mail. */
export const LARGEST_PICTURE = 256 * 1024;

/** Keeps a few of a stream's pictures, spread evenly however many there are. */
export class PicturePicks {
  #kept: PickedPicture[] = [];
  #every = 1;
  #count = 0;
  /** Pictures that were too large to be kept. */
  tooLarge = 0;

  get pictures(): readonly PickedPicture[] {
    return this.#kept.slice(0, MOST_PICTURES);
  }

  /** @param jpeg a whole file; copied */
  add(jpeg: Uint8Array, time: number): void {
    if (this.#count++ % this.#every !== 0) return;
    if (jpeg.length > LARGEST_PICTURE) {
      this.tooLarge++;
      return;
    }
    this.#kept.push({ jpeg: jpeg.slice(), time });
    if (this.#kept.length < 2 * MOST_PICTURES) return;
    this.#kept = this.#kept.filter((_picture, i) => i % 2 === 0);
    this.#every *= 2;
  }
}
