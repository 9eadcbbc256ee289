import { BitReader } from "../bit_reader.ts";
import { withoutEmulationPrevention } from "../nal/byte_stream.ts";
import { frameRateOf } from "../nal/frame_rate.ts";
import { NAL_HEADER_LENGTH } from "./nal_unit.ts";
import { type ProfileTierLevel, readProfileTierLevel } from "./profile_tier_level.ts";
import { skipToTiming } from "./sps_tail.ts";

/** Highest sps_seq_parameter_set_id (section 7.4.3.2.1). */
export const MAX_SPS_ID = 15;
/** Most luma samples a side that any level allows (table A.8, level 6.2: √(8 · 35,651,584)). */
export const MAX_SIDE = 16_888;

const MAX_SUB_LAYERS_MINUS1 = 6;
const YUV_444 = 3;
const MAX_BIT_DEPTH_OVER_8 = 8;

/** What is read of a sequence parameter set (ITU-T H.265 section 7.3.2.2.1). */
export interface SequenceParameterSet extends ProfileTierLevel {
  /** 0 … 15. */
  id: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  /** Bits of a luma sample. */
  bitDepth: number;
  /** Pixels, after cropping. */
  width: number;
  height: number;
  /** Frames a second, where its timing information says. */
  frameRate?: number;
}

/**
 * Reads an SPS.
 * @param nal the NAL unit with its header
 * @throws {MalformedError} when it ends too soon or a value is out of its range
 */
export function parseH265Sps(nal: Uint8Array): SequenceParameterSet {
  const reader = new BitReader(withoutEmulationPrevention(nal), "SPS");
  reader.skip(8 * NAL_HEADER_LENGTH + 4); // sps_video_parameter_set_id
  const subLayers = reader.u(3);
  if (subLayers > MAX_SUB_LAYERS_MINUS1) {
    throw reader.malformed("8 sub-layers, at most 7 are allowed");
  }
  reader.skip(1); // sps_temporal_id_nesting_flag
  const profile = readProfileTierLevel(reader, subLayers);
  const id = reader.ue(MAX_SPS_ID);
  const chromaFormat = reader.ue(YUV_444);
  const separatePlanes = chromaFormat === YUV_444 && reader.flag();
  const size = readSize(reader, separatePlanes ? 0 : chromaFormat);
  const bitDepth = 8 + reader.ue(MAX_BIT_DEPTH_OVER_8);
  reader.ue(MAX_BIT_DEPTH_OVER_8); // bit_depth_chroma_minus8
  const sps: SequenceParameterSet = { id, ...profile, chromaFormat, bitDepth, ...size };
  const timing = skipToTiming(reader, subLayers);
  const frameRate = timing && frameRateOf(timing.timeScale, timing.unitsInTick);
  if (frameRate !== undefined) sps.frameRate = frameRate;
  return sps;
}

function readSize(
  reader: BitReader,
  chromaArray: number,
): Pick<SequenceParameterSet, "width" | "height"> {
  const width = reader.ue(MAX_SIDE);
  const height = reader.ue(MAX_SIDE);
  if (!reader.flag()) return { width, height };
  // Section 7.4.3.2.1: offsets count chroma samples.
  const at = reader.position;
  const across = (chromaArray === 1 || chromaArray === 2 ? 2 : 1) * (reader.ue() + reader.ue());
  const down = (chromaArray === 1 ? 2 : 1) * (reader.ue() + reader.ue());
  if (across >= width || down >= height) {
    throw reader.malformed(`Crops ${across}x${down} off ${width}x${height}`, at);
  }
  return { width: width - across, height: height - down };
}
