import { MalformedError } from "../../bytes/malformed.ts";
import { carriage, isStandardHuffman } from "../../jpeg/carriage.ts";
import { CoefficientMemory, type CoefficientPicture } from "../../jpeg/coefficients.ts";
import { decodeCoefficients } from "../../jpeg/decode_coefficients.ts";
import { inspectJpeg, type JpegInfo } from "../../jpeg/inspect.ts";
import { Marker } from "../../jpeg/markers.ts";
import { LARGEST_SIDE } from "../../jpeg/rtp_payload.ts";
import { NeedsPixelsError, planOfPicture, planTranscode } from "../../jpeg/transcode.ts";
import { FrameDamagedError, type FrameSource } from "../../stream/frame_source.ts";
import { CLASSIC_CLIENT_MAX_FRAME, LAB_MAX_FRAME } from "../../stream/lab_payload.ts";
import { startsJpeg } from "../jpeg_end.ts";
import { isFit } from "./fitness.ts";
import { FrameRanges } from "./frame_ranges.ts";
import { pictureSize } from "./picture_size.ts";
import { decodePixels } from "./pixels.ts";
import { sizeWithin } from "./scale.ts";
import { stepWords } from "./step_words.ts";

/** The longest frame whose length five digits can tell, as the lab's file format writes it. */
export const LAB_FILE_MAX_FRAME = 99_999;
/** Faults kept; later ones are only counted. */
const MOST_FAULTS = 1000;
/** Different values of one kind that are told apart. */
const MOST_KINDS = 50;

/** What some frames need so that RFC 2435 carries them. */
export interface FrameWork {
  readonly steps: readonly string[];
  readonly lossless: boolean;
  /** Whether they are decoded and encoded anew. */
  readonly pixels: boolean;
  readonly frames: FrameRanges;
}

/** Something wrong with a frame. */
export interface CheckedFault {
  /** From 1; where the container is damaged, counted with what is left out. */
  readonly frame: number;
  /** Byte offset in the file; undefined where there is no single file. */
  readonly position: number | undefined;
  readonly problem: string;
  /** Whether the frame is sent all the same. */
  readonly recovered: boolean;
}

/** What is found by looking at every frame of a medium, one at a time. */
export class MediaCheck {
  frames = 0;
  leastBytes = Infinity;
  mostBytes = 0;
  totalBytes = 0;
  /** How many frames there are of each size, `"320x240"`, and so on. */
  readonly sizes = new Map<string, number>();
  readonly samplings = new Map<string, number>();
  readonly codings = new Map<string, number>();
  readonly huffman = new Map<string, number>();
  readonly quantisation = new Map<string, number>();
  /** Frames that RFC 2435 carries as they are. */
  readonly asIs = new FrameRanges();
  /** What the others need, by kind of work. */
  readonly work = new Map<string, FrameWork>();
  /** Frames too long for the lab's file format, for one datagram, and for the course's own client. */
  readonly overFile = new FrameRanges();
  readonly overDatagram = new FrameRanges();
  readonly overClassic = new FrameRanges();
  /** Frames with further JPEGs behind the first, which is the one that players show. */
  readonly several = new FrameRanges();
  readonly faults: CheckedFault[] = [];
  faultCount = 0;
  /** Frames that cannot be sent. */
  leftOut = 0;
  readonly #memory = new CoefficientMemory();

  /**
   * Looks at one frame.
   * @param number from 1
   * @param position byte offset in the file, where known
   */
  async add(frame: Uint8Array, number: number, position: number | undefined): Promise<void> {
    this.frames++;
    this.#measure(frame.length, number);
    try {
      await this.#look(frame, number);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      const at = position === undefined ? undefined : position + error.position;
      // A frame that is carried as it is is not decoded here, and what it shows is the receiver's.
      const recovered = isFitAnyway(frame);
      if (recovered) this.asIs.add(number);
      this.fault({ frame: number, position: at, problem: error.problem, recovered });
    }
  }

  /** Notes something wrong. */
  fault(fault: CheckedFault): void {
    this.faultCount++;
    if (!fault.recovered) this.leftOut++;
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }

  #measure(length: number, number: number): void {
    this.leastBytes = Math.min(this.leastBytes, length);
    this.mostBytes = Math.max(this.mostBytes, length);
    this.totalBytes += length;
    if (length > LAB_FILE_MAX_FRAME) this.overFile.add(number);
    if (length > LAB_MAX_FRAME) this.overDatagram.add(number);
    if (length > CLASSIC_CLIENT_MAX_FRAME) this.overClassic.add(number);
  }

  async #look(frame: Uint8Array, number: number): Promise<void> {
    const size = pictureSize(frame);
    const within = sizeWithin(size, LARGEST_SIDE);
    const scaled = within.width !== size.width || within.height !== size.height;
    const steps = scaled ? [`scaled to ${within.width}x${within.height}`] : [];
    const sizeText = `${size.width}x${size.height}`;
    if (!startsJpeg(frame)) {
      await decodePixels(frame, within);
      this.#facts(sizeText, undefined);
      return this.#needs(number, ["PNG turned into JPEG", ...steps], false, true);
    }
    const info = inspectJpeg(frame);
    this.#facts(sizeText, info);
    if (startsJpeg(frame.subarray(frame.length - info.trailing))) this.several.add(number);
    const plan = planTranscode(info);
    const pixels = scaled || plan.needsPixels !== undefined;
    const picture = pixels ? undefined : this.#coefficients(frame);
    if (picture === undefined) await decodePixels(frame, within);
    if (!pixels && carriage(info).ok) return this.asIs.add(number);
    if (!pixels) {
      const made = picture ? planOfPicture(info, picture) : plan;
      return this.#needs(number, stepWords(made.steps), made.lossless, false);
    }
    const reason = plan.needsPixels === undefined ? "" : ` (${plan.needsPixels})`;
    this.#needs(number, [...steps, `encoded anew${reason}`], false, true);
  }

  /** The coefficients, where they are enough; tells damage as the server would meet it. */
  #coefficients(frame: Uint8Array): CoefficientPicture | undefined {
    try {
      return decodeCoefficients(frame, this.#memory);
    } catch (error) {
      if (error instanceof NeedsPixelsError) return undefined;
      throw error;
    }
  }

  #needs(number: number, steps: string[], lossless: boolean, pixels: boolean): void {
    const key = steps.join(", ");
    let work = this.work.get(key);
    if (work === undefined) {
      if (this.work.size >= MOST_KINDS) return;
      this.work.set(key, work = { steps, lossless, pixels, frames: new FrameRanges() });
    }
    work.frames.add(number);
  }

  #facts(size: string, info: JpegInfo | undefined): void {
    count(this.sizes, size);
    if (info === undefined) return count(this.codings, "PNG");
    count(this.samplings, samplingName(info));
    count(this.codings, codingName(info));
    if (info.frameMarker === Marker.SOF0 || info.frameMarker === Marker.SOF1) {
      count(this.huffman, isStandardHuffman(info) ? "standard" : "optimised");
    }
    count(this.quantisation, quantisationName(info));
  }
}

/** Looks at all frames of a source; of one without an end, at the first. */
export async function checkMedia(
  source: FrameSource,
  { onFrame, signal }: { onFrame?: (count: number) => void; signal?: AbortSignal } = {},
): Promise<MediaCheck> {
  const check = new MediaCheck();
  const total = await source.frameCount();
  const frames = total === Infinity ? 1 : total;
  for (let index = 0; index < frames && signal?.aborted !== true; index++) {
    try {
      const frame = await source.frame(index);
      if (frame === undefined) break;
      await check.add(frame, index + 1, source.position?.(index));
    } catch (error) {
      if (!(error instanceof FrameDamagedError)) throw error;
      const { frame, position, problem } = error;
      check.fault({ frame, position, problem, recovered: false });
    }
    onFrame?.(index + 1);
  }
  for (const fault of source.faults) check.fault(fault);
  return check;
}

function isFitAnyway(frame: Uint8Array): boolean {
  try {
    return isFit(frame, "rtp");
  } catch {
    return false;
  }
}

function count(kinds: Map<string, number>, kind: string): void {
  const known = kinds.get(kind);
  if (known !== undefined || kinds.size < MOST_KINDS) kinds.set(kind, (known ?? 0) + 1);
}

const SAMPLINGS: Readonly<Record<string, string>> = {
  "2x2,1x1,1x1": "4:2:0",
  "2x1,1x1,1x1": "4:2:2",
  "2x2,1x2,1x2": "4:2:2",
  "1x1,1x1,1x1": "4:4:4",
  "1x2,1x1,1x1": "4:4:0",
  "4x1,1x1,1x1": "4:1:1",
};
const COMPONENT_COUNTS: Readonly<Record<number, string>> = { 1: "greyscale", 4: "CMYK" };

function samplingName({ components, adobeTransform }: JpegInfo): string {
  const known = COMPONENT_COUNTS[components.length];
  if (known !== undefined) return known;
  if (adobeTransform === 0) return "RGB";
  const [y, ...others] = components;
  // The same factor everywhere is no factor.
  const shared = others.every((c) => c.horizontal === y!.horizontal && c.vertical === y!.vertical);
  if (shared) return "4:4:4";
  const factors = components.map((c) => `${c.horizontal}x${c.vertical}`).join(",");
  return SAMPLINGS[factors] ?? factors;
}

function codingName({ frameMarker, restartInterval, precision }: JpegInfo): string {
  const names: Record<number, string> = {
    [Marker.SOF0]: "baseline",
    [Marker.SOF1]: "extended",
    [Marker.SOF2]: "progressive",
  };
  const name = names[frameMarker] ?? `SOF${frameMarker - Marker.SOF0}`;
  const bits = precision === 8 ? "" : `, ${precision} bits a sample`;
  return `${name}${bits}${restartInterval > 0 ? ", restart markers" : ""}`;
}

function quantisationName({ components, quantizationTables }: JpegInfo): string {
  const used = new Set(components.map((c) => c.quantizationTable));
  const bits = Math.max(...[...used].map((id) => quantizationTables[id]?.bits ?? 8));
  return `${used.size} ${used.size === 1 ? "table" : "tables"} of ${bits} bits`;
}
