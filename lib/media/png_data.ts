import { MalformedError } from "../bytes/malformed.ts";
import { checkPng, inflatedBytes, pixelChunks } from "./png_check.ts";

/**
 * Checks that a PNG's data inflate to as many bytes as its header says, piece by piece, so that
 * neither a short file that inflates without end nor one that is cut off gets to the decoder.
 *
 * @throws {MalformedError} (as a rejection) naming the byte of the file
 */
export async function checkPngData(png: Uint8Array): Promise<void> {
  await inflateTo(png, inflatedBytes(png), () => {});
}

/** The data of a PNG, inflated, checked as {@linkcode checkPngData} does. */
export async function inflatePng(png: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  checkPng(png);
  const data = new Uint8Array(inflatedBytes(png));
  let at = 0;
  await inflateTo(png, data.length, (piece) => {
    data.set(piece, at);
    at += piece.length;
  });
  return data;
}

/** Gives away all pieces, as far as they are not more than `wanted` bytes together. */
async function inflateTo(
  png: Uint8Array,
  wanted: number,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  checkPng(png);
  const chunks = pixelChunks(png);
  const at = chunks[0]!.byteOffset - png.byteOffset;
  const inflated = await countInflated(chunks, wanted, at, take);
  if (inflated === wanted) return;
  const than = inflated > wanted ? "more" : "fewer";
  const problem = `The data inflate to ${than} bytes than the ${wanted} of the picture`;
  throw new MalformedError("PNG", at, problem);
}

/** How many bytes chunks inflate to; counting ends above `wanted`. */
async function countInflated(
  chunks: Uint8Array<ArrayBuffer>[],
  wanted: number,
  at: number,
  take: (piece: Uint8Array) => void,
): Promise<number> {
  let count = 0;
  const inflating = new Blob(chunks).stream().pipeThrough(new DecompressionStream("deflate"));
  try {
    for await (const piece of inflating) {
      count += piece.length;
      if (count > wanted) break;
      take(piece);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Cut data are told by their length.
    if (count < wanted && !/corrupt/i.test(error.message)) return count;
    throw new MalformedError("PNG", at, `The data cannot be inflated: ${error.message}`);
  }
  return count;
}
