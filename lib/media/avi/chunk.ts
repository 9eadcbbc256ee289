import { fourcc, u32le } from "../fixed_integers.ts";

/** Identifier and size before a chunk's data. */
export const CHUNK_HEADER_BYTES = 8;
/** The same with the type of a `RIFF` or `LIST`, behind which its own chunks begin. */
export const LIST_HEADER_BYTES = 12;

const SPACE = 0x20;
const TILDE = 0x7e;
const ID_BYTES = 4;

/**
 * What stands before the data of a chunk ("Multimedia Programming Interface and Data Specifications
 * 1.0", section 2); integers are little-endian. A chunk of odd size is followed by a byte of padding.
 *
 *      0               4               8              12
 *     +---------------+---------------+- - - - - - - -+- -
 *     |      id       |     size      |  type of list | …
 *     +---------------+---------------+- - - - - - - -+- -
 */
export interface Chunk {
  /** Offset in the file of the header. */
  readonly at: number;
  readonly id: string;
  /** Bytes behind the header, as stated. */
  readonly size: number;
  /** Of a `RIFF` or `LIST`; empty for other chunks. */
  readonly type: string;
}

/** The chunk whose header is in `bytes`, or undefined where none can begin. */
export function readChunk(bytes: Uint8Array, at: number): Chunk | undefined {
  if (bytes.length < CHUNK_HEADER_BYTES || !isId(bytes)) return undefined;
  const id = fourcc(bytes, 0);
  const list = id === "RIFF" || id === "LIST";
  const type = list ? fourcc(bytes, CHUNK_HEADER_BYTES) : "";
  return { at, id, size: u32le(bytes, ID_BYTES), type };
}

/** Where the chunk's data begin. */
export function dataOf(chunk: Chunk): number {
  return chunk.at + CHUNK_HEADER_BYTES;
}

/** Where the next chunk begins. */
export function behind(chunk: Chunk): number {
  return dataOf(chunk) + chunk.size + chunk.size % 2;
}

/** Identifiers are four printable characters. */
function isId(bytes: Uint8Array): boolean {
  for (let i = 0; i < ID_BYTES; i++) if (bytes[i]! < SPACE || bytes[i]! > TILDE) return false;
  return true;
}
