import type { BitReader } from "../bit_reader.ts";
import { frameRateOf } from "../nal/frame_rate.ts";

const EXTENDED_SAR = 255;
const SAR_BITS = 32;
const COLOUR_BITS = 24;
/** A frame takes two ticks: the clock counts fields (section E.2.1). */
const TICKS_PER_FRAME = 2;

/**
 * The frame rate of the video usability information (ITU-T H.264 section E.1.1); what follows its
 * timing is not read.
 * @returns frames a second; undefined when it says nothing sensible
 * @throws {MalformedError} when it ends too soon
 */
export function readVuiTiming(reader: BitReader): number | undefined {
  if (reader.flag() && reader.u(8) === EXTENDED_SAR) reader.skip(SAR_BITS);
  if (reader.flag()) reader.skip(1); // overscan_appropriate_flag
  if (reader.flag()) {
    reader.skip(4); // video_format, video_full_range_flag
    if (reader.flag()) reader.skip(COLOUR_BITS);
  }
  if (reader.flag()) {
    reader.ue(); // chroma_sample_loc_type_top_field
    reader.ue(); // chroma_sample_loc_type_bottom_field
  }
  if (!reader.flag()) return undefined;
  const unitsInTick = reader.u(32);
  const timeScale = reader.u(32);
  return frameRateOf(timeScale, unitsInTick * TICKS_PER_FRAME);
}
