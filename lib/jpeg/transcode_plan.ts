import { type Subsampling, verticalFactor } from "./baseline_picture.ts";
import { carriage, isStandardHuffman, processName, samplingOf } from "./carriage.ts";
import { type CoefficientPicture, countBlocks, MOST_BLOCKS } from "./coefficients.ts";
import { tooLarge } from "./decode_coefficients.ts";
import type { FrameComponent } from "./frame_header.ts";
import type { JpegInfo } from "./inspect.ts";
import { Marker, markerName } from "./markers.ts";
import { MOST_DIVISOR, sameDivisors } from "./requantize_plane.ts";
import { divisors } from "./scan_planes.ts";

/**
 * Something that is done to a picture so that RFC 2435 can carry it. Without loss, so that decoded
 * samples stay the same:
 * - `huffman-tables`: coded with the tables of ITU-T T.81 Annex K.3
 * - `progressive`: progressive scans made into one sequential one
 * - `scans`: several sequential scans, or one in another order, made into one
 * - `height`: a height told behind the scan (DNL) told in the frame header
 * - `sampling-layout`: the same samples in MCUs of another shape
 * - `greyscale`: chrominance without colour added
 * - `quantization-8-bit`: tables of 16 bits an entry, none above 255, written with 8 bits
 *
 * With loss:
 * - `chroma-resampled`: chrominance given another resolution; luminance is as it was
 * - `quantization-merged`: Cr quantized with the table of Cb
 * - `quantization-capped`: coefficients with divisors above 255 quantized with 255
 * - `quantization-coarser`: fewer bytes by larger divisors
 */
export type TranscodeStep =
  | "huffman-tables"
  | "progressive"
  | "scans"
  | "height"
  | "sampling-layout"
  | "greyscale"
  | "quantization-8-bit"
  | "chroma-resampled"
  | "quantization-merged"
  | "quantization-capped"
  | "quantization-coarser";

const LOSSY: ReadonlySet<TranscodeStep> = new Set<TranscodeStep>([
  "chroma-resampled",
  "quantization-merged",
  "quantization-capped",
  "quantization-coarser",
]);

/** What it takes to make a picture one that RFC 2435 can carry. */
export interface TranscodePlan {
  /** Empty when the picture is carried as it is. */
  readonly steps: readonly TranscodeStep[];
  /** Whether decoded pixels stay the same. */
  readonly lossless: boolean;
  /** Why coefficients are not enough, to stand behind a colon; then there are no steps. */
  readonly needsPixels: string | undefined;
}

const ADOBE_YCBCR = 1;
const SAMPLE_PRECISION = 8;
const COMPONENTS = 3;
/** Component names that say RGB where no Adobe segment says anything: libjpeg takes them so. */
const RGB_NAMES = "RGB";
const TARGET_SAMPLING: Readonly<Record<Subsampling, string>> = {
  "4:2:2": "2x1,1x1,1x1",
  "4:2:0": "2x2,1x1,1x1",
};

/**
 * Says from the headers alone what `transcodeJpeg` will do. Tables that come behind the first scan
 * are not known yet, so of a picture in several scans it may tell a step about quantization more.
 */
export function planTranscode(info: JpegInfo): TranscodePlan {
  const way = carriage(info);
  if (way.ok) return { steps: [], lossless: true, needsPixels: undefined };
  const needsPixels = way.code === "length" ? way.obstacle : whyPixels(info);
  if (needsPixels !== undefined) return { steps: [], lossless: false, needsPixels };
  const tables = info.components.map(({ quantizationTable }) => {
    const table = info.quantizationTables[quantizationTable];
    return table && divisors(table);
  });
  const steps = transcodeSteps(info, tables);
  return { steps, lossless: isLossless(steps), needsPixels: undefined };
}

/** What `transcodeJpeg` does to a picture whose scans have all been read. */
export function planOfPicture(info: JpegInfo, { planes }: CoefficientPicture): TranscodePlan {
  const steps = transcodeSteps(info, planes.map(({ quantization }) => quantization));
  return { steps, lossless: isLossless(steps), needsPixels: undefined };
}

/** Whether steps leave decoded pixels the same. */
export function isLossless(steps: readonly TranscodeStep[]): boolean {
  return !steps.some((step) => LOSSY.has(step));
}

/** Why a picture's coefficients are not enough; `undefined` when they are. */
export function whyPixels(info: JpegInfo): string | undefined {
  const { frameMarker, precision, components, adobeTransform } = info;
  if (frameMarker > Marker.SOF2) return `${processName(frameMarker)} (${markerName(frameMarker)})`;
  if (precision !== SAMPLE_PRECISION) return `${precision} bits a sample`;
  const count = components.length;
  if (count !== 1 && count !== COMPONENTS) return `${count} components`;
  const blocks = countBlocks(info);
  if (blocks > MOST_BLOCKS) return tooLarge(info, blocks);
  if (count === 1) return undefined;
  if ((adobeTransform ?? ADOBE_YCBCR) !== ADOBE_YCBCR) {
    return `colours other than YCbCr (Adobe transform ${adobeTransform})`;
  }
  const names = String.fromCharCode(...components.map(({ id }) => id));
  if (names === RGB_NAMES && adobeTransform === undefined) return "components named R, G and B";
  const finer = chroma(info).some(({ across, down }) => across < 1 || down < 1);
  if (finer) return `chrominance of higher resolution than luminance (${samplingOf(info)})`;
  const missing = components.find((c) => !info.quantizationTables[c.quantizationTable]);
  if (missing && info.scanCount === 1) return "a missing quantization table";
  return undefined;
}

/**
 * What has to be done to a picture that coefficients are enough for.
 * @param tables divisors of each component, as far as they are known
 */
function transcodeSteps(
  info: JpegInfo,
  tables: readonly (Uint16Array | undefined)[],
): TranscodeStep[] {
  const steps: TranscodeStep[] = [];
  if (info.frameMarker === Marker.SOF2) steps.push("progressive");
  else if (!isOneScan(info)) steps.push("scans");
  else if (!isStandardHuffman(info)) steps.push("huffman-tables");
  if (info.height === 0) steps.push("height");
  if (info.components.length === 1) steps.push("greyscale");
  else if (isResampled(info)) steps.push("chroma-resampled");
  else if (samplingOf(info) !== TARGET_SAMPLING[targetSubsampling(info)]) {
    steps.push("sampling-layout");
  }
  const wide = info.components.some((c) =>
    info.quantizationTables[c.quantizationTable]?.bits === 16
  );
  const large = tables.some((table) => table?.some((divisor) => divisor > MOST_DIVISOR));
  if (large) steps.push("quantization-capped");
  else if (wide) steps.push("quantization-8-bit");
  const [, cb, cr] = tables;
  if (cb && cr && !sameDivisors(cb, cr)) steps.push("quantization-merged");
  return steps;
}

function isOneScan({ components, scanComponents, scanCount }: JpegInfo): boolean {
  return scanCount === 1 && scanComponents.length === components.length &&
    components.every(({ id }, i) => scanComponents[i]!.id === id);
}

/** Luminance samples to one of a chrominance component. */
export interface ChromaRatio {
  readonly across: number;
  readonly down: number;
}

function chroma({ components }: { components: readonly FrameComponent[] }): ChromaRatio[] {
  const [y, ...others] = components;
  return others.map((c) => chromaRatio(y!, c));
}

/** Luminance samples to one of `component`. */
export function chromaRatio(y: FrameComponent, component: FrameComponent): ChromaRatio {
  return { across: y.horizontal / component.horizontal, down: y.vertical / component.vertical };
}

/**
 * The subsampling that keeps most: 4:2:2 for chrominance of more than half the height (4:4:4,
 * 4:1:1), at the price of some more bytes than 4:2:0, which every receiver known to show the one
 * shows as well; 4:2:0 for everything else (4:4:0, 4:1:0, greyscale).
 */
export function targetSubsampling(info: { components: readonly FrameComponent[] }): Subsampling {
  return chroma(info).some(({ down }) => down < 2) ? "4:2:2" : "4:2:0";
}

function isResampled(info: JpegInfo): boolean {
  const vertical = verticalFactor(targetSubsampling(info));
  return chroma(info).some(({ across, down }) => across !== 2 || down !== vertical);
}
