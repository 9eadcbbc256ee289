import type { BitReader } from "./bit_reader.ts";
import type { CoefficientPicture, CoefficientPlane } from "./coefficients.ts";
import type { HuffmanDecoder } from "./huffman_decoder.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** A component in a scan. */
export interface ScanPlane {
  readonly plane: CoefficientPlane;
  /** Its tables; undefined where the scan needs none of the class. */
  readonly dc: HuffmanDecoder | undefined;
  readonly ac: HuffmanDecoder | undefined;
  /** DC coefficient of the block before. */
  predictor: number;
}

/** What reads the blocks of one scan. */
export interface BlockDecoder {
  /** Reads what the scan has for the block whose coefficients begin at `at`. */
  block(scanPlane: ScanPlane, at: number): void;
  /**
   * Called before a restart marker and behind the last block.
   * @throws {MalformedError} when what was read goes on behind it
   */
  endOfInterval(): void;
}

const RESTART_NUMBERS = 8;

/** Blocks that a scan visits. */
export function blocksOfScan(planes: readonly ScanPlane[]): number {
  const [first] = planes;
  if (planes.length === 1) return first!.plane.blocksAcross * first!.plane.blocksDown;
  return planes.reduce((sum, { plane }) => sum + plane.stride * plane.rows, 0);
}

/**
 * Goes through the MCUs of a scan: blocks of several components interleaved, of one component
 * alone row by row, without those that only fill up MCUs (ITU-T T.81 section A.2).
 *
 * @param restartInterval MCUs between restart markers; 0 for none
 * @throws {MalformedError} when the data ends early, does not end, or restart markers are amiss
 */
export function walkScan(
  reader: BitReader,
  decoder: BlockDecoder,
  { picture, planes, restartInterval }: {
    picture: CoefficientPicture;
    planes: readonly ScanPlane[];
    restartInterval: number;
  },
): void {
  const alone = planes.length === 1 ? planes[0]! : undefined;
  const across = alone ? alone.plane.blocksAcross : picture.mcusAcross;
  const down = alone ? alone.plane.blocksDown : picture.mcusDown;
  let left = restartInterval;
  let restarts = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      if (restartInterval > 0 && left-- === 0) {
        decoder.endOfInterval();
        reader.restart(restarts++ % RESTART_NUMBERS);
        for (const scanPlane of planes) scanPlane.predictor = 0;
        left = restartInterval - 1;
      }
      if (alone) decoder.block(alone, BLOCK_SIZE * (row * alone.plane.stride + column));
      else for (let i = 0; i < planes.length; i++) interleaved(decoder, planes[i]!, row, column);
      reader.check();
    }
  }
  decoder.endOfInterval();
  reader.finish();
}

/** One component's blocks of an MCU. */
function interleaved(
  decoder: BlockDecoder,
  scanPlane: ScanPlane,
  row: number,
  column: number,
): void {
  const { stride, component } = scanPlane.plane;
  const { horizontal, vertical } = component;
  for (let v = 0; v < vertical; v++) {
    const at = (row * vertical + v) * stride + column * horizontal;
    for (let h = 0; h < horizontal; h++) decoder.block(scanPlane, BLOCK_SIZE * (at + h));
  }
}
