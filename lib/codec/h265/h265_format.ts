import { MalformedError } from "../../bytes/malformed.ts";
import { parseFmtpParameters } from "../../sdp/fmtp.ts";
import { BitReader } from "../bit_reader.ts";
import type { StreamFormat } from "../depacketizer.ts";
import type { NalFacts, NalFormat, NalPart } from "../nal/nal_format.ts";
import {
  MAX_PARAMETER_SET_LENGTH,
  ParameterSets,
  parseParameterSets,
} from "../nal/parameter_sets.ts";
import {
  h265NalFacts,
  h265NalType,
  MAX_PPS_ID,
  NAL_HEADER_LENGTH,
  PPS,
  SPS,
  VPS,
} from "./nal_unit.ts";
import { parseH265Payload } from "./payload.ts";
import { h265Level, h265Profile } from "./profile_tier_level.ts";
import { MAX_SPS_ID, parseH265Sps } from "./sequence_parameter_set.ts";

const CODEC = "H.265";
const PPS_START_LENGTH = 16;
const SETS = ["sprop-vps", "sprop-sps", "sprop-pps"];

/** One H.265 stream: its parameter sets and what they tell. */
export class H265Format implements NalFormat {
  readonly codec = "h265";
  readonly headerLength = NAL_HEADER_LENGTH;
  readonly #sets = new ParameterSets();
  readonly #extraBits = new Map<number, number>();
  readonly #donl: boolean;
  #don: number | undefined;
  #seen: StreamFormat | undefined;

  /** @param fmtp as written in the description; its parameter sets are known from the start */
  constructor(fmtp = "") {
    const difference = parseFmtpParameters(fmtp).get("sprop-max-don-diff") ?? "";
    this.#donl = Number(difference) > 0;
    for (const nal of describedSets(fmtp)) this.#keep(nal);
  }

  get parameterSets(): readonly Uint8Array[] {
    return this.#sets.ordered;
  }

  get seen(): StreamFormat | undefined {
    return this.#seen;
  }

  parts(payload: Uint8Array): NalPart[] {
    const { parts, firstDon, lastDon } = parseH265Payload(payload, this.#donl);
    if (firstDon !== undefined) this.#checkOrder(firstDon, lastDon!);
    return parts;
  }

  facts(header: Uint8Array, body: Uint8Array): NalFacts {
    return h265NalFacts(header, body, (pps) => this.#extraBits.get(pps));
  }

  complete(parameterSets: readonly Uint8Array[]): boolean {
    const types = parameterSets.map(h265NalType);
    return [VPS, SPS, PPS].every((type) => types.includes(type));
  }

  learn(nal: Uint8Array): void {
    const sps = this.#keep(nal);
    if (sps !== undefined) this.#seen = sps;
  }

  /** Decoding order numbers may be sent although nothing is out of order. */
  #checkOrder(first: number, last: number): void {
    const before = this.#don;
    this.#don = last;
    if (before === undefined || ((first - before) & 0x8000) === 0) return;
    throw new MalformedError(
      "H.265 payload",
      NAL_HEADER_LENGTH,
      `NAL units are interleaved, which is not undone: decoding order number ${first} after ${before}`,
    );
  }

  /** @returns the format, when it is an SPS that tells it */
  #keep(nal: Uint8Array): StreamFormat | undefined {
    if (nal.length <= NAL_HEADER_LENGTH || nal.length > MAX_PARAMETER_SET_LENGTH) return undefined;
    try {
      return this.#keepSet(nal);
    } catch (error) {
      // Decoders may make sense of one that we cannot read; the stream goes on.
      if (error instanceof MalformedError) return undefined;
      throw error;
    }
  }

  #keepSet(nal: Uint8Array): StreamFormat | undefined {
    const type = h265NalType(nal);
    if (type === VPS) this.#sets.set(VPS, nal[NAL_HEADER_LENGTH]! >> 4, nal);
    if (type === SPS) {
      const { id, ...sps } = parseH265Sps(nal);
      this.#sets.set(SPS, Math.min(id, MAX_SPS_ID), nal);
      return formatOf(sps);
    }
    if (type === PPS) {
      const start = new BitReader(nal.subarray(NAL_HEADER_LENGTH, PPS_START_LENGTH), "PPS");
      const id = start.ue(MAX_PPS_ID);
      start.ue(MAX_SPS_ID); // pps_seq_parameter_set_id
      start.skip(2); // dependent_slice_segments_enabled_flag, output_flag_present_flag
      this.#extraBits.set(id, start.u(3));
      this.#sets.set(PPS, id, nal);
    }
    return undefined;
  }
}

/** What the format parameters tell (RFC 7798 section 7.1): the SPS first, else profile and level. */
export function describedH265(fmtp: string): StreamFormat {
  for (const nal of describedSets(fmtp)) {
    if (h265NalType(nal) !== SPS) continue;
    try {
      return formatOf(parseH265Sps(nal));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
  const parameters = parseFmtpParameters(fmtp);
  const profile = parameters.get("profile-id") ?? "";
  const level = parameters.get("level-id") ?? "";
  const highTier = parameters.get("tier-flag") === "1";
  const format: StreamFormat = { codec: CODEC };
  if (/^\d{1,2}$/.test(profile)) format.profile = h265Profile(Number(profile));
  if (/^\d{1,3}$/.test(level)) format.level = h265Level(Number(level), highTier);
  return format;
}

function formatOf(sps: Omit<ReturnType<typeof parseH265Sps>, "id">): StreamFormat {
  const { profileIdc, levelIdc, highTier, width, height, frameRate } = sps;
  return {
    codec: CODEC,
    profile: h265Profile(profileIdc),
    level: h265Level(levelIdc, highTier),
    width,
    height,
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}

function describedSets(fmtp: string): Uint8Array[] {
  const parameters = parseFmtpParameters(fmtp);
  return SETS.flatMap((name) => parseParameterSets(parameters.get(name) ?? ""));
}
