import { MalformedError } from "../../bytes/malformed.ts";
import type { BitReader } from "../bit_reader.ts";

const MAX_LOG2_OVER_4 = 12;
const MAX_SHORT_TERM_SETS = 64;
const MAX_PICTURES = 16;
const MAX_LONG_TERM = 32;
const SCALING_SIZES = 4;
const SCALING_MATRICES = 6;
const MAX_COEFFICIENTS = 64;
const EXTENDED_SAR = 255;

/** vui_num_units_in_tick and vui_time_scale. */
export interface VuiTiming {
  unitsInTick: number;
  timeScale: number;
}

/**
 * Reads an SPS from behind its bit depths on, as far as its timing (ITU-T H.265 sections 7.3.2.2.1,
 * 7.3.4, 7.3.7 and E.2.1).
 * @returns undefined when there is none, or it cannot be reached
 */
export function skipToTiming(reader: BitReader, maxSubLayersMinus1: number): VuiTiming | undefined {
  try {
    skipCoding(reader, maxSubLayersMinus1);
    return reader.flag() ? readVui(reader) : undefined;
  } catch (error) {
    // Size and profile are known by now; cameras cut the rest.
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function skipCoding(reader: BitReader, maxSubLayersMinus1: number): void {
  const pocBits = reader.ue(MAX_LOG2_OVER_4) + 4;
  const layers = reader.flag() ? maxSubLayersMinus1 + 1 : 1;
  for (let i = 0; i < 3 * layers; i++) reader.ue(); // buffering, reordering, latency
  for (let i = 0; i < 6; i++) reader.ue(); // sizes of coding and transform blocks
  if (reader.flag() && reader.flag()) skipScalingLists(reader);
  reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (reader.flag()) {
    reader.skip(8); // bit depths of PCM samples
    reader.ue();
    reader.ue();
    reader.skip(1); // pcm_loop_filter_disabled_flag
  }
  skipShortTermSets(reader);
  if (reader.flag()) {
    const count = reader.ue(MAX_LONG_TERM);
    reader.skip(count * (pocBits + 1));
  }
  reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < SCALING_SIZES; size++) {
    for (let matrix = 0; matrix < SCALING_MATRICES; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      if (size > 1) reader.se(); // scaling_list_dc_coef_minus8
      const count = Math.min(MAX_COEFFICIENTS, 1 << (4 + 2 * size));
      for (let i = 0; i < count; i++) reader.se();
    }
  }
}

/** st_ref_pic_set(): each may be told by the one before it. */
function skipShortTermSets(reader: BitReader): void {
  const sets = reader.ue(MAX_SHORT_TERM_SETS);
  let pictures = 0;
  for (let set = 0; set < sets; set++) {
    pictures = set > 0 && reader.flag() ? skipPredictedSet(reader, pictures) : skipPlainSet(reader);
  }
}

function skipPlainSet(reader: BitReader): number {
  const pictures = reader.ue(MAX_PICTURES) + reader.ue(MAX_PICTURES);
  for (let i = 0; i < pictures; i++) {
    reader.ue(); // delta_poc_minus1
    reader.skip(1); // used_by_curr_pic_flag
  }
  return pictures;
}

function skipPredictedSet(reader: BitReader, before: number): number {
  reader.skip(1); // delta_rps_sign
  reader.ue(); // abs_delta_rps_minus1
  let pictures = 0;
  for (let i = 0; i <= before; i++) {
    const used = reader.flag();
    if (used || reader.flag()) pictures++;
  }
  return pictures;
}

function readVui(reader: BitReader): VuiTiming | undefined {
  if (reader.flag() && reader.u(8) === EXTENDED_SAR) reader.skip(32);
  if (reader.flag()) reader.skip(1); // overscan_appropriate_flag
  if (reader.flag()) {
    reader.skip(4); // video_format, video_full_range_flag
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.ue(); // chroma_sample_loc_type_top_field
    reader.ue(); // chroma_sample_loc_type_bottom_field
  }
  reader.skip(3); // neutral_chroma_indication, field_seq, frame_field_info_present
  if (reader.flag()) { for (let i = 0; i < 4; i++) reader.ue(); } // default display window
  if (!reader.flag()) return undefined;
  return { unitsInTick: reader.u(32), timeScale: reader.u(32) };
}
