import { MalformedError } from "../bytes/malformed.ts";
import { LEFT_OUT } from "./carriage.ts";
import type { CoefficientPicture, CoefficientPlane } from "./coefficients.ts";
import type { ScanHeader } from "./frame_header.ts";
import { AC_CLASS, DC_CLASS } from "./huffman.ts";
import { type HuffmanDecoder, huffmanDecoder } from "./huffman_decoder.ts";
import type { ScanPlane } from "./scan_walk.ts";
import { huffmanIndex, type HuffmanTable, type QuantizationTable } from "./table_segments.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** What is in force where a scan begins. */
export interface ScanTables {
  /** Where SOS stands. */
  readonly position: number;
  readonly huffman: readonly (HuffmanTable | undefined)[];
  readonly quantization: readonly (QuantizationTable | undefined)[];
}

/**
 * The components of a scan with the tables it reads them by. A component's quantization table is
 * the one in force at its first scan.
 *
 * @param header a scan of components of the picture
 * @throws {MalformedError} when a table is missing or impossible
 */
export function scanPlanes(
  bytes: Uint8Array,
  picture: CoefficientPicture,
  header: ScanHeader,
  tables: ScanTables,
): ScanPlane[] {
  const needDc = header.spectralStart === 0 && header.approximationHigh === 0;
  const needAc = header.spectralEnd > 0;
  const decoders = new Map<number, HuffmanDecoder>();
  const decoder = (tableClass: number, id: number): HuffmanDecoder => {
    const index = huffmanIndex(tableClass, id);
    const known = decoders.get(index) ?? readyDecoder(bytes, tables, tableClass, id);
    decoders.set(index, known);
    return known;
  };
  return header.components.map(({ id, dcTable, acTable }) => {
    const plane = picture.planes.find(({ component }) => component.id === id)!;
    if (plane.quantization[0] === 0) begin(plane, header, tables);
    const dc = needDc ? decoder(DC_CLASS, dcTable) : undefined;
    const ac = needAc ? decoder(AC_CLASS, acTable) : undefined;
    return { plane, dc, ac, predictor: 0 };
  });
}

/** The first scan of a component. */
function begin(plane: CoefficientPlane, header: ScanHeader, tables: ScanTables): void {
  const id = plane.component.quantizationTable;
  const table = tables.quantization[id];
  if (!table) {
    throw new MalformedError("SOS", tables.position, `There is no quantization table ${id}`);
  }
  plane.quantization = divisors(table);
  const zero = plane.quantization.indexOf(0);
  if (zero >= 0) {
    throw new MalformedError("SOS", tables.position, `Quantization table ${id} divides by 0`);
  }
  if (header.components.length === 1) {
    plane.codedAcross = plane.blocksAcross;
    plane.codedDown = plane.blocksDown;
  }
}

/** The entries of a table as numbers, in zig-zag order. */
export function divisors({ bits, entries }: QuantizationTable): Uint16Array {
  if (bits === 8) return Uint16Array.from(entries);
  return Uint16Array.from(
    { length: BLOCK_SIZE },
    (_, k) => (entries[2 * k]! << 8) | entries[2 * k + 1]!,
  );
}

function readyDecoder(
  bytes: Uint8Array,
  { huffman, position }: ScanTables,
  tableClass: number,
  id: number,
): HuffmanDecoder {
  const table = huffman[huffmanIndex(tableClass, id)];
  if (table) return huffmanDecoder(table, table.counts.byteOffset - bytes.byteOffset);
  const standard = LEFT_OUT[tableClass]?.[id];
  if (standard) return huffmanDecoder(standard, position);
  const name = tableClass === DC_CLASS ? "DC" : "AC";
  throw new MalformedError("SOS", position, `There is no ${name} Huffman table ${id}`);
}
