import { MalformedError } from "../bytes/malformed.ts";
import type { ByteReader } from "../bytes/reader.ts";
import { nibbles, TABLE_NUMBERS } from "./table_segments.ts";

/** Largest sampling factor (ITU-T T.81 table B.2). */
const MOST_SAMPLING = 4;
/** Most components one scan can interleave. */
const MOST_SCAN_COMPONENTS = 4;

/** A component as the frame header describes it. */
export interface FrameComponent {
  /** C: any byte, the name a scan header refers to. */
  readonly id: number;
  /** H: samples across in an MCU, 1 … 4. */
  readonly horizontal: number;
  /** V: samples down in an MCU, 1 … 4. */
  readonly vertical: number;
  /** Tq: number of its quantization table, 0 … 3. */
  readonly quantizationTable: number;
}

/** Parameters of SOFn (ITU-T T.81 section B.2.2). */
export interface FrameHeader {
  /** P: bits a sample. */
  readonly precision: number;
  /** Y: pixels down; 0 when a DNL segment tells behind the first scan. */
  readonly height: number;
  /** X: pixels across. */
  readonly width: number;
  readonly components: readonly FrameComponent[];
}

/** A component as the scan header describes it. */
export interface ScanComponent {
  /** Cs: which component of the frame. */
  readonly id: number;
  /** Td: number of its DC Huffman table. */
  readonly dcTable: number;
  /** Ta: number of its AC Huffman table. */
  readonly acTable: number;
}

/**
 * Reads the parameters of SOFn.
 * @throws {MalformedError} when they are cut short, a sampling factor is not 1 … 4, a table number
 * is above 3, there is no component or no width, or bytes are left over
 */
export function readFrameHeader(reader: ByteReader): FrameHeader {
  const precision = reader.u8();
  const height = reader.u16();
  const width = reader.u16();
  if (width === 0) throw bad(reader, reader.position - 2, "The width is 0");
  const count = reader.u8();
  if (count === 0) throw bad(reader, reader.position - 1, "There is no component");
  const components = Array.from({ length: count }, () => readFrameComponent(reader));
  if (reader.remaining > 0) {
    throw bad(reader, reader.position, `${reader.remaining} bytes too many`);
  }
  return { precision, height, width, components };
}

function readFrameComponent(reader: ByteReader): FrameComponent {
  const id = reader.u8();
  const [horizontal, vertical] = nibbles(reader.u8());
  for (const factor of [horizontal, vertical]) {
    if (factor < 1 || factor > MOST_SAMPLING) {
      throw bad(reader, reader.position - 1, `A sampling factor is 1 to 4, not ${factor}`);
    }
  }
  const quantizationTable = reader.u8();
  if (quantizationTable >= TABLE_NUMBERS) {
    throw bad(reader, reader.position - 1, `Tq is 0 to 3, not ${quantizationTable}`);
  }
  return { id, horizontal, vertical, quantizationTable };
}

/** Parameters of SOS (ITU-T T.81 section B.2.3). */
export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  /** Ss: first coefficient in zig-zag order that the scan codes; 0 in sequential frames. */
  readonly spectralStart: number;
  /** Se: last one; 63 in sequential frames. */
  readonly spectralEnd: number;
  /** Ah: point transform of the scan before for these coefficients; 0 in their first one. */
  readonly approximationHigh: number;
  /** Al: point transform, the number of low bits left for later scans. */
  readonly approximationLow: number;
}

/**
 * Reads the parameters of SOS.
 * @throws {MalformedError} when they are cut short, or there is no component or more than four
 */
export function readScanHeader(reader: ByteReader): ScanHeader {
  const count = reader.u8();
  if (count < 1 || count > MOST_SCAN_COMPONENTS) {
    throw bad(reader, reader.position - 1, `A scan has 1 to 4 components, not ${count}`);
  }
  const components = Array.from({ length: count }, () => {
    const id = reader.u8();
    const [dcTable, acTable] = nibbles(reader.u8());
    return { id, dcTable, acTable };
  });
  const [spectralStart, spectralEnd, approximation] = reader.take(3);
  const [approximationHigh, approximationLow] = nibbles(approximation!);
  return {
    components,
    spectralStart: spectralStart!,
    spectralEnd: spectralEnd!,
    approximationHigh,
    approximationLow,
  };
}

/** Reads the components of SOS, the first part of {@linkcode readScanHeader}. */
export function readScanComponents(reader: ByteReader): readonly ScanComponent[] {
  return readScanHeader(reader).components;
}

function bad(reader: ByteReader, position: number, problem: string): MalformedError {
  return new MalformedError(reader.element, position, problem);
}
