import type { Fraction } from "./frame_grid.ts";
import { LittleEndianWriter } from "./little_endian_writer.ts";

/*
 * An AVI file of one video stream ("AVI RIFF File Reference", Microsoft; "OpenDML AVI File Format
 * Extensions 1.02"). Every chunk begins with a code of four characters and the length of what follows:
 *
 *     RIFF "AVI "                       up to 1 GiB
 *       LIST "hdrl"
 *         avih                          main header: size, rate, frames of this RIFF
 *         LIST "strl"
 *           strh  strf                  the stream's header and format
 *           indx                        index of the indexes ix00
 *         LIST "odml"
 *           dmlh                        frames of the whole file
 *       LIST "movi"
 *         00dc 00dc …                   the frames, each a JPEG; of length 0: the one before, again
 *         ix00                          index of these frames
 *       idx1                            the same in the older form
 *     RIFF "AVIX"                       as many as it takes, each up to 1 GiB
 *       LIST "movi"
 *         00dc 00dc …  ix00
 */

export const CHUNK_HEADER_BYTES = 8;
export const LIST_HEADER_BYTES = 12;

/** RIFFs a file may have: each has an entry in the index of the indexes. At 1 GiB a RIFF, 1 TiB. */
export const MAX_RIFFS = 1024;

const AVIH_BYTES = 56;
const STRH_BYTES = 56;
const STRF_BYTES = 40;
const INDEX_HEADER_BYTES = 24;
const INDX_ENTRY_BYTES = 16;
const IX_ENTRY_BYTES = 8;
const IDX1_ENTRY_BYTES = 16;
const INDX_BYTES = INDEX_HEADER_BYTES + MAX_RIFFS * INDX_ENTRY_BYTES;
/** One number, and room that the specification keeps for others. */
const DMLH_BYTES = 248;

const STRL_CHUNKS = [STRH_BYTES, STRF_BYTES, INDX_BYTES];
const STRL_BYTES = 4 + STRL_CHUNKS.reduce((sum, bytes) => sum + CHUNK_HEADER_BYTES + bytes, 0);
const ODML_BYTES = 4 + CHUNK_HEADER_BYTES + DMLH_BYTES;
const HDRL_BYTES = 4 + 3 * CHUNK_HEADER_BYTES + AVIH_BYTES + STRL_BYTES + ODML_BYTES;

/** Where the list of the first frames begins. */
export const MOVI_AT = LIST_HEADER_BYTES + CHUNK_HEADER_BYTES + HDRL_BYTES;
/** Bytes before the first frame. */
export const HEADER_BYTES = MOVI_AT + LIST_HEADER_BYTES;
/** Bytes before the first frame of a further RIFF. */
export const NEXT_RIFF_BYTES = 2 * LIST_HEADER_BYTES;

/** Flags of avih. */
const HAS_INDEX = 0x10;
const IS_INTERLEAVED = 0x100;
const TRUST_CHUNK_TYPE = 0x800;
/** Flag of an idx1 entry: it can be decoded without those before it. */
const KEY_FRAME = 0x10;
/** Flag in the length of an ix00 entry: it cannot. */
export const NO_KEY_FRAME = 0x8000_0000;

const INDEX_OF_INDEXES = 0;
const INDEX_OF_CHUNKS = 1;
const LONG_BYTES = 4;
const BITS_PER_PIXEL = 24;
const QUALITY_UNKNOWN = 0xffff_ffff;
const MICROSECONDS = 1_000_000;
const CODEC = "MJPG";
const FRAME_ID = "00dc";
const INDEX_ID = "ix00";

/** What the headers say. */
export interface AviFacts {
  width: number;
  height: number;
  rate: Fraction;
  /** Frames in the first RIFF. */
  firstFrames: number;
  /** Frames in all of them. */
  frames: number;
  /** Bytes of the longest chunk. */
  longest: number;
  /** Whether the first RIFF has its idx1. */
  indexed: boolean;
  /** Length of the first RIFF's chunk, and of its list of frames. */
  riffBytes: number;
  moviBytes: number;
  /** Its `ix00` chunk and those of the RIFFs behind it, as far as they are written. */
  indexes: readonly IndexPlace[];
}

/** Where an `ix00` chunk is. */
export interface IndexPlace {
  position: number;
  /** With its header. */
  bytes: number;
  frames: number;
}

/** Everything before the first frame: always {@linkcode HEADER_BYTES}. */
export function formatHeader(facts: AviFacts): Uint8Array<ArrayBuffer> {
  const writer = new LittleEndianWriter(HEADER_BYTES);
  list(writer, "RIFF", facts.riffBytes, "AVI ");
  list(writer, "LIST", HDRL_BYTES, "hdrl");
  writeMainHeader(writer, facts);
  list(writer, "LIST", STRL_BYTES, "strl");
  writeStream(writer, facts);
  writeIndexOfIndexes(writer, facts.indexes);
  list(writer, "LIST", ODML_BYTES, "odml");
  chunk(writer, "dmlh", DMLH_BYTES).u32(facts.frames).skip(DMLH_BYTES - LONG_BYTES);
  list(writer, "LIST", facts.moviBytes, "movi");
  return writer.bytes;
}

/** The beginning of a further RIFF, up to its first frame. */
export function formatNextRiff(riffBytes: number, moviBytes: number): Uint8Array<ArrayBuffer> {
  const writer = new LittleEndianWriter(NEXT_RIFF_BYTES);
  list(writer, "RIFF", riffBytes, "AVIX");
  list(writer, "LIST", moviBytes, "movi");
  return writer.bytes;
}

/** `empty` frames that repeat the one before, and the header of one of `length` bytes. */
export function formatFrameHeaders(empty: number, length: number): Uint8Array<ArrayBuffer> {
  const writer = new LittleEndianWriter((empty + 1) * CHUNK_HEADER_BYTES);
  for (let i = 0; i < empty; i++) chunk(writer, FRAME_ID, 0);
  chunk(writer, FRAME_ID, length);
  return writer.bytes;
}

/** Bytes of `ix00` for so many frames. */
export function indexBytes(frames: number): number {
  return CHUNK_HEADER_BYTES + INDEX_HEADER_BYTES + frames * IX_ENTRY_BYTES;
}

/** Bytes of `idx1` for so many frames. */
export function olderIndexBytes(frames: number): number {
  return CHUNK_HEADER_BYTES + frames * IDX1_ENTRY_BYTES;
}

/** The frames of one RIFF: where their bytes are, counted from a base, and how many. */
export interface FramePlaces {
  /** Offset in the file that positions count from: the beginning of the RIFF. */
  base: number;
  count: number;
  position(index: number): number;
  length(index: number): number;
}

/**
 * The index of a RIFF's frames:
 *
 *      0       2   3   4               8               12              20      24
 *     +-------+---+---+---------------+---------------+---------------+-------+
 *     | longs |sub|typ| entries       | "00dc"        | base offset   | 0     |  an entry: offset of
 *     +-------+---+---+---------------+---------------+---------------+-------+  the data, length
 */
export function formatIndex(places: FramePlaces): Uint8Array<ArrayBuffer> {
  const bytes = indexBytes(places.count);
  const writer = chunk(new LittleEndianWriter(bytes), INDEX_ID, bytes - CHUNK_HEADER_BYTES);
  writer.u16(IX_ENTRY_BYTES / LONG_BYTES).u8(0).u8(INDEX_OF_CHUNKS).u32(places.count);
  writer.fourcc(FRAME_ID).u64(places.base).u32(0);
  for (let i = 0; i < places.count; i++) {
    const length = places.length(i);
    writer.u32(places.position(i)).u32(length === 0 ? NO_KEY_FRAME : length);
  }
  return writer.bytes;
}

/** `idx1`: its offsets are of the chunks' headers, counted from the type of the list of frames. */
export function formatOlderIndex(places: FramePlaces): Uint8Array<ArrayBuffer> {
  const bytes = olderIndexBytes(places.count);
  const writer = chunk(new LittleEndianWriter(bytes), "idx1", bytes - CHUNK_HEADER_BYTES);
  const from = MOVI_AT + CHUNK_HEADER_BYTES - places.base;
  for (let i = 0; i < places.count; i++) {
    const length = places.length(i);
    writer.fourcc(FRAME_ID).u32(length === 0 ? 0 : KEY_FRAME);
    writer.u32(places.position(i) - CHUNK_HEADER_BYTES - from).u32(length);
  }
  return writer.bytes;
}

function chunk(writer: LittleEndianWriter, id: string, bytes: number): LittleEndianWriter {
  return writer.fourcc(id).u32(bytes);
}

function list(writer: LittleEndianWriter, id: string, bytes: number, type: string): void {
  chunk(writer, id, bytes).fourcc(type);
}

function writeMainHeader(writer: LittleEndianWriter, facts: AviFacts): void {
  const { rate: { rate, scale }, longest } = facts;
  const flags = IS_INTERLEAVED | TRUST_CHUNK_TYPE | (facts.indexed ? HAS_INDEX : 0);
  chunk(writer, "avih", AVIH_BYTES);
  writer.u32(Math.round(MICROSECONDS * scale / rate));
  writer.u32(Math.min(0xffff_ffff, Math.ceil(longest * rate / scale))); // bytes a second, at most
  writer.u32(0).u32(flags).u32(facts.firstFrames).u32(0).u32(1); // padding …, initial, streams
  writer.u32(longest).u32(facts.width).u32(facts.height).skip(4 * LONG_BYTES);
}

function writeStream(writer: LittleEndianWriter, facts: AviFacts): void {
  const { width, height, rate: { rate, scale } } = facts;
  chunk(writer, "strh", STRH_BYTES).fourcc("vids").fourcc(CODEC);
  writer.u32(0).u32(0).u32(0); // flags, priority and language, initial frames
  writer.u32(scale).u32(rate).u32(0).u32(facts.frames); // start, length
  writer.u32(facts.longest).u32(QUALITY_UNKNOWN).u32(0);
  writer.u16(0).u16(0).u16(width).u16(height); // rectangle
  chunk(writer, "strf", STRF_BYTES).u32(STRF_BYTES).u32(width).u32(height);
  writer.u16(1).u16(BITS_PER_PIXEL).fourcc(CODEC); // planes
  writer.u32(width * height * BITS_PER_PIXEL / 8).skip(4 * LONG_BYTES);
}

function writeIndexOfIndexes(writer: LittleEndianWriter, indexes: readonly IndexPlace[]): void {
  chunk(writer, "indx", INDX_BYTES);
  writer.u16(INDX_ENTRY_BYTES / LONG_BYTES).u8(0).u8(INDEX_OF_INDEXES).u32(indexes.length);
  writer.fourcc(FRAME_ID).skip(3 * LONG_BYTES);
  for (const { position, bytes, frames } of indexes) writer.u64(position).u32(bytes).u32(frames);
  writer.skip((MAX_RIFFS - indexes.length) * INDX_ENTRY_BYTES);
}
