import { Marker, MARKER_PREFIX, STUFFING } from "../../jpeg/markers.ts";
import type { Tile, TileComponent } from "./tile.ts";
import { type Bits, differenceBits, type TableNumber } from "./tile_bits.ts";

/** Room for the bits of any tile: six blocks of 64 values of 4 bytes each, all of them stuffed. */
const MOST_TILE_BYTES = 6 * 64 * 4 * 2;

/** Puts tiles together to a JPEG file. One is used for frame after frame of one pattern. */
export class Mosaic {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** Bits not yet written, right-aligned; fewer than 8 between calls. */
  #bits = 0;
  #count = 0;

  /** @param header everything before the entropy-coded data */
  constructor(readonly header: Uint8Array) {
    this.#bytes = new Uint8Array(header.length + MOST_TILE_BYTES);
  }

  /** The file of these tiles, row by row; a copy of its own. */
  assemble(tiles: readonly Tile[]): Uint8Array<ArrayBuffer> {
    this.#bytes.set(this.header);
    this.#length = this.header.length;
    this.#bits = this.#count = 0;
    let y = 0, cb = 0, cr = 0;
    for (const tile of tiles) {
      if (this.#length + MOST_TILE_BYTES > this.#bytes.length) this.#grow();
      y = this.#component(tile.y, y, 0);
      cb = this.#component(tile.cb, cb, 1);
      cr = this.#component(tile.cr, cr, 1);
    }
    return this.#finish();
  }

  /** @returns the predictor of the component's next block */
  #component({ firstDc, lastDc, bits }: TileComponent, before: number, table: TableNumber): number {
    this.#put(differenceBits(firstDc - before, table));
    this.#put(bits);
    return lastDc;
  }

  #put({ pieces, lengths }: Bits): void {
    for (let i = 0; i < pieces.length; i++) {
      const length = lengths[i]!;
      this.#bits = (this.#bits << length) | pieces[i]!;
      this.#count += length;
      while (this.#count >= 8) {
        this.#count -= 8;
        const byte = (this.#bits >>> this.#count) & 0xff;
        this.#bytes[this.#length++] = byte;
        if (byte === MARKER_PREFIX) this.#bytes[this.#length++] = STUFFING;
      }
      this.#bits &= (1 << this.#count) - 1;
    }
  }

  /** Fills the last byte with ones (T.81 section F.1.2.3) and ends with EOI. */
  #finish(): Uint8Array<ArrayBuffer> {
    const missing = (8 - this.#count) % 8;
    this.#put({ pieces: [(1 << missing) - 1], lengths: [missing] });
    this.#bytes[this.#length++] = MARKER_PREFIX;
    this.#bytes[this.#length++] = Marker.EOI;
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#bytes.length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
