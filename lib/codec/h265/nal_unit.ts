import { MalformedError } from "../../bytes/malformed.ts";
import { BitReader } from "../bit_reader.ts";
import type { FrameType } from "../depacketizer.ts";
import { withoutEmulationPrevention } from "../nal/byte_stream.ts";
import type { NalFacts } from "../nal/nal_format.ts";

/** Bytes of the NAL unit header. */
export const NAL_HEADER_LENGTH = 2;
/** NAL unit types with a meaning here (ITU-T H.265 table 7-1). */
export const BLA_W_LP = 16;
export const IDR_W_RADL = 19;
export const IDR_N_LP = 20;
export const LAST_IRAP = 23;
export const LAST_VCL = 31;
export const VPS = 32;
export const SPS = 33;
export const PPS = 34;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, "TRAIL_N"],
  [1, "TRAIL_R"],
  [2, "TSA_N"],
  [3, "TSA_R"],
  [4, "STSA_N"],
  [5, "STSA_R"],
  [6, "RADL_N"],
  [7, "RADL_R"],
  [8, "RASL_N"],
  [9, "RASL_R"],
  [BLA_W_LP, "BLA_W_LP"],
  [17, "BLA_W_RADL"],
  [18, "BLA_N_LP"],
  [IDR_W_RADL, "IDR_W_RADL"],
  [IDR_N_LP, "IDR_N_LP"],
  [21, "CRA"],
  [VPS, "VPS"],
  [SPS, "SPS"],
  [PPS, "PPS"],
  [35, "AUD"],
  [36, "end of sequence"],
  [37, "end of bitstream"],
  [38, "filler"],
  [39, "SEI"],
  [40, "suffix SEI"],
]);

const TYPE_SHIFT = 1;
const TYPE_MASK = 0x3f;
const LAYER_LOW_SHIFT = 3;
const FIRST_SLICE_SEGMENT = 0x80;
const SLICE_START_LENGTH = 16;
/** Highest pps_pic_parameter_set_id (section 7.4.3.3.1). */
export const MAX_PPS_ID = 63;
/** slice_type (table 7-7). */
const SLICE_TYPES: readonly FrameType[] = ["B", "P", "I"];

/** The type in a NAL unit header. */
export function h265NalType(header: Uint8Array): number {
  return (header[0]! >> TYPE_SHIFT) & TYPE_MASK;
}

/** `"CRA"`, `"SPS"`; a number for types without a name here. */
export function h265NalName(type: number): string {
  return NAMES.get(type) ?? `NAL ${type}`;
}

/**
 * What a NAL unit's beginning tells (ITU-T H.265 sections 7.3.1.2 and 7.3.6.1).
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-----------------------------------------+--
 * |F|   type    |  layer id | TID | slices: first_slice_segment_in_pic_flag, …
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-----------------------------------------+--
 * ```
 * @param extraBits num_extra_slice_header_bits of a PPS by its number; undefined when it is unknown
 */
export function h265NalFacts(
  header: Uint8Array,
  body: Uint8Array,
  extraBits: (pps: number) => number | undefined,
): NalFacts {
  const type = h265NalType(header);
  const layer = ((header[0]! & 1) << 5) | ((header[1] ?? 0) >> LAYER_LOW_SHIFT);
  const picture = type <= LAST_VCL;
  const keyFrame = type >= BLA_W_LP && type <= LAST_IRAP;
  const facts: NalFacts = {
    picture,
    begins: !picture || (layer === 0 && ((body[0] ?? 0) & FIRST_SLICE_SEGMENT) !== 0),
    keyFrame,
    parameterSet: type === VPS || type === SPS || type === PPS,
  };
  if (!picture) return facts;
  const frameType = type === IDR_W_RADL || type === IDR_N_LP
    ? "IDR"
    : keyFrame
    ? "I"
    : facts.begins
    ? sliceType(body, extraBits)
    : undefined;
  if (frameType !== undefined) facts.frameType = frameType;
  return facts;
}

/** Of the first slice segment of a picture that is no IRAP picture. */
function sliceType(
  body: Uint8Array,
  extraBits: (pps: number) => number | undefined,
): FrameType | undefined {
  const start = withoutEmulationPrevention(body.subarray(0, SLICE_START_LENGTH));
  const reader = new BitReader(start, "Slice segment header");
  try {
    reader.skip(1); // first_slice_segment_in_pic_flag
    const extra = extraBits(reader.ue(MAX_PPS_ID));
    if (extra === undefined) return undefined;
    reader.skip(extra);
    return SLICE_TYPES[reader.ue(SLICE_TYPES.length - 1)];
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
