import { carriage } from "../../jpeg/carriage.ts";
import { inspectJpeg } from "../../jpeg/inspect.ts";
import { LARGEST_SIDE } from "../../jpeg/rtp_payload.ts";
import { planTranscode } from "../../jpeg/transcode.ts";
import { startsJpeg } from "../../media/jpeg_end.ts";
import { pictureSize } from "../../media/transcode/picture_size.ts";
import { sizeWithin } from "../../media/transcode/scale.ts";
import { stepWords } from "../../media/transcode/step_words.ts";
import { CLASSIC_CLIENT_MAX_FRAME, LAB_MAX_FRAME } from "../../stream/lab_payload.ts";

/** How much work a picture is on its way out, from none to all. */
export type Work = "none" | "lossless" | "lossy" | "pixels";

/** What serving a picture takes. */
export interface PictureNeeds {
  width: number;
  height: number;
  /** Over RTP (RFC 2435). */
  rtp: { work: Work; steps: string[] };
  /** In a lab datagram: as it is, shrunk, or more than the course's own client reads. */
  lab: "fits" | "over-classic" | "shrunk";
}

/**
 * What serving a picture takes, by its headers alone: nothing is decoded.
 * @throws {MalformedError} when it is damaged, or no picture
 */
export function pictureNeeds(picture: Uint8Array): PictureNeeds {
  const size = pictureSize(picture);
  const { length } = picture;
  const lab = length > LAB_MAX_FRAME
    ? "shrunk"
    : length > CLASSIC_CLIENT_MAX_FRAME
    ? "over-classic"
    : "fits";
  return { width: size.width, height: size.height, rtp: rtpNeeds(picture, size), lab };
}

const WORKS: readonly Work[] = ["none", "lossless", "lossy", "pixels"];
const LABS: readonly PictureNeeds["lab"][] = ["fits", "over-classic", "shrunk"];

/** What serving several pictures takes: the most that one of them does. @param all one or more */
export function worstNeeds(all: readonly PictureNeeds[]): PictureNeeds {
  const [first] = all;
  const work = Math.max(...all.map(({ rtp }) => WORKS.indexOf(rtp.work)));
  const lab = Math.max(...all.map(({ lab }) => LABS.indexOf(lab)));
  const steps = [...new Set(all.flatMap(({ rtp }) => rtp.steps))];
  return { ...first!, rtp: { work: WORKS[work]!, steps }, lab: LABS[lab]! };
}

function rtpNeeds(
  picture: Uint8Array,
  size: { width: number; height: number },
): PictureNeeds["rtp"] {
  const within = sizeWithin(size, LARGEST_SIDE);
  const scaled = within.width !== size.width || within.height !== size.height;
  const scaling = scaled ? [`scaled to ${within.width}x${within.height}`] : [];
  if (!startsJpeg(picture)) {
    return { work: "pixels", steps: ["PNG turned into JPEG", ...scaling] };
  }
  const info = inspectJpeg(picture);
  const { needsPixels, steps, lossless } = planTranscode(info);
  if (scaled || needsPixels !== undefined) {
    const why = needsPixels === undefined ? "" : ` (${needsPixels})`;
    return { work: "pixels", steps: [...scaling, `encoded anew${why}`] };
  }
  if (carriage(info).ok) return { work: "none", steps: [] };
  return { work: lossless ? "lossless" : "lossy", steps: stepWords(steps) };
}
