import { MalformedError } from "../bytes/malformed.ts";
import { BitReader } from "./bit_reader.ts";
import { processName } from "./carriage.ts";
import {
  CoefficientMemory,
  type CoefficientPicture,
  coefficientPicture,
  countBlocks,
  MOST_BLOCKS,
} from "./coefficients.ts";
import {
  type FrameHeader,
  readFrameHeader,
  readScanHeader,
  type ScanHeader,
} from "./frame_header.ts";
import {
  isStartOfFrame,
  Marker,
  markerName,
  type Segment,
  segmentAt,
  segments,
} from "./markers.ts";
import { NeedsPixelsError } from "./needs_pixels.ts";
import { progressiveDecoder } from "./progressive_scan.ts";
import { ScanOrder, sequentialScan } from "./scan_order.ts";
import { scanPlanes } from "./scan_planes.ts";
import { blocksOfScan, walkScan } from "./scan_walk.ts";
import { SequentialDecoder } from "./sequential_scan.ts";
import {
  type HuffmanTable,
  parameterReader,
  type QuantizationTable,
  readHuffmanTables,
  readQuantizationTables,
} from "./table_segments.ts";

/** Most scans of one picture; encoders write ten. */
export const MOST_SCANS = 1000;
/**
 * Most blocks that all scans together may visit: twenty times {@linkcode MOST_BLOCKS}, so that a
 * few bytes a scan cannot keep the decoder busy for long.
 */
export const MOST_BLOCK_VISITS: number = 20 * MOST_BLOCKS;
/** Most components whose picture is decoded. */
export const MOST_COMPONENTS = 4;

const ELEMENT = "JPEG";
const SAMPLE_PRECISION = 8;

/**
 * Decodes a JPEG file to its quantized coefficients: baseline, extended sequential and progressive
 * Huffman coding of 8 bits (ITU-T T.81 annexes F and G) with one to four components, any sampling
 * factors, any scans. Takes 128 bytes a block, at most 128 times {@linkcode MOST_BLOCKS}.
 *
 * @param memory what to take room from; the coefficients are good until it is used again
 * @throws {MalformedError} naming the byte, when the file breaks the rules or ends too early
 * @throws {NeedsPixelsError} on other processes and precisions, and on a picture beyond
 * {@linkcode MOST_BLOCKS}, {@linkcode MOST_SCANS} or {@linkcode MOST_BLOCK_VISITS}
 */
export function decodeCoefficients(
  jpeg: Uint8Array,
  memory: CoefficientMemory = new CoefficientMemory(),
): CoefficientPicture {
  const decoder = new FileDecoder(jpeg, memory);
  for (const segment of segments(jpeg)) decoder.add(segment);
  return decoder.result();
}

class FileDecoder {
  readonly #bytes: Uint8Array;
  readonly #memory: CoefficientMemory;
  readonly #quantization: (QuantizationTable | undefined)[] = [];
  readonly #huffman: (HuffmanTable | undefined)[] = [];
  #frame: { marker: number; header: FrameHeader } | undefined;
  #picture: CoefficientPicture | undefined;
  #order: ScanOrder | undefined;
  #restartInterval = 0;
  #scans = 0;
  #visits = 0;
  #hasEoi = false;

  constructor(bytes: Uint8Array, memory: CoefficientMemory) {
    this.#bytes = bytes;
    this.#memory = memory;
  }

  add(segment: Segment): void {
    const { marker } = segment;
    const reader = (): ReturnType<typeof parameterReader> => parameterReader(this.#bytes, segment);
    if (marker === Marker.SOS) this.#addScan(segment, readScanHeader(reader()));
    else if (isStartOfFrame(marker)) this.#addFrame(segment, readFrameHeader(reader()));
    else if (marker === Marker.DQT) readQuantizationTables(reader(), this.#quantization);
    else if (marker === Marker.DHT) readHuffmanTables(reader(), this.#huffman);
    else if (marker === Marker.DRI) this.#restartInterval = reader().u16();
    else if (marker === Marker.EOI) this.#hasEoi = true;
  }

  result(): CoefficientPicture {
    if (!this.#picture || !this.#order) {
      const missing = this.#frame ? "SOS" : "frame header (SOF)";
      throw malformed(this.#bytes.length, `The picture ends without ${missing}`);
    }
    const gap = this.#order.gap(this.#hasEoi);
    if (gap !== undefined) throw malformed(this.#bytes.length, `The picture ends without ${gap}`);
    return this.#picture;
  }

  #addFrame({ offset, marker }: Segment, header: FrameHeader): void {
    if (this.#frame) throw malformed(offset, `A second frame header, ${markerName(marker)}`);
    if (marker > Marker.SOF2) {
      throw new NeedsPixelsError(`${processName(marker)} (${markerName(marker)})`);
    }
    if (header.precision !== SAMPLE_PRECISION) {
      throw new NeedsPixelsError(`${header.precision} bits a sample`);
    }
    const { components } = header;
    if (components.length > MOST_COMPONENTS) {
      throw new NeedsPixelsError(`${components.length} components`);
    }
    if (new Set(components.map(({ id }) => id)).size < components.length) {
      throw malformed(offset, "Two components of one name");
    }
    this.#frame = { marker, header };
  }

  #addScan(segment: Segment, told: ScanHeader): void {
    if (!this.#frame) throw malformed(segment.offset, "SOS comes before any frame header");
    this.#picture ??= this.#begin(this.#frame.header, segment);
    const progressive = this.#frame.marker === Marker.SOF2;
    const header = progressive ? told : sequentialScan(told);
    this.#order ??= new ScanOrder(this.#frame.header, progressive);
    this.#order.add(header, segment.offset);
    const planes = scanPlanes(this.#bytes, this.#picture, header, {
      position: segment.offset,
      huffman: this.#huffman,
      quantization: this.#quantization,
    });
    this.#visits += blocksOfScan(planes);
    if (++this.#scans > MOST_SCANS || this.#visits > MOST_BLOCK_VISITS) {
      throw new NeedsPixelsError(`${this.#scans} scans of ${this.#visits} blocks in all`);
    }
    const start = segment.payloadOffset + segment.payload.length;
    const reader = new BitReader(this.#bytes, start, segment.end);
    const decoder = progressive
      ? progressiveDecoder(reader, header)
      : new SequentialDecoder(reader);
    walkScan(reader, decoder, {
      picture: this.#picture,
      planes,
      restartInterval: this.#restartInterval,
    });
  }

  #begin(header: FrameHeader, scan: Segment): CoefficientPicture {
    const frame = header.height > 0 ? header : { ...header, height: this.#readDnl(scan) };
    const blocks = countBlocks(frame);
    if (blocks > MOST_BLOCKS) {
      throw new NeedsPixelsError(tooLarge(frame, blocks));
    }
    return coefficientPicture(frame, this.#bytes.length, this.#memory);
  }

  /** The height, told behind the first scan (T.81 section B.2.5). */
  #readDnl(scan: Segment): number {
    const dnl = segmentAt(this.#bytes, scan.end);
    if (dnl.marker !== Marker.DNL) {
      throw malformed(scan.end, "The height is 0 and no DNL follows the first scan");
    }
    const height = parameterReader(this.#bytes, dnl).u16();
    if (height === 0) throw malformed(scan.end, "DNL tells a height of 0");
    return height;
  }
}

/** Says that a picture is beyond {@linkcode MOST_BLOCKS}. */
export function tooLarge({ width, height }: FrameHeader, blocks: number): string {
  return `${width}x${height} pixels in ${blocks} blocks, more than ${MOST_BLOCKS}`;
}

function malformed(position: number, problem: string): MalformedError {
  return new MalformedError(ELEMENT, position, problem);
}
