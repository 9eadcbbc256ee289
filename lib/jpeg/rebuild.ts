import { formatFileHeader } from "./file_header.ts";
import { Marker, MARKER_LENGTH, MARKER_PREFIX } from "./markers.ts";
import type { QuantizationPair } from "./quantization.ts";
import { SIDE_UNIT, TYPE_RESTART } from "./rtp_payload.ts";

/** What the packets of a frame say about the picture besides its scan. */
export interface PictureHeader {
  /** 0, 1, 64 or 65. */
  readonly type: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  readonly tables: QuantizationPair;
}

/** Sides in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/**
 * The picture's size: as the main header has it; or as the session description has it when the
 * header says 0, or when the header's size is that one rounded up to units of 8 pixels.
 * @returns `undefined` when nothing tells
 */
export function pictureSize(header: Dimensions, told?: Dimensions): Dimensions | undefined {
  if (header.width === 0 || header.height === 0) return told;
  if (told && roundedUp(told.width, header.width) && roundedUp(told.height, header.height)) {
    return told;
  }
  return header;
}

function roundedUp(side: number, header: number): boolean {
  return Math.ceil(side / SIDE_UNIT) * SIDE_UNIT === header;
}

/** Puts JPEG files together, keeping the headers for the next frame when they are the same. */
export class FileBuilder {
  #picture: PictureHeader | undefined;
  #header = new Uint8Array();

  /** A JPEG file of its own memory: headers, a copy of `scan`, and EOI where it has none. */
  build(picture: PictureHeader, scan: Uint8Array): Uint8Array<ArrayBuffer> {
    if (!this.#picture || !samePicture(this.#picture, picture)) {
      const { width, height, restartInterval, tables, type } = picture;
      const subsampling = type % TYPE_RESTART === 0 ? "4:2:2" : "4:2:0";
      this.#header = formatFileHeader({ width, height, subsampling, restartInterval, ...tables });
      this.#picture = picture;
    }
    const header = this.#header;
    const eoi = endsWithEoi(scan) ? 0 : MARKER_LENGTH;
    const file = new Uint8Array(header.length + scan.length + eoi);
    file.set(header);
    file.set(scan, header.length);
    if (eoi > 0) {
      file[file.length - 2] = MARKER_PREFIX;
      file[file.length - 1] = Marker.EOI;
    }
    return file;
  }
}

/** Whether the last two bytes are EOI. */
export function endsWithEoi(scan: Uint8Array): boolean {
  return scan.at(-2) === MARKER_PREFIX && scan.at(-1) === Marker.EOI;
}

function samePicture(a: PictureHeader, b: PictureHeader): boolean {
  return a.type === b.type && a.width === b.width && a.height === b.height &&
    a.restartInterval === b.restartInterval && a.tables === b.tables;
}
