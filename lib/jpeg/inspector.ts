import { inspectJpeg, type JpegInfo } from "./inspect.ts";
import { endOfScan, Marker, segmentAt } from "./markers.ts";

/** Kinds of headers kept: those of as many streams that take turns. */
const MOST_HEADERS = 4;

/** The header of a picture with one scan, SOI to SOS. */
interface Known {
  readonly header: Uint8Array;
  readonly info: JpegInfo;
}

/**
 * Inspects the pictures of streams, as {@linkcode inspectJpeg} does. Mostly they have the same header
 * byte for byte, which is read once: of those that follow only the scan's end is looked for.
 */
export class JpegInspector {
  /** What was told of pictures that are still there, for whoever asks next. */
  static readonly #told = new WeakMap<Uint8Array, JpegInfo>();
  /** Those seen last come first. */
  readonly #known: Known[] = [];

  /**
   * @param bytes the picture, never to be changed
   * @throws {MalformedError} as {@linkcode inspectJpeg} does
   */
  inspect(bytes: Uint8Array): JpegInfo {
    let info = JpegInspector.#told.get(bytes);
    if (info === undefined) JpegInspector.#told.set(bytes, info = this.#look(bytes));
    return info;
  }

  #look(bytes: Uint8Array): JpegInfo {
    for (const known of this.#known) {
      if (startsWith(bytes, known.header)) return sequel(bytes, known.info) ?? inspectJpeg(bytes);
    }
    const info = inspectJpeg(bytes);
    if (info.scanCount === 1) {
      this.#known.unshift({ header: bytes.subarray(0, info.scanStart), info });
      this.#known.length = Math.min(this.#known.length, MOST_HEADERS);
    }
    return info;
  }
}

/** What is told of a picture with a known header; undefined when more than EOI follows the scan. */
function sequel(bytes: Uint8Array, info: JpegInfo): JpegInfo | undefined {
  const scanEnd = endOfScan(bytes, info.scanStart);
  if (scanEnd === bytes.length) return { ...info, scanEnd, hasEoi: false, trailing: 0 };
  const { marker, end } = segmentAt(bytes, scanEnd);
  if (marker !== Marker.EOI) return undefined;
  return { ...info, scanEnd, hasEoi: true, trailing: bytes.length - end };
}

function startsWith(bytes: Uint8Array, header: Uint8Array): boolean {
  const { length } = header;
  if (bytes.length < length) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== header[i]) return false;
  }
  return true;
}
