import { MalformedError } from "../bytes/malformed.ts";
import { checkPng, inflatedBytes, pixelChunks } from "./png_check.ts";

/**
 * Checks that a PNG's data inflate to as many bytes as its header says, piece by piece, so that
 * neither a short file that inflates without end nor one that is cut off gets to the decoder.
 *
 * @throws {MalformedError} (as a rejection) naming the byte of the file
 */
export async function checkPngData(png: Uint8Array): Promise<void> {
  checkPng(png);
  const chunks = pixelChunks(png);
  const at = chunks[0]!.byteOffset - png.byteOffset;
  const wanted = inflatedBytes(png);
  const inflated = await countInflated(chunks, wanted, at);
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
): Promise<number> {
  let count = 0;
  const inflating = new Blob(chunks).stream().pipeThrough(new DecompressionStream("deflate"));
  try {
    for await (const piece of inflating) {
      count += piece.length;
      if (count > wanted) break;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Cut data are told by their length.
    if (count < wanted && !/corrupt/i.test(error.message)) return count;
    throw new MalformedError("PNG", at, `The data cannot be inflated: ${error.message}`);
  }
  return count;
}
