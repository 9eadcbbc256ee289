import { parseAudioSpecificConfig } from "../../codec/aac/audio_specific_config.ts";
import type { DecoderConfiguration } from "../../codec/depacketizer.ts";
import { SPS as H264_SPS } from "../../codec/h264/nal_unit.ts";
import { h265NalType, SPS as H265_SPS } from "../../codec/h265/nal_unit.ts";
import { withoutEmulationPrevention } from "../../codec/nal/byte_stream.ts";
import { UnitRefusedError } from "./native_writer.ts";

/** Where general_profile_space and so on begin in an H.265 SPS. */
const PROFILE_AT = 3;
const LEVEL_AT = 14;
const TYPE_MASK = 0x1f;

/**
 * The name of a coding in `codecs=` (RFC 6381; ISO/IEC 14496-15 annex E): `"avc1.640028"`.
 * @throws {UnitRefusedError} when no SPS is known
 */
export function codecString(configuration: DecoderConfiguration): string {
  if (configuration.codec === "aac") {
    return `mp4a.40.${parseAudioSpecificConfig(configuration.audioSpecificConfig).objectType}`;
  }
  if (configuration.codec === "mpeg4-video") throw new UnitRefusedError("MPEG-4 Visual has none");
  const { codec, parameterSets } = configuration;
  const sps = parameterSets.find((nal) => {
    return codec === "h264" ? (nal[0]! & TYPE_MASK) === H264_SPS : h265NalType(nal) === H265_SPS;
  });
  if (sps === undefined) throw new UnitRefusedError("No sequence parameter set is known");
  return codec === "h264" ? `avc1.${hexOf(sps.subarray(1, 4))}` : hevc(sps);
}

function hevc(sps: Uint8Array): string {
  const rbsp = withoutEmulationPrevention(sps.subarray(0, 32));
  const first = rbsp[PROFILE_AT]!;
  const space = ["", "A", "B", "C"][first >> 6]!;
  const tier = (first & 0x20) === 0 ? "L" : "H";
  const flags = new DataView(rbsp.buffer, rbsp.byteOffset + PROFILE_AT + 1).getUint32(0);
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) if ((flags >>> bit) & 1) compatibility += 2 ** (31 - bit);
  const constraints = Array.from(
    rbsp.subarray(PROFILE_AT + 5, LEVEL_AT),
    (byte) => byte.toString(16).toUpperCase(),
  );
  while (constraints.at(-1) === "0") constraints.pop();
  return [
    `hev1`,
    `${space}${first & TYPE_MASK}`,
    compatibility.toString(16).toUpperCase(),
    `${tier}${rbsp[LEVEL_AT]!}`,
    ...constraints,
  ].join(".");
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
