import { carriage } from "../../jpeg/carriage.ts";
import { inspectJpeg, type JpegInfo } from "../../jpeg/inspect.ts";
import { LAB_MAX_FRAME } from "../../stream/lab_payload.ts";
import type { Carrier } from "../../stream/media_provider.ts";
import { startsJpeg } from "../jpeg_end.ts";

/**
 * Whether a carrier takes a frame as it is. Pictures with a side above 2,040 pixels count as unfit
 * for RTP: RFC 2435 has no room for such a size, and ffmpeg shows nothing of them.
 *
 * @param inspect in a stream, what has seen the pictures before
 * @throws {MalformedError} naming the byte, when it begins as a JPEG and is damaged
 */
export function isFit(
  frame: Uint8Array,
  carrier: Carrier,
  inspect: (frame: Uint8Array) => JpegInfo = inspectJpeg,
): boolean {
  if (!startsJpeg(frame)) return false;
  if (carrier === "lab") return frame.length <= LAB_MAX_FRAME;
  const way = carriage(inspect(frame));
  return way.ok && way.xDimensions === undefined;
}
