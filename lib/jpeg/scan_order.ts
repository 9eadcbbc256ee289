import { MalformedError } from "../bytes/malformed.ts";
import type { FrameComponent, FrameHeader, ScanHeader } from "./frame_header.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

const LAST_COEFFICIENT = BLOCK_SIZE - 1;
/** Largest point transform (ITU-T T.81 table B.3). */
const MOST_APPROXIMATION = 13;
const NOT_CODED = -1;

/**
 * Sees to it that the scans of a frame follow from each other: in sequential frames each component
 * comes in one scan; in progressive ones the DC coefficient comes first, and each scan refines by
 * one bit what is there (T.81 sections B.2.3 and G.1.1.1). So a picture has a bounded number of
 * scans that do something, and no coefficient grows beyond its bits.
 */
export class ScanOrder {
  readonly #components: readonly FrameComponent[];
  readonly #progressive: boolean;
  /** By component and coefficient: bits not yet told, or {@linkcode NOT_CODED}. */
  readonly #low: Int8Array;

  constructor({ components }: FrameHeader, progressive: boolean) {
    this.#components = components;
    this.#progressive = progressive;
    this.#low = new Int8Array(BLOCK_SIZE * components.length).fill(NOT_CODED);
  }

  /**
   * @param position where SOS stands
   * @throws {MalformedError} when the scan is not possible here
   */
  add(scan: ScanHeader, position: number): void {
    const wrong = (this.#progressive ? band(scan) : undefined) ?? this.#step(scan);
    if (wrong !== undefined) throw new MalformedError("SOS", position, wrong);
  }

  /**
   * What is missing of a whole picture.
   * @param ended whether it says itself that it is whole; then less detail is enough
   */
  gap(ended: boolean): string | undefined {
    for (const [i, { id }] of this.#components.entries()) {
      const low = this.#low.subarray(BLOCK_SIZE * i, BLOCK_SIZE * (i + 1));
      if (low[0] === NOT_CODED) return `a scan of component ${id}`;
      if (!ended && low.some((bits) => bits !== 0)) return `all scans of component ${id}, and EOI`;
    }
    return undefined;
  }

  #step(scan: ScanHeader): string | undefined {
    for (const { id } of scan.components) {
      const index = this.#components.findIndex((component) => component.id === id);
      if (index < 0) return `Component ${id} is none of the frame's`;
      const low = this.#low.subarray(BLOCK_SIZE * index, BLOCK_SIZE * (index + 1));
      if (scan.spectralStart > 0 && low[0] === NOT_CODED) {
        return `AC coefficients of component ${id} come before its DC coefficients`;
      }
      for (let k = scan.spectralStart; k <= scan.spectralEnd; k++) {
        const was = low[k]!;
        if (scan.approximationHigh === 0 && was !== NOT_CODED) {
          return `Coefficient ${k} of component ${id} is coded a second time`;
        }
        if (scan.approximationHigh > 0 && was !== scan.approximationHigh) {
          return `Coefficient ${k} of component ${id} is refined out of turn`;
        }
        low[k] = scan.approximationLow;
      }
    }
    return undefined;
  }
}

/**
 * A scan header of a sequential frame, saying what all of them must say. What some encoders write
 * in these three bytes is not looked at: libjpeg only warns of it, ffmpeg does not read it.
 */
export function sequentialScan(header: ScanHeader): ScanHeader {
  const all = { spectralStart: 0, spectralEnd: LAST_COEFFICIENT };
  return { ...header, ...all, approximationHigh: 0, approximationLow: 0 };
}

/** What is wrong with the coefficients and bits a progressive scan is about. */
function band(scan: ScanHeader): string | undefined {
  const { spectralStart, spectralEnd, approximationHigh, approximationLow } = scan;
  if (spectralEnd > LAST_COEFFICIENT || spectralStart > spectralEnd) {
    return `Coefficients ${spectralStart} to ${spectralEnd} are none`;
  }
  if (spectralStart === 0 && spectralEnd > 0) return "DC and AC coefficients in one scan";
  if (spectralStart > 0 && scan.components.length > 1) {
    return "AC coefficients of several components in one scan";
  }
  if (approximationLow > MOST_APPROXIMATION) return `A point transform of ${approximationLow}`;
  if (approximationHigh > 0 && approximationLow !== approximationHigh - 1) {
    return `A refinement from ${approximationHigh} to ${approximationLow} bits left`;
  }
  return undefined;
}
