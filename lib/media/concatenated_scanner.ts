import type { FrameFindings, FrameScanner } from "./frame_scanner.ts";
import { findJpeg, JpegEnd } from "./jpeg_end.ts";

/** SOI and the prefix of the marker behind it, by which a JPEG is recognised. */
const START_BYTES = 3;

/**
 * Finds the frames of a file of JPEGs one after another, marker by marker. Zeros between frames
 * (padding to sectors) pass silently; other bytes that belong to no JPEG are a fault.
 */
export class ConcatenatedScanner implements FrameScanner {
  readonly #findings: FrameFindings;
  /** Whether what belongs to no JPEG is nothing to tell of. */
  readonly #mixed: boolean;
  #position: number;
  #finished = false;
  /** The frame being walked through. */
  #start = 0;
  #jpeg: JpegEnd | undefined;
  /** Where bytes other than zeros began that belong to no JPEG. */
  #strayFrom: number | undefined;
  /** Stray bytes behind a damaged frame are a part of that fault, not another one. */
  #afterFault = false;

  /**
   * @param from offset in the file where it begins
   * @param mixed whether other things than frames are expected between them
   */
  constructor(findings: FrameFindings, from = 0, mixed = false) {
    this.#findings = findings;
    this.#position = from;
    this.#mixed = mixed;
  }

  get position(): number {
    return this.#position;
  }

  get finished(): boolean {
    return this.#finished;
  }

  scan(window: Uint8Array, size: number): void {
    const origin = this.#position;
    const last = origin + window.length >= size;
    for (let more = true; more && !this.#finished;) {
      const at = this.#position - origin;
      if (at < 0 || at > window.length) return;
      const bytes = window.subarray(at);
      more = this.#jpeg === undefined
        ? this.#seek(bytes, last)
        : this.#follow(bytes, last, this.#jpeg);
    }
  }

  /** Looks for the next frame; false when the window ends before one. */
  #seek(bytes: Uint8Array, last: boolean): boolean {
    const jpeg = findJpeg(bytes);
    const stop = jpeg >= 0
      ? jpeg
      : last
      ? bytes.length
      : Math.max(0, bytes.length - START_BYTES + 1);
    this.#pass(bytes.subarray(0, stop));
    if (jpeg < 0) {
      this.#finished = last || this.#findings.hopeless(this.#position);
      if (this.#finished) this.#reportStray();
      return false;
    }
    this.#reportStray();
    this.#start = this.#position;
    this.#jpeg = new JpegEnd();
    return true;
  }

  /** Walks on through a frame; false when the window ends within it. */
  #follow(bytes: Uint8Array, last: boolean, jpeg: JpegEnd): boolean {
    const answer = jpeg.feed(bytes);
    if (answer.kind === "value") {
      this.#findings.accept(this.#start, answer.value);
      this.#position = this.#start + answer.value;
      this.#jpeg = undefined;
    } else if (answer.kind === "malformed") {
      this.#lose(`${answer.error.problem} at byte ${this.#start + answer.error.position}`, jpeg);
    } else if (last) {
      this.#lose("The JPEG is cut off by the end of the file", jpeg);
    } else {
      this.#position += bytes.length;
      return false;
    }
    return true;
  }

  /**
   * Gives up a frame. The search for the next begins in the scan, past any thumbnail; without a scan
   * a segment's length may be what is damaged, so it begins right behind the start of the image.
   */
  #lose(problem: string, jpeg: JpegEnd): void {
    this.#findings.reject(this.#start, problem);
    this.#position = this.#start + (jpeg.entropyStart ?? START_BYTES);
    this.#jpeg = undefined;
    this.#afterFault = true;
    this.#finished = this.#findings.hopeless(this.#position);
  }

  #pass(bytes: Uint8Array): void {
    if (this.#strayFrom === undefined && !this.#afterFault) {
      const stray = bytes.findIndex((byte) => byte !== 0);
      if (stray >= 0) this.#strayFrom = this.#position + stray;
    }
    this.#position += bytes.length;
  }

  #reportStray(): void {
    if (this.#strayFrom !== undefined && !this.#mixed) {
      const count = this.#position - this.#strayFrom;
      this.#findings.note(this.#strayFrom, `${count} bytes belong to no JPEG`);
    }
    this.#strayFrom = undefined;
    this.#afterFault = false;
  }
}
