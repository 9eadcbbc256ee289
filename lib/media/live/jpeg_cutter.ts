import { MalformedError, MORE, type Outcome } from "../../bytes/malformed.ts";
import { findJpeg, JpegEnd } from "../jpeg_end.ts";
import { ByteTail } from "./byte_tail.ts";
import { LIVE_LIMITS } from "./live_limits.ts";

const ELEMENT = "Motion JPEG";
/** SOI and the prefix of the marker behind it, by which a JPEG is recognised. */
const START_BYTES = 3;
/**
 * How often the bytes of a stream are walked through in vain, on average at most. Segments may be made
 * so that a picture seems to begin in each, and all of them lead to the same bad end.
 */
const MOST_WALKS = 8;

/**
 * Cuts a stream of JPEG files, one behind the other, into them, as `ffmpeg -f mjpeg` writes it. Fed;
 * each file is told as soon as its last byte is there. After "malformed" it goes on with the next
 * picture.
 */
export class JpegCutter {
  readonly #tail = new ByteTail();
  /** Bytes used before those held, for errors. */
  #position = 0;
  #jpeg: JpegEnd | undefined;
  /** Bytes of the picture under way that its end was looked for in. */
  #seen = 0;
  /** Bytes in a row that belong to no picture. */
  #stray = 0;
  /** Bytes that were walked through in what turned out to be no picture. */
  #inVain = 0;

  push(bytes: Uint8Array): void {
    this.#tail.push(bytes);
  }

  /** Bytes held. */
  get held(): number {
    return this.#tail.length;
  }

  /** The next whole picture, in memory of its own. */
  next(): Outcome<Uint8Array<ArrayBuffer>> {
    if (this.#jpeg === undefined) {
      const stray = this.#seek();
      if (stray !== undefined) return stray;
    }
    const jpeg = this.#jpeg;
    if (jpeg === undefined) return MORE;
    const answer = jpeg.feed(this.#tail.bytes.subarray(this.#seen));
    if (answer.kind === "malformed") {
      return this.#lose(answer.error.problem, jpeg, answer.error.position);
    }
    if (answer.kind === "value") {
      this.#jpeg = undefined;
      this.#position += answer.value;
      return { kind: "value", value: this.#tail.take(answer.value) };
    }
    this.#seen = this.#tail.length;
    if (this.#seen <= LIVE_LIMITS.frameBytes) return MORE;
    return this.#lose(
      `The picture is longer than ${LIVE_LIMITS.frameBytes} bytes`,
      jpeg,
      this.#seen,
    );
  }

  /** Looks for the beginning of a picture. */
  #seek(): Outcome<never> | undefined {
    const { bytes } = this.#tail;
    const start = findJpeg(bytes);
    const stop = start >= 0 ? start : Math.max(0, bytes.length - START_BYTES + 1);
    const before = this.#stray;
    this.#stray += stop;
    this.#skip(stop);
    if (start >= 0) {
      this.#stray = 0;
      this.#seen = 0;
      this.#jpeg = new JpegEnd();
      return undefined;
    }
    // Once, however much more of it comes.
    const { betweenBytes } = LIVE_LIMITS;
    if (before > betweenBytes || this.#stray <= betweenBytes) return undefined;
    return this.#malformed(`No JPEG begins within ${betweenBytes} bytes`);
  }

  /**
   * The search goes on in the scan, past any thumbnail, or right behind the start of the image; where
   * too much has been searched already, behind the damage.
   * @param walked bytes from the start of the image to what is wrong
   */
  #lose(problem: string, jpeg: JpegEnd, walked: number): Outcome<never> {
    const error = this.#malformed(problem);
    this.#jpeg = undefined;
    this.#inVain += walked;
    const tooMuch = this.#inVain > MOST_WALKS * (this.#position + walked);
    const back = tooMuch ? Math.max(walked, START_BYTES) : jpeg.entropyStart ?? START_BYTES;
    this.#skip(Math.min(this.#tail.length, back));
    return error;
  }

  #skip(count: number): void {
    this.#tail.skip(count);
    this.#position += count;
  }

  #malformed(problem: string): Outcome<never> {
    return { kind: "malformed", error: new MalformedError(ELEMENT, this.#position, problem) };
  }
}

/**
 * The JPEG file at the beginning of `bytes`, without what some cameras pad it with.
 * @throws {MalformedError} when none begins there, or it has no end
 */
export function trimJpeg(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const start = findJpeg(bytes);
  if (start < 0) throw new MalformedError(ELEMENT, 0, "The part holds no JPEG");
  const answer = new JpegEnd().feed(bytes.subarray(start));
  if (answer.kind === "malformed") throw answer.error;
  if (answer.kind === "more") {
    throw new MalformedError(ELEMENT, bytes.length, "The JPEG has no end of image");
  }
  const whole = start === 0 && answer.value === bytes.length;
  return whole ? bytes : bytes.slice(start, start + answer.value);
}
