import { encodeJpeg } from "../../jpeg/encoder.ts";
import type { RgbaPicture } from "../../jpeg/planes.ts";
import { requantizeJpeg } from "../../jpeg/requantize.ts";
import { LARGEST_SIDE } from "../../jpeg/rtp_payload.ts";
import { JpegTranscoder, NeedsPixelsError, type Transcoding } from "../../jpeg/transcode.ts";
import { LAB_MAX_FRAME } from "../../stream/lab_payload.ts";
import type { Carrier } from "../../stream/media_provider.ts";
import { startsJpeg } from "../jpeg_end.ts";
import { type PictureSize, pictureSize, startsPng } from "./picture_size.ts";
import { scaleDown, sizeWithin } from "./scale.ts";
import { stepWords } from "./step_words.ts";
import type { TranscodedFrame } from "./transcoder.ts";

/** Of pictures that are encoded anew: little is lost, and they stay about as long as they were. */
const QUALITY = 90;
/** About as many pixels as a datagram holds with fair quality. */
const LAB_PIXELS = 1024 * 1024;
/** What is tried, one after the other, on a picture that must become shorter. */
const SHRINKING_QUALITIES = [75, 50, 25];
/** A picture that is still too long is made so much smaller, again and again. */
const SHRINKING_FACTOR = 0.7;

/** One for all pictures of this thread: they take their turns in its memory. */
const transcoder = new JpegTranscoder();

/**
 * Makes a picture fit for a carrier: in the coefficient domain where that can be, by its pixels
 * where not. Takes up to some tenths of a second; do it where nothing else waits.
 *
 * @param frame a JPEG or PNG file
 * @throws {MalformedError} (as a rejection) naming the byte, when it is damaged
 */
export async function transcodeFrame(
  frame: Uint8Array,
  carrier: Carrier,
): Promise<TranscodedFrame> {
  const size = pictureSize(frame);
  return carrier === "rtp" ? await toRtp(frame, size) : await toLab(frame, size);
}

async function toRtp(frame: Uint8Array, size: PictureSize): Promise<TranscodedFrame> {
  const within = sizeWithin(size, LARGEST_SIDE);
  if (!startsJpeg(frame)) return await encodeAnew(frame, size, within);
  if (within.width === size.width && within.height === size.height) {
    try {
      return inWords(transcoder.transcode(frame));
    } catch (error) {
      if (!(error instanceof NeedsPixelsError)) throw error;
      return await encodeAnew(frame, size, within, error.reason);
    }
  }
  return await encodeAnew(frame, size, within);
}

/** Shorter than a datagram, with all its pixels if that can be. */
async function toLab(frame: Uint8Array, size: PictureSize): Promise<TranscodedFrame> {
  if (startsJpeg(frame)) {
    try {
      return inWords(requantizeJpeg(frame, { maxBytes: LAB_MAX_FRAME }));
    } catch (error) {
      if (!(error instanceof NeedsPixelsError)) throw error;
    }
  }
  return await shrink(frame, size);
}

async function shrink(frame: Uint8Array, size: PictureSize): Promise<TranscodedFrame> {
  const factor = Math.min(1, Math.sqrt(LAB_PIXELS / (size.width * size.height)));
  const longest = factor * Math.max(size.width, size.height);
  const picture = await decodePixels(frame, sizeWithin(size, Math.ceil(longest)));
  const format = formatStep(frame);
  for (let side = longest;; side *= SHRINKING_FACTOR) {
    const within = sizeWithin(size, Math.max(1, Math.floor(side)));
    const scaled = scaleDown(picture, within);
    for (const quality of SHRINKING_QUALITIES) {
      const jpeg = encodeJpeg(scaled, { quality });
      if (jpeg.length > LAB_MAX_FRAME) continue;
      const steps = [...format, ...scaleStep(size, within), `encoded anew at quality ${quality}`];
      return { jpeg, steps, lossless: false };
    }
  }
}

/** Decodes a picture and encodes it as one that RFC 2435 carries. */
async function encodeAnew(
  frame: Uint8Array,
  size: PictureSize,
  within: PictureSize,
  reason?: string,
): Promise<TranscodedFrame> {
  const picture = scaleDown(await decodePixels(frame, within), within);
  const steps = [
    ...formatStep(frame),
    ...scaleStep(size, within),
    `encoded anew${reason === undefined ? "" : ` (${reason})`}`,
  ];
  return { jpeg: encodeJpeg(picture, { quality: QUALITY }), steps, lossless: false };
}

/** Loads the decoders when they are first needed, so that what needs none begins sooner. */
async function decodePixels(frame: Uint8Array, least: PictureSize): Promise<RgbaPicture> {
  const pixels = await import("./pixels.ts");
  return await pixels.decodePixels(frame, least);
}

function inWords({ jpeg, steps, lossless }: Transcoding): TranscodedFrame {
  return { jpeg: jpeg.slice(), steps: stepWords(steps), lossless };
}

function formatStep(frame: Uint8Array): string[] {
  return startsPng(frame) ? ["PNG turned into JPEG"] : [];
}

function scaleStep(from: PictureSize, to: PictureSize): string[] {
  if (from.width === to.width && from.height === to.height) return [];
  return [`scaled from ${from.width}x${from.height} to ${to.width}x${to.height}`];
}
