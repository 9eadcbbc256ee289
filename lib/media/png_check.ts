import { MalformedError } from "../bytes/malformed.ts";
import { fourcc, u32be } from "./fixed_integers.ts";

/** The first bytes of a PNG (RFC 2083, section 3.1). */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/**
 * IHDR, the first chunk: length and type, then (section 4.1.1)
 *
 *      16              20              24  25  26  27  28
 *     +---------------+---------------+---+---+---+---+---+
 *     |     width     |    height     |dep|col|com|fil|int|
 *     +---------------+---------------+---+---+---+---+---+
 */
const Header = Object.freeze({
  LENGTH: 8,
  TYPE: 12,
  WIDTH: 16,
  HEIGHT: 20,
  DEPTH: 24,
  COLOUR: 25,
  INTERLACE: 28,
  END: 33,
});
const HEADER_BYTES = 13;
/** Colour types (section 4.1.1). */
export const PngColour = Object.freeze({
  GREY: 0,
  RGB: 2,
  PALETTE: 3,
  GREY_ALPHA: 4,
  RGB_ALPHA: 6,
});
/** Samples a pixel, and the bits that one may have, by colour type. */
const KINDS: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  [PngColour.GREY]: { samples: 1, depths: [1, 2, 4, 8, 16] },
  [PngColour.RGB]: { samples: 3, depths: [8, 16] },
  [PngColour.PALETTE]: { samples: 1, depths: [1, 2, 4, 8] },
  [PngColour.GREY_ALPHA]: { samples: 2, depths: [8, 16] },
  [PngColour.RGB_ALPHA]: { samples: 4, depths: [8, 16] },
};
const BITS_IN_BYTE = 8;
/** Interlace methods (section 2.6). */
const Interlace = Object.freeze({ NONE: 0, ADAM7: 1 });
/** Which pixels each pass of Adam7 has: the first column and row, and how many to the next. */
const ADAM7: readonly Pass[] = [
  { column: 0, row: 0, across: 8, down: 8 },
  { column: 4, row: 0, across: 8, down: 8 },
  { column: 0, row: 4, across: 4, down: 8 },
  { column: 2, row: 0, across: 4, down: 4 },
  { column: 0, row: 2, across: 2, down: 4 },
  { column: 1, row: 0, across: 2, down: 2 },
  { column: 0, row: 1, across: 1, down: 2 },
];
const ONE_PASS: readonly Pass[] = [{ column: 0, row: 0, across: 1, down: 1 }];
/** A row begins with a byte for its filter (section 6). */
const FILTER_BYTES = 1;
/** No byte of deflated data stands for more: 258 bytes take two bits at least. */
const MOST_INFLATION = 1032;
/** Length and type before a chunk's data; its checksum behind them too. */
const CHUNK_BYTES = 12;
/** Bytes that a PNG's data may inflate to: those of the largest pictures, of 8 bits a sample. */
export const MAX_PNG_INFLATED: number = 256 * 1024 * 1024;
/** What a palette has room for, and how much of it can be seen through. */
const MOST_BYTES: Readonly<Record<string, number>> = { PLTE: 768, tRNS: 256 };
/** Chunks of a file, at most. */
export const MAX_PNG_CHUNKS = 100_000;

/** Whether a file begins as a PNG. */
export function isPng(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => head[at] === byte);
}

/** Pixels that come together in a PNG, in rows. */
interface Pass {
  readonly column: number;
  readonly row: number;
  readonly across: number;
  readonly down: number;
}

/** A pass of a certain picture: pixels across and down, bytes of a row without that of its filter. */
export interface PngPass extends Pass {
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
}

/** What the header of a PNG says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: number;
  /** Samples a pixel. */
  readonly samples: number;
  readonly interlaced: boolean;
}

/**
 * Reads the header of a PNG.
 * @throws {MalformedError} naming the byte, when it is none of PNG's
 */
export function readPngHeader(png: Uint8Array): PngHeader {
  if (png.length < Header.END) {
    throw new MalformedError("PNG", png.length, "Ends within its header");
  }
  if (fourcc(png, Header.TYPE) !== "IHDR" || u32be(png, Header.LENGTH) !== HEADER_BYTES) {
    throw new MalformedError("PNG", Header.LENGTH, "Does not begin with IHDR");
  }
  const [depth, colour] = [png[Header.DEPTH]!, png[Header.COLOUR]!];
  const kind = KINDS[colour];
  if (kind === undefined) {
    throw new MalformedError("PNG", Header.COLOUR, `Has no colour type ${colour}`);
  }
  if (!kind.depths.includes(depth)) {
    const problem = `Has ${depth} bits a sample, which colour type ${colour} has not`;
    throw new MalformedError("PNG", Header.DEPTH, problem);
  }
  const interlace = png[Header.INTERLACE]!;
  if (interlace !== Interlace.NONE && interlace !== Interlace.ADAM7) {
    throw new MalformedError("PNG", Header.INTERLACE, `Has no interlace method ${interlace}`);
  }
  const [width, height] = [u32be(png, Header.WIDTH), u32be(png, Header.HEIGHT)];
  const interlaced = interlace === Interlace.ADAM7;
  return { width, height, depth, colour, samples: kind.samples, interlaced };
}

/**
 * Checks that a PNG is one that pixels can be made of, and that no length in it misleads.
 * @throws {MalformedError} naming the byte
 */
export function checkPng(png: Uint8Array): void {
  const { width, height } = readPngHeader(png);
  const deflated = pixelChunks(png).reduce((sum, { length }) => sum + length, 0);
  const inflated = inflatedBytes(png);
  if (inflated > MAX_PNG_INFLATED) {
    const problem = `${width}x${height} pixels of ${inflated} bytes exceed ${MAX_PNG_INFLATED}`;
    throw new MalformedError("PNG", Header.WIDTH, problem);
  }
  if (inflated > 0 && inflated <= MOST_INFLATION * deflated) return;
  const problem = `Says ${width}x${height} pixels, more than ${deflated} bytes of data can hold`;
  throw new MalformedError("PNG", Header.WIDTH, inflated > 0 ? problem : "Has no pixels");
}

/** The passes of a picture that have any pixels, in order. */
export function pngPasses(header: PngHeader): PngPass[] {
  const { width, height, samples, depth, interlaced } = header;
  return (interlaced ? ADAM7 : ONE_PASS).map((pass) => {
    const across = Math.max(0, Math.ceil((width - pass.column) / pass.across));
    const down = Math.max(0, Math.ceil((height - pass.row) / pass.down));
    const rowBytes = Math.ceil(across * samples * depth / BITS_IN_BYTE);
    return { ...pass, width: across, height: down, rowBytes };
  }).filter(({ width, height }) => width > 0 && height > 0);
}

/**
 * Bytes that the data of a PNG inflate to.
 * @throws {MalformedError} as {@linkcode readPngHeader} does
 */
export function inflatedBytes(png: Uint8Array): number {
  const passes = pngPasses(readPngHeader(png));
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (FILTER_BYTES + rowBytes), 0);
}

/**
 * The data of a PNG's pixels, in order.
 * @throws {MalformedError} naming the byte, when a chunk is cut off or too long, or there is none
 */
export function pixelChunks(png: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const { found, end } = walkChunks(png, "IDAT");
  if (found.length === 0) throw new MalformedError("PNG", end, "Has no pixels (IDAT)");
  return found;
}

/**
 * What is in all chunks of a type, in order.
 * @throws {MalformedError} naming the byte, when a chunk is cut off or too long
 */
export function pngChunks(png: Uint8Array, wanted: string): Uint8Array<ArrayBuffer>[] {
  return walkChunks(png, wanted).found;
}

/** What was found of a type, and where the last chunk was looked for. */
interface FoundChunks {
  readonly found: Uint8Array<ArrayBuffer>[];
  readonly end: number;
}

function walkChunks(png: Uint8Array, wanted: string): FoundChunks {
  const found: Uint8Array<ArrayBuffer>[] = [];
  let at: number = Header.END;
  for (let count = 0; count < MAX_PNG_CHUNKS; count++) {
    if (at + CHUNK_BYTES > png.length) break;
    const length = u32be(png, at);
    const type = fourcc(png, at + 4);
    if (at + CHUNK_BYTES + length > png.length) {
      throw new MalformedError("PNG", at, `${type} of ${length} bytes is cut off`);
    }
    if (length > (MOST_BYTES[type] ?? length)) {
      throw new MalformedError("PNG", at, `${type} has ${length} bytes, too many`);
    }
    if (type === wanted) {
      found.push(png.subarray(at + 8, at + 8 + length) as Uint8Array<ArrayBuffer>);
    }
    if (type === "IEND") break;
    at += CHUNK_BYTES + length;
  }
  return { found, end: at };
}
