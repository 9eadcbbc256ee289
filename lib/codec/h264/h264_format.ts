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
import { h264NalFacts, NAL_HEADER_LENGTH, NAL_TYPE_MASK, PPS, SPS } from "./nal_unit.ts";
import { parseH264Payload } from "./payload.ts";
import { h264Level, h264Profile } from "./profile.ts";
import { parseH264Sps } from "./sequence_parameter_set.ts";

const CODEC = "H.264";
/** Highest pic_parameter_set_id (ITU-T H.264 section 7.4.2.2). */
const MAX_PPS_ID = 255;
/** The PPS identifier is in its first bytes. */
const PPS_START_LENGTH = 8;

/** One H.264 stream: its parameter sets and what they tell. */
export class H264Format implements NalFormat {
  readonly codec = "h264";
  readonly headerLength = NAL_HEADER_LENGTH;
  readonly #sets = new ParameterSets();
  #seen: StreamFormat | undefined;

  /** @param fmtp as written in the description; its parameter sets are known from the start */
  constructor(fmtp = "") {
    for (const nal of describedSets(fmtp)) this.#keep(nal);
  }

  get parameterSets(): readonly Uint8Array[] {
    return this.#sets.ordered;
  }

  get seen(): StreamFormat | undefined {
    return this.#seen;
  }

  parts(payload: Uint8Array): NalPart[] {
    return parseH264Payload(payload);
  }

  facts(header: Uint8Array, body: Uint8Array): NalFacts {
    return h264NalFacts(header, body);
  }

  complete(parameterSets: readonly Uint8Array[]): boolean {
    const types = parameterSets.map((nal) => nal[0]! & NAL_TYPE_MASK);
    return types.includes(SPS) && types.includes(PPS);
  }

  learn(nal: Uint8Array): void {
    const sps = this.#keep(nal);
    if (sps !== undefined) this.#seen = sps;
  }

  /** @returns the format, when it is an SPS that tells it */
  #keep(nal: Uint8Array): StreamFormat | undefined {
    const type = nal[0]! & NAL_TYPE_MASK;
    if (nal.length > MAX_PARAMETER_SET_LENGTH) return undefined;
    try {
      if (type === SPS) {
        const sps = parseH264Sps(nal);
        if (!this.#sets.set(SPS, sps.id, nal) && this.#seen !== undefined) return this.#seen;
        return formatOfSps(nal);
      }
      if (type === PPS) {
        const start = new BitReader(nal.subarray(NAL_HEADER_LENGTH, PPS_START_LENGTH), "PPS");
        this.#sets.set(PPS, start.ue(MAX_PPS_ID), nal);
      }
    } catch (error) {
      // Decoders may make sense of one that we cannot read; the stream goes on.
      if (!(error instanceof MalformedError)) throw error;
    }
    return undefined;
  }
}

/** What an SPS tells. @throws {MalformedError} as {@linkcode parseH264Sps} does */
export function formatOfSps(nal: Uint8Array): StreamFormat {
  const sps = parseH264Sps(nal);
  const { profileIdc, constraints, levelIdc, width, height, frameRate } = sps;
  return {
    codec: CODEC,
    profile: h264Profile(profileIdc, constraints),
    level: h264Level(profileIdc, constraints, levelIdc),
    width,
    height,
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}

/** What the format parameters tell (RFC 6184 section 8.1): the SPS first, else profile-level-id. */
export function describedH264(fmtp: string): StreamFormat {
  for (const nal of describedSets(fmtp)) {
    if ((nal[0]! & NAL_TYPE_MASK) !== SPS) continue;
    try {
      return formatOfSps(nal);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
  return { codec: CODEC, ...profileLevel(parseFmtpParameters(fmtp).get("profile-level-id")) };
}

/** Profile and level of `profile-level-id`, three bytes in hexadecimal; nothing when it is not that. */
export function profileLevel(id = ""): Pick<StreamFormat, "profile" | "level"> {
  if (!/^[0-9a-fA-F]{6}$/.test(id)) return {};
  const [profileIdc, constraints, levelIdc] = [0, 2, 4].map((at) => {
    return parseInt(id.slice(at, at + 2), 16);
  }) as [number, number, number];
  return {
    profile: h264Profile(profileIdc, constraints),
    level: h264Level(profileIdc, constraints, levelIdc),
  };
}

function describedSets(fmtp: string): Uint8Array[] {
  return parseParameterSets(parseFmtpParameters(fmtp).get("sprop-parameter-sets") ?? "");
}
