import { MalformedError } from "../bytes/malformed.ts";
import {
  type FrameHeader,
  readFrameHeader,
  readScanComponents,
  type ScanComponent,
} from "./frame_header.ts";
import { isStartOfFrame, Marker, markerName, type Segment, segments } from "./markers.ts";
import {
  type HuffmanTable,
  parameterReader,
  type QuantizationTable,
  readHuffmanTables,
  readQuantizationTables,
} from "./table_segments.ts";

/** What a JPEG file says about itself before any entropy decoding. Views share the file's bytes. */
export interface JpegInfo extends FrameHeader {
  /** Code of the SOFn marker, which names the process: `Marker.SOF0` is baseline. */
  readonly frameMarker: number;
  /** Quantization tables in force at the first scan, at their numbers 0 … 3. */
  readonly quantizationTables: readonly (QuantizationTable | undefined)[];
  /** Huffman tables in force at the first scan, at {@linkcode huffmanIndex}. */
  readonly huffmanTables: readonly (HuffmanTable | undefined)[];
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Colour transform of an Adobe APP14 segment (0 RGB, 1 YCbCr, 2 YCCK), if there is one. */
  readonly adobeTransform: number | undefined;
  /** Components of the first scan. */
  readonly scanComponents: readonly ScanComponent[];
  /** Scans in the file. */
  readonly scanCount: number;
  /** First byte of the first scan's entropy-coded data. */
  readonly scanStart: number;
  /** First byte behind it. */
  readonly scanEnd: number;
  /** Whether the file ends as it should. */
  readonly hasEoi: boolean;
  /** Bytes behind EOI. */
  readonly trailing: number;
}

const ELEMENT = "JPEG";
const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65]; // "Adobe"
const ADOBE_TRANSFORM = 11;

/**
 * Reads the headers of a JPEG file: fast enough to do for every frame that is sent. A missing EOI
 * and bytes behind it are reported, not errors.
 *
 * @throws {MalformedError} naming the byte, when the bytes are no JPEG or break its rules
 */
export function inspectJpeg(bytes: Uint8Array): JpegInfo {
  const findings = new Findings(bytes);
  for (const segment of segments(bytes)) findings.add(segment);
  return findings.result();
}

class Findings {
  readonly #bytes: Uint8Array;
  readonly #quantization: (QuantizationTable | undefined)[] = [];
  readonly #huffman: (HuffmanTable | undefined)[] = [];
  #frame: { marker: number; header: FrameHeader } | undefined;
  #scan: { components: readonly ScanComponent[]; start: number; end: number } | undefined;
  #scanCount = 0;
  #restartInterval = 0;
  #adobeTransform: number | undefined;
  #end: number | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  add(segment: Segment): void {
    const { marker } = segment;
    if (marker === Marker.SOS) return this.#addScan(segment);
    if (marker === Marker.EOI) {
      this.#end = segment.end;
      return;
    }
    if (isStartOfFrame(marker)) return this.#addFrame(segment);
    // What follows the first scan is for later ones.
    if (this.#scan) return;
    const reader = (): ReturnType<typeof parameterReader> => parameterReader(this.#bytes, segment);
    if (marker === Marker.DQT) readQuantizationTables(reader(), this.#quantization);
    if (marker === Marker.DHT) readHuffmanTables(reader(), this.#huffman);
    if (marker === Marker.DRI) this.#restartInterval = reader().u16();
    if (marker === Marker.APP14) this.#addAdobe(segment.payload);
  }

  #addFrame(segment: Segment): void {
    if (this.#frame) {
      const problem = `A second frame header, ${markerName(segment.marker)}`;
      throw new MalformedError(ELEMENT, segment.offset, problem);
    }
    const header = readFrameHeader(parameterReader(this.#bytes, segment));
    this.#frame = { marker: segment.marker, header };
  }

  #addScan(segment: Segment): void {
    if (!this.#frame) {
      throw new MalformedError(ELEMENT, segment.offset, "SOS comes before any frame header");
    }
    this.#scanCount++;
    if (this.#scan) return;
    const components = readScanComponents(parameterReader(this.#bytes, segment));
    const start = segment.payloadOffset + segment.payload.length;
    this.#scan = { components, start, end: segment.end };
  }

  #addAdobe(payload: Uint8Array): void {
    if (ADOBE.every((byte, i) => payload[i] === byte)) {
      this.#adobeTransform = payload[ADOBE_TRANSFORM];
    }
  }

  result(): JpegInfo {
    const { length } = this.#bytes;
    if (!this.#frame || !this.#scan) {
      const missing = this.#frame ? "SOS" : "frame header (SOF)";
      throw new MalformedError(ELEMENT, this.#end ?? length, `The picture ends without ${missing}`);
    }
    return {
      ...this.#frame.header,
      frameMarker: this.#frame.marker,
      quantizationTables: this.#quantization,
      huffmanTables: this.#huffman,
      restartInterval: this.#restartInterval,
      adobeTransform: this.#adobeTransform,
      scanComponents: this.#scan.components,
      scanCount: this.#scanCount,
      scanStart: this.#scan.start,
      scanEnd: this.#scan.end,
      hasEoi: this.#end !== undefined,
      trailing: this.#end === undefined ? 0 : length - this.#end,
    };
  }
}
