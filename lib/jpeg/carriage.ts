import { equals } from "@std/bytes/equals";
import { AC_CLASS, DC_CLASS, type HuffmanSpec, sameHuffman, STANDARD_HUFFMAN } from "./huffman.ts";
import type { JpegInfo } from "./inspect.ts";
import { Marker, MARKER_LENGTH, markerName } from "./markers.ts";
import { LARGEST_SIDE, MOST_FRAGMENT_OFFSET, TYPE_RESTART } from "./rtp_payload.ts";
import { huffmanIndex, type QuantizationTable } from "./table_segments.ts";

/** What keeps a picture from being carried, for programs; the text is for people. */
export type ObstacleCode =
  | "process"
  | "precision"
  | "components"
  | "colour"
  | "sampling"
  | "scans"
  | "huffman"
  | "quantization"
  | "height"
  | "length";

/** A picture that RFC 2435 can carry, and how. */
export interface Carriable {
  readonly ok: true;
  /** 0 for 4:2:2, 1 for 4:2:0; 64 more with restart markers. */
  readonly type: number;
  /** Width for the main header: pixels rounded up to 8, or 0 when `xDimensions` is set. */
  readonly width: number;
  /** Height, likewise. */
  readonly height: number;
  /**
   * Set when a side is above 2,040 pixels: then both sides are 0 in the header, and only receivers
   * that read `a=x-dimensions:WIDTH,HEIGHT` in the SDP show the picture (GStreamer, live555; not
   * ffmpeg).
   */
  readonly xDimensions: { readonly width: number; readonly height: number } | undefined;
  /** 64 bytes, zig-zag order. */
  readonly luminance: Uint8Array;
  /** 64 bytes, zig-zag order, for both chrominance components. */
  readonly chrominance: Uint8Array;
}

/** A picture that RFC 2435 cannot carry as it is. */
export interface NotCarriable {
  readonly ok: false;
  readonly code: ObstacleCode;
  /** What is in the way, to stand behind a colon: `"progressive coding (SOF2)"`. */
  readonly obstacle: string;
}

/** Can RFC 2435 carry this picture? */
export type Carriage = Carriable | NotCarriable;

/** Longest scan in bytes: each byte of it and of EOI has an offset of 24 bits. */
export const LONGEST_SCAN: number = MOST_FRAGMENT_OFFSET + 1 - MARKER_LENGTH;
const SAMPLE_PRECISION = 8;
const ADOBE_YCBCR = 1;
const SAMPLING_TYPES: Readonly<Record<string, number>> = {
  "2x1,1x1,1x1": 0,
  "2x2,1x1,1x1": 1,
};
const SAMPLING_NAMES: Readonly<Record<string, string>> = {
  "1x1,1x1,1x1": "4:4:4",
  "1x2,1x1,1x1": "4:4:0",
  "4x1,1x1,1x1": "4:1:1",
  // ffmpeg's encoder writes 4:2:2 so. The samples are those of 2x1,1x1,1x1, but an MCU is twice
  // as high and holds its blocks in another order, so the entropy-coded data is not type 0.
  "2x2,1x2,1x2": "4:2:2 with MCUs of 16x16 pixels",
};

/**
 * Says how RFC 2435 carries the picture, or what is in the way: the format has baseline frames of
 * three components with two quantization tables, and no room for Huffman tables (sections 3.1.3,
 * 3.1.8 and 4.1).
 */
export function carriage(info: JpegInfo): Carriage {
  const way = carriageOfHeader(info);
  const length = info.scanEnd - info.scanStart;
  if (way.ok && length > LONGEST_SCAN) {
    return refuse("length", `a scan of ${length} bytes, more than ${LONGEST_SCAN}`);
  }
  return way;
}

/** What was said before, by what the header was read into: the pictures of a stream share that. */
const headers = new WeakMap<JpegInfo["huffmanTables"], { info: JpegInfo; way: Carriage }>();

/** The same but for the scan's length: found once for all pictures with one header. */
function carriageOfHeader(info: JpegInfo): Carriage {
  const before = headers.get(info.huffmanTables);
  if (before !== undefined && haveSameHeader(before.info, info)) return before.way;
  const way = readHeader(info);
  headers.set(info.huffmanTables, { info, way });
  return way;
}

function haveSameHeader(a: JpegInfo, b: JpegInfo): boolean {
  return a.components === b.components && a.scanComponents === b.scanComponents &&
    a.quantizationTables === b.quantizationTables && a.huffmanTables === b.huffmanTables &&
    a.frameMarker === b.frameMarker && a.precision === b.precision && a.width === b.width &&
    a.height === b.height && a.scanCount === b.scanCount &&
    a.restartInterval === b.restartInterval && a.adobeTransform === b.adobeTransform;
}

function readHeader(info: JpegInfo): Carriage {
  const kind = processObstacle(info) ?? samplingObstacle(info);
  if (kind) return kind;
  if (!isStandardHuffman(info)) {
    return refuse("huffman", "Huffman tables other than those of ITU-T T.81 Annex K");
  }
  return withTables(info);
}

function refuse(code: ObstacleCode, obstacle: string): NotCarriable {
  return { ok: false, code, obstacle };
}

function processObstacle(info: JpegInfo): NotCarriable | undefined {
  const { frameMarker, precision, height, scanCount } = info;
  if (frameMarker !== Marker.SOF0 && frameMarker !== Marker.SOF1) {
    return refuse("process", `${processName(frameMarker)} (${markerName(frameMarker)})`);
  }
  if (precision !== SAMPLE_PRECISION) return refuse("precision", `${precision} bits a sample`);
  const count = info.components.length;
  if (count === 1) return refuse("components", "a single component (greyscale)");
  if (count !== 3) return refuse("components", `${count} components`);
  const transform = info.adobeTransform ?? ADOBE_YCBCR;
  if (transform !== ADOBE_YCBCR) {
    return refuse("colour", `colours other than YCbCr (Adobe transform ${transform})`);
  }
  if (scanCount !== 1) return refuse("scans", `${scanCount} scans`);
  const inOrder = info.components.every(({ id }, i) => info.scanComponents[i]?.id === id);
  if (!inOrder || info.scanComponents.length !== count) {
    return refuse("scans", "a scan without all components in the order of the frame header");
  }
  if (height === 0) return refuse("height", "a height told only behind the scan (DNL)");
  return undefined;
}

/** The process of SOF2 … SOF15 in words. */
export function processName(marker: number): string {
  if (marker === Marker.SOF2) return "progressive coding";
  if (marker === Marker.SOF3) return "lossless coding";
  return marker >= Marker.SOF9 ? "arithmetic coding" : "hierarchical coding";
}

/** Sampling factors as text: `"2x2,1x1,1x1"`. */
export function samplingOf(info: JpegInfo): string {
  return info.components.map((c) => `${c.horizontal}x${c.vertical}`).join(",");
}

function samplingObstacle(info: JpegInfo): NotCarriable | undefined {
  const sampling = samplingOf(info);
  if (sampling in SAMPLING_TYPES) return undefined;
  const name = SAMPLING_NAMES[sampling];
  return refuse("sampling", name ? `sampling ${name} (${sampling})` : `sampling ${sampling}`);
}

function withTables(info: JpegInfo): Carriage {
  const [y, cb, cr] = info.components.map((c) => info.quantizationTables[c.quantizationTable]);
  if (!y || !cb || !cr) return refuse("quantization", "a missing quantization table");
  if ([y, cb, cr].some(({ bits }) => bits !== 8)) {
    return refuse("quantization", "quantization tables of 16 bits an entry");
  }
  if (!sameEntries(cb, cr)) {
    return refuse("quantization", "different quantization tables for Cb and Cr");
  }
  const { width, height } = info;
  const large = width > LARGEST_SIDE || height > LARGEST_SIDE;
  const type = SAMPLING_TYPES[samplingOf(info)]! + (info.restartInterval > 0 ? TYPE_RESTART : 0);
  return {
    ok: true,
    type,
    width: large ? 0 : roundUp(width),
    height: large ? 0 : roundUp(height),
    xDimensions: large ? { width, height } : undefined,
    luminance: y.entries,
    chrominance: cb.entries,
  };
}

function sameEntries(a: QuantizationTable, b: QuantizationTable): boolean {
  return a === b || equals(a.entries, b.entries);
}

function roundUp(pixels: number): number {
  return Math.ceil(pixels / 8) * 8;
}

const { luminanceDc, luminanceAc, chrominanceDc, chrominanceAc } = STANDARD_HUFFMAN;

/**
 * Whether the first component is coded with the luminance tables of ITU-T T.81 Annex K.3 and all
 * others with the chrominance tables, under whatever numbers. A table that the file leaves out
 * counts as the standard one of its number, as decoders of motion JPEG take it (AVI files and UVC
 * cameras write no DHT at all).
 */
export function isStandardHuffman(info: JpegInfo): boolean {
  return info.scanComponents.every(({ dcTable, acTable }, i) => {
    const dc = table(info, DC_CLASS, dcTable), ac = table(info, AC_CLASS, acTable);
    if (!dc || !ac) return false;
    return sameHuffman(dc, i === 0 ? luminanceDc : chrominanceDc) &&
      sameHuffman(ac, i === 0 ? luminanceAc : chrominanceAc);
  });
}

/** The tables that a file may leave out, by class and number. */
export const LEFT_OUT: readonly (readonly HuffmanSpec[])[] = [
  [luminanceDc, chrominanceDc],
  [luminanceAc, chrominanceAc],
];

function table(info: JpegInfo, tableClass: number, id: number): HuffmanSpec | undefined {
  return info.huffmanTables[huffmanIndex(tableClass, id)] ?? LEFT_OUT[tableClass]?.[id];
}
