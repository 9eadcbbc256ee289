import { equals } from "@std/bytes/equals";
import { type QuantizationPair, quantizationPair } from "./quantization.ts";
import { type JpegPayload, Q_EVERY_FRAME, Q_IN_BAND } from "./rtp_payload.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

const MOST_COMPUTED_Q = 99;

/**
 * Finds the quantization tables of a frame by its first packet, and remembers those that came in
 * band (RFC 2435 section 3.1.8): one pair for each Q, at most 128 pairs.
 */
export class ReceivedTables {
  readonly #pairs = new Map<number, QuantizationPair>();

  /** Forgets the tables that came in band. */
  clear(): void {
    this.#pairs.clear();
  }

  /**
   * @param first a payload at offset 0
   * @returns the tables, or what is wrong. The same tables are the same object as for the frame
   * before.
   */
  find({ q, quantization }: JpegPayload): QuantizationPair | string {
    if (!quantization) {
      if (q >= 1 && q <= MOST_COMPUTED_Q) return quantizationPair(q);
      return `Q ${q} is reserved`;
    }
    if (quantization.tables.length > 0) return this.#inBand(q, quantization);
    if (q === Q_EVERY_FRAME) return `Q ${q} without quantization tables`;
    return this.#pairs.get(q) ?? `The quantization tables of Q ${q} have not come yet`;
  }

  #inBand(
    q: number,
    { precision, tables }: { precision: number; tables: Uint8Array },
  ): QuantizationPair | string {
    const first = tableSize(precision, 0), second = tableSize(precision, 1);
    // Tolerance: ffmpeg's RTP muxer sends Length 64 for a JPEG with a single table, which then
    // serves all components. Tables beyond the second are not used by types 0, 1, 64 and 65.
    const single = tables.length === first;
    if (!single && tables.length < first + second) {
      return `${tables.length} bytes of quantization tables, not ${first + second}`;
    }
    const luminance = tables.subarray(0, first);
    const chrominance = single ? luminance : tables.subarray(first, first + second);
    const known = this.#pairs.get(q);
    if (known && same(known, { luminance, chrominance })) return known;
    const pair = { luminance: luminance.slice(), chrominance: chrominance.slice() };
    if (q >= Q_IN_BAND) this.#pairs.set(q, pair);
    return pair;
  }
}

function tableSize(precision: number, table: number): number {
  return (precision >> table & 1) === 1 ? 2 * BLOCK_SIZE : BLOCK_SIZE;
}

function same(a: QuantizationPair, b: QuantizationPair): boolean {
  return equals(a.luminance, b.luminance) && equals(a.chrominance, b.chrominance);
}
