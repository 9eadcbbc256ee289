import { MalformedError } from "../bytes/malformed.ts";
import type { FrameComponent, FrameHeader } from "./frame_header.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Samples a side of a block. */
export const BLOCK_SIDE = 8;
/** Most blocks of all components that are decoded: 8K pictures of 4:4:4 have 1,555,200. */
export const MOST_BLOCKS = 1_600_000;
/** A block takes a bit at least: the shortest code for its DC coefficient. */
const BITS_IN_BYTE = 8;

/** The quantized coefficients of one component. */
export interface CoefficientPlane {
  readonly component: FrameComponent;
  /** Samples across the component has, those that fill up its last block not counted. */
  readonly width: number;
  /** Samples down, likewise. */
  readonly height: number;
  /** Blocks that hold these samples. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks in memory a row: {@linkcode blocksAcross} filled up to whole MCUs. */
  readonly stride: number;
  /** Rows of blocks in memory, likewise. */
  readonly rows: number;
  /** Blocks that the file has data for: a scan of one component alone codes no fill blocks. */
  codedAcross: number;
  codedDown: number;
  /** 64 divisors of 1 … 65,535 in zig-zag order. */
  quantization: Uint16Array;
  /** 64 coefficients in zig-zag order for each block, row by row. */
  readonly coefficients: Int16Array;
}

/** A picture as its quantized coefficients. */
export interface CoefficientPicture {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** MCUs of a scan of all components. */
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly planes: readonly CoefficientPlane[];
}

/** Blocks that the components of a frame take, filled up to whole MCUs. */
export function countBlocks({ width, height, components }: FrameHeader): number {
  const { across, down } = mcus({ width, height, components });
  const each = components.reduce((sum, { horizontal, vertical }) => sum + horizontal * vertical, 0);
  return across * down * each;
}

/**
 * Room for the coefficients of a frame, all 0, in `memory`.
 * @throws {MalformedError} when `fileLength` bytes cannot code so many blocks
 */
export function coefficientPicture(
  frame: FrameHeader,
  fileLength: number,
  memory: CoefficientMemory,
): CoefficientPicture {
  const blocks = countBlocks(frame);
  if (blocks > BITS_IN_BYTE * fileLength) {
    const problem = `${frame.width}x${frame.height} pixels in ${blocks} blocks, more than ` +
      `${fileLength} bytes can code`;
    throw new MalformedError("JPEG", fileLength, problem);
  }
  const { width, height, components } = frame;
  const { across, down, horizontal, vertical } = mcus(frame);
  const coefficients = memory.take(BLOCK_SIZE * blocks);
  let at = 0;
  const planes = components.map((component) => {
    const samples = {
      width: Math.ceil(width * component.horizontal / horizontal),
      height: Math.ceil(height * component.vertical / vertical),
    };
    const stride = across * component.horizontal, rows = down * component.vertical;
    const from = at;
    at += BLOCK_SIZE * stride * rows;
    const own = coefficients.subarray(from, at);
    return coefficientPlane(component, samples, { stride, rows, coefficients: own });
  });
  return { width, height, mcusAcross: across, mcusDown: down, planes };
}

/** A component's coefficients; those of all its blocks in memory count as coded. */
export function coefficientPlane(
  component: FrameComponent,
  { width, height }: { width: number; height: number },
  blocks: { stride: number; rows: number; coefficients: Int16Array },
): CoefficientPlane {
  return {
    component,
    width,
    height,
    blocksAcross: Math.ceil(width / BLOCK_SIDE),
    blocksDown: Math.ceil(height / BLOCK_SIDE),
    ...blocks,
    codedAcross: blocks.stride,
    codedDown: blocks.rows,
    quantization: new Uint16Array(BLOCK_SIZE),
  };
}

interface Mcus {
  across: number;
  down: number;
  horizontal: number;
  vertical: number;
}

/** How many MCUs a scan of all components has, and the largest sampling factors. */
function mcus(
  { width, height, components }: Pick<FrameHeader, "width" | "height" | "components">,
): Mcus {
  const horizontal = Math.max(...components.map((component) => component.horizontal));
  const vertical = Math.max(...components.map((component) => component.vertical));
  const across = Math.ceil(width / (BLOCK_SIDE * horizontal));
  const down = Math.ceil(height / (BLOCK_SIDE * vertical));
  return { across, down, horizontal, vertical };
}

/** Memory for coefficients that serves one picture after the other. */
export class CoefficientMemory {
  #memory = new Int16Array();

  /** `length` zeros, until the next call. */
  take(length: number): Int16Array {
    if (this.#memory.length < length) this.#memory = new Int16Array(length);
    else this.#memory.fill(0, 0, length);
    return this.#memory.subarray(0, length);
  }
}
