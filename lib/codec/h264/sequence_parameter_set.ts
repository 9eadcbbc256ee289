import { BitReader } from "../bit_reader.ts";
import { withoutEmulationPrevention } from "../nal/byte_stream.ts";
import { readVuiTiming } from "./vui.ts";

/** Highest seq_parameter_set_id (section 7.4.2.1.1). */
export const MAX_SPS_ID = 31;
/** Most macroblocks a side: 16,384 pixels, as level 6.2 allows no more than 16,880. */
export const MAX_MACROBLOCKS = 1055;

const MACROBLOCK = 16;
const MAX_BIT_DEPTH_OVER_8 = 6;
const MAX_CYCLE = 255;
const MAX_LOG2_OVER_4 = 12;
const YUV_444 = 3;
const YUV_420 = 1;
const POC_TYPE_CYCLE = 1;
const MAX_POC_TYPE = 2;
const MAX_REF_FRAMES = 16;
const LISTS_4X4 = 6;
const LISTS = 8;
const LISTS_444 = 12;
const SIZE_4X4 = 16;
const SIZE_8X8 = 64;

/** Profiles whose SPS says more about the samples (section 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** What is read of a sequence parameter set (ITU-T H.264 section 7.3.2.1.1). */
export interface SequenceParameterSet {
  /** 0 … 31. */
  id: number;
  profileIdc: number;
  /** constraint_set0_flag in the highest bit, and so on. */
  constraints: number;
  levelIdc: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat: number;
  /** Bits of a luma sample. */
  bitDepth: number;
  /** Pixels, after cropping. */
  width: number;
  height: number;
  /** Whether every picture is a frame rather than a field or a mix. */
  progressive: boolean;
  /** Frames a second, where the timing information says that the rate is fixed or at most this. */
  frameRate?: number;
}

/**
 * Reads an SPS.
 * @param nal the NAL unit with its header
 * @throws {MalformedError} when it ends too soon or a value is out of its range
 */
export function parseH264Sps(nal: Uint8Array): SequenceParameterSet {
  const reader = new BitReader(withoutEmulationPrevention(nal), "SPS");
  reader.skip(8);
  const profileIdc = reader.u(8);
  const constraints = reader.u(8);
  const levelIdc = reader.u(8);
  const id = reader.ue(MAX_SPS_ID);
  const samples = HIGH_PROFILES.has(profileIdc) ? readSamples(reader) : PLAIN_SAMPLES;
  readNumbering(reader);
  const size = readSize(reader, samples.separatePlanes ? 0 : samples.chromaFormat);
  const frameRate = reader.flag() ? readVuiTiming(reader) : undefined;
  const { chromaFormat, bitDepth } = samples;
  const sps = { id, profileIdc, constraints, levelIdc, chromaFormat, bitDepth, ...size };
  return frameRate === undefined ? sps : { ...sps, frameRate };
}

interface Samples {
  chromaFormat: number;
  bitDepth: number;
  separatePlanes: boolean;
}

const PLAIN_SAMPLES: Samples = { chromaFormat: YUV_420, bitDepth: 8, separatePlanes: false };

function readSamples(reader: BitReader): Samples {
  const chromaFormat = reader.ue(YUV_444);
  const separatePlanes = chromaFormat === YUV_444 && reader.flag();
  const bitDepth = 8 + reader.ue(MAX_BIT_DEPTH_OVER_8);
  reader.ue(MAX_BIT_DEPTH_OVER_8); // bit_depth_chroma_minus8
  reader.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) skipScalingLists(reader, chromaFormat === YUV_444 ? LISTS_444 : LISTS);
  return { chromaFormat, bitDepth, separatePlanes };
}

/** seq_scaling_matrix (section 7.3.2.1.1.1). */
function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!reader.flag()) continue;
    const size = list < LISTS_4X4 ? SIZE_4X4 : SIZE_8X8;
    let last = 8;
    let next = 8;
    for (let at = 0; at < size && next !== 0; at++) {
      next = (last + reader.se() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

/** How frames are numbered and ordered; nothing of it is kept. */
function readNumbering(reader: BitReader): void {
  reader.ue(MAX_LOG2_OVER_4); // log2_max_frame_num_minus4
  const type = reader.ue(MAX_POC_TYPE);
  if (type === 0) reader.ue(MAX_LOG2_OVER_4); // log2_max_pic_order_cnt_lsb_minus4
  if (type === POC_TYPE_CYCLE) {
    reader.skip(1); // delta_pic_order_always_zero_flag
    reader.se(); // offset_for_non_ref_pic
    reader.se(); // offset_for_top_to_bottom_field
    const cycle = reader.ue(MAX_CYCLE);
    for (let i = 0; i < cycle; i++) reader.se(); // offset_for_ref_frame
  }
  reader.ue(MAX_REF_FRAMES);
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
}

function readSize(
  reader: BitReader,
  chromaArray: number,
): Pick<SequenceParameterSet, "width" | "height" | "progressive"> {
  const width = (reader.ue(MAX_MACROBLOCKS - 1) + 1) * MACROBLOCK;
  const mapUnits = reader.ue(MAX_MACROBLOCKS - 1) + 1;
  const progressive = reader.flag();
  if (!progressive) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const fields = progressive ? 1 : 2;
  const height = mapUnits * MACROBLOCK * fields;
  if (!reader.flag()) return { width, height, progressive };
  // Equations 7-19 to 7-22.
  const unitX = chromaArray === 1 || chromaArray === 2 ? 2 : 1;
  const unitY = (chromaArray === 1 ? 2 : 1) * fields;
  const at = reader.position;
  const across = unitX * (reader.ue() + reader.ue());
  const down = unitY * (reader.ue() + reader.ue());
  if (across >= width || down >= height) {
    throw reader.malformed(`Crops ${across}x${down} off ${width}x${height}`, at);
  }
  return { width: width - across, height: height - down, progressive };
}
