import { MalformedError } from "../../bytes/malformed.ts";
import { BitReader } from "../bit_reader.ts";
import type { FrameType } from "../depacketizer.ts";
import { withoutEmulationPrevention } from "../nal/byte_stream.ts";
import type { NalFacts } from "../nal/nal_format.ts";

/** Bytes of the NAL unit header. */
export const NAL_HEADER_LENGTH = 1;
export const NAL_TYPE_MASK = 0x1f;

/** NAL unit types with a meaning here (ITU-T H.264 table 7-1). */
export const SLICE = 1;
export const SLICE_DATA_A = 2;
export const SLICE_DATA_C = 4;
export const IDR_SLICE = 5;
export const SPS = 7;
export const PPS = 8;

const NAMES: ReadonlyMap<number, string> = new Map([
  [SLICE, "slice"],
  [SLICE_DATA_A, "slice data A"],
  [3, "slice data B"],
  [SLICE_DATA_C, "slice data C"],
  [IDR_SLICE, "IDR"],
  [6, "SEI"],
  [SPS, "SPS"],
  [PPS, "PPS"],
  [9, "AUD"],
  [10, "end of sequence"],
  [11, "end of stream"],
  [12, "filler"],
  [13, "SPS extension"],
  [14, "prefix"],
  [15, "subset SPS"],
  [19, "auxiliary slice"],
  [20, "slice extension"],
]);

/** Bytes that hold the two codes at the start of any slice header. */
const SLICE_START_LENGTH = 16;
/** slice_type modulo 5 (table 7-6); 5 to 9 say that all slices of the picture are alike. */
const SLICE_TYPES: readonly FrameType[] = ["P", "B", "I", "P", "I"];
const MAX_SLICE_TYPE = 9;

/** `"IDR"`, `"SPS"`; a number for types without a name here. */
export function h264NalName(type: number): string {
  return NAMES.get(type) ?? `NAL ${type}`;
}

/**
 * What a NAL unit's beginning tells (ITU-T H.264 sections 7.3.1 and 7.3.3).
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+----------------------------------+----------------+--
 * |F|NRI|  type   | slices: first_mb_in_slice  ue(v) | slice_type ue(v) …
 * +-+-+-+-+-+-+-+-+----------------------------------+----------------+--
 * ```
 */
export function h264NalFacts(header: Uint8Array, body: Uint8Array): NalFacts {
  const type = header[0]! & NAL_TYPE_MASK;
  const facts: NalFacts = {
    picture: type >= SLICE && type <= IDR_SLICE,
    begins: true,
    keyFrame: type === IDR_SLICE,
    parameterSet: type === SPS || type === PPS,
  };
  if (!facts.picture) return facts;
  if (type === SLICE || type === SLICE_DATA_A || type === IDR_SLICE) {
    const slice = sliceStart(body);
    facts.begins = slice?.firstMacroblock === 0;
    const frameType = type === IDR_SLICE ? "IDR" : slice?.frameType;
    if (frameType !== undefined) facts.frameType = frameType;
  } else facts.begins = false;
  return facts;
}

function sliceStart(
  body: Uint8Array,
): { firstMacroblock: number; frameType: FrameType } | undefined {
  const start = withoutEmulationPrevention(body.subarray(0, SLICE_START_LENGTH));
  const reader = new BitReader(start, "Slice header");
  try {
    const firstMacroblock = reader.ue();
    const sliceType = reader.ue(MAX_SLICE_TYPE);
    return { firstMacroblock, frameType: SLICE_TYPES[sliceType % SLICE_TYPES.length]! };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
