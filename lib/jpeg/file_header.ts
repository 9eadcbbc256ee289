import { ByteWriter } from "../bytes/writer.ts";
import { AC_CLASS, DC_CLASS, type HuffmanSpec, STANDARD_HUFFMAN } from "./huffman.ts";
import { LENGTH_FIELD, Marker, MARKER_PREFIX } from "./markers.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** What stands before the scan of a picture that RFC 2435 can carry. */
export interface FileHeader {
  /** Pixels across, 1 … 65,535. */
  readonly width: number;
  /** Pixels down, 1 … 65,535. */
  readonly height: number;
  /** Chrominance at half width only (4:2:2), or at half width and half height (4:2:0). */
  readonly subsampling: "4:2:2" | "4:2:0";
  /** Table 0, zig-zag order: 64 bytes, or 128 for entries of 16 bits. */
  readonly luminance: Uint8Array;
  /** Table 1, likewise, for both chrominance components. */
  readonly chrominance: Uint8Array;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
}

const JFIF = Uint8Array.of(
  ...[0x4a, 0x46, 0x49, 0x46, 0x00], // "JFIF" and its zero
  ...[1, 1], // version 1.01
  ...[0, 0, 1, 0, 1], // no unit, pixels as wide as high
  ...[0, 0], // no thumbnail
);
const SAMPLE_PRECISION = 8;
const COMPONENTS = 3;
const LAST_COEFFICIENT = 63;
/** Enough for every header with tables of 16 bits: it never has to grow. */
const CAPACITY = 800;

/**
 * SOI, APP0 (JFIF), DQT, SOF, DRI when there are restarts, DHT with the tables of Annex K, SOS:
 * everything before the entropy-coded data. The frame is baseline (SOF0), or extended sequential
 * (SOF1) when a table has entries of 16 bits, which baseline forbids.
 */
export function formatFileHeader(header: FileHeader): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(CAPACITY);
  writer.u8(MARKER_PREFIX).u8(Marker.SOI);
  begin(writer, Marker.APP0, JFIF.length).bytes(JFIF);
  quantization(writer, header);
  frame(writer, header);
  if (header.restartInterval > 0) begin(writer, Marker.DRI, 2).u16(header.restartInterval);
  huffman(writer);
  scan(writer);
  return writer.finish();
}

/** DHT with the tables of Annex K, for pictures that come without. */
export function formatStandardHuffman(): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(CAPACITY);
  huffman(writer);
  return writer.finish();
}

function begin(writer: ByteWriter, marker: number, size: number): ByteWriter {
  return writer.u8(MARKER_PREFIX).u8(marker).u16(LENGTH_FIELD + size);
}

function quantization(writer: ByteWriter, { luminance, chrominance }: FileHeader): void {
  begin(writer, Marker.DQT, 2 + luminance.length + chrominance.length);
  for (const [id, table] of [luminance, chrominance].entries()) {
    const precision = table.length > BLOCK_SIZE ? 1 : 0;
    writer.u8((precision << 4) | id).bytes(table);
  }
}

function frame(writer: ByteWriter, header: FileHeader): void {
  const wide = header.luminance.length > BLOCK_SIZE || header.chrominance.length > BLOCK_SIZE;
  begin(writer, wide ? Marker.SOF1 : Marker.SOF0, 6 + 3 * COMPONENTS);
  writer.u8(SAMPLE_PRECISION).u16(header.height).u16(header.width).u8(COMPONENTS);
  const vertical = header.subsampling === "4:2:0" ? 2 : 1;
  writer.u8(1).u8((2 << 4) | vertical).u8(0);
  for (const id of [2, 3]) writer.u8(id).u8((1 << 4) | 1).u8(1);
}

function huffman(writer: ByteWriter): void {
  const { luminanceDc, luminanceAc, chrominanceDc, chrominanceAc } = STANDARD_HUFFMAN;
  const tables: [number, number, HuffmanSpec][] = [
    [DC_CLASS, 0, luminanceDc],
    [AC_CLASS, 0, luminanceAc],
    [DC_CLASS, 1, chrominanceDc],
    [AC_CLASS, 1, chrominanceAc],
  ];
  const size = tables.reduce((sum, [, , t]) => sum + 1 + t.counts.length + t.symbols.length, 0);
  begin(writer, Marker.DHT, size);
  for (const [tableClass, id, table] of tables) {
    writer.u8((tableClass << 4) | id).bytes(table.counts).bytes(table.symbols);
  }
}

function scan(writer: ByteWriter): void {
  begin(writer, Marker.SOS, 4 + 2 * COMPONENTS).u8(COMPONENTS);
  writer.u8(1).u8(0x00).u8(2).u8(0x11).u8(3).u8(0x11);
  writer.u8(0).u8(LAST_COEFFICIENT).u8(0);
}
