import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { parseAuLayout, parseAuPayload } from "../../../lib/codec/aac/au_headers.ts";
import { parseAudioSpecificConfig } from "../../../lib/codec/aac/audio_specific_config.ts";
import { BitReader } from "../../../lib/codec/bit_reader.ts";
import type { AccessUnit, TrackDescription } from "../../../lib/codec/depacketizer.ts";
import { parseH264Payload } from "../../../lib/codec/h264/payload.ts";
import { parseH264Sps } from "../../../lib/codec/h264/sequence_parameter_set.ts";
import { parseH265Payload } from "../../../lib/codec/h265/payload.ts";
import { parseH265Sps } from "../../../lib/codec/h265/sequence_parameter_set.ts";
import { readStreamMuxConfig } from "../../../lib/codec/latm/stream_mux_config.ts";
import { parsePat, parsePmt } from "../../../lib/codec/mpegts/program_tables.ts";
import { parseTransportPacket } from "../../../lib/codec/mpegts/transport_packet.ts";
import { parseParameterSets } from "../../../lib/codec/nal/parameter_sets.ts";
import { payloadFormat, payloadFormats } from "../../../lib/codec/registry.ts";
import type { RtpPacket } from "../../../lib/rtp/packet.ts";
import { parseRtpPacket } from "../../../lib/rtp/packet.ts";
import * as captures from "../../lib/codec/captures.ts";
import { assert } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { packed, type Target, text, unpacked, valueOr } from "../target.ts";

/** Bytes of units, as a multiple of those of the packets: start codes and parameter sets are added. */
const MOST_GROWTH = 8;
const ADDED_BYTES = 4096;

/** The packets of an input, in the order and as often as the random numbers say. */
function* shuffled(bytes: Uint8Array, random: Seeded): Generator<[RtpPacket, number]> {
  let sequence = 0;
  const packets: RtpPacket[] = [];
  for (const part of unpacked(bytes)) {
    try {
      packets.push(parseRtpPacket(part));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
  const calm = random.next() < 0.5;
  for (let i = 0; i < packets.length; i++) {
    const dice = calm ? 1 : random.next();
    if (dice < 0.1) sequence += random.whole(1, 5);
    if (dice < 0.05) continue;
    const packet = dice > 0.9 && dice < 1 ? random.one(packets) : packets[i]!;
    yield [packet, sequence++];
  }
}

/** Units come in order, are as long as they say, and hold no more than came. */
function checkUnits(track: TrackDescription): Target["check"] {
  const format = payloadFormat(track.encoding)!;
  return (bytes, random) => {
    let units = 0;
    let held = 0;
    let last = -1;
    const emit = (unit: AccessUnit): void => {
      units++;
      const length = unit.data.reduce((sum, part) => sum + part.length, 0);
      assert(length === unit.bytes, `${length} bytes are told as ${unit.bytes}`);
      assert(unit.firstSequence <= unit.lastSequence && unit.lastSequence >= last, "in order");
      assert(unit.damaged === undefined || unit.damaged !== "");
      last = unit.lastSequence;
      held += length;
    };
    const stream = format.depacketizer!(track, emit);
    const describe = format.describer?.(track);
    let came = 0;
    let packets = 0;
    for (const [packet, sequence] of shuffled(bytes, random)) {
      came += packet.payload.length;
      packets++;
      const facts = describe?.(packet.payload);
      assert(facts === undefined || facts.text.length < 2000, "a few words");
      stream.push({ packet, sequence, arrivedAt: sequence });
      if (random.next() < 0.01) stream.discontinuity();
    }
    stream.flush();
    const most = MOST_GROWTH * (came + ADDED_BYTES * (units + 1));
    assert(held <= most, `${held} bytes of ${came} in ${packets} packets`);
    assert(stream.seen === undefined || stream.seen.codec !== "");
    assert(stream.configuration === undefined || stream.configuration.codec.length > 0);
  };
}

const CAPTURES: readonly captures.Capture[] = Object.values(captures);
const FMTP: Readonly<Record<string, string>> = {
  "MPEG4-GENERIC": "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1210",
};

/** One target for each format; seeds of those without a capture are the packets of another. */
function depacketizers(): Target[] {
  return payloadFormats().filter(({ depacketizer }) => depacketizer !== undefined)
    .map(({ encoding }) => {
      const own = CAPTURES.filter(({ track }) => track.encoding.toUpperCase() === encoding);
      const fmtp = FMTP[encoding];
      const track = own[0]?.track ??
        { encoding, clockRate: 90_000, ...(fmtp === undefined ? {} : { fmtp }) };
      const seeds = (own.length > 0 ? own : CAPTURES.slice(0, 3))
        .map(({ packets }) => packed(packets));
      if (encoding === "MP2T") seeds.push(packed([transportPacket()]));
      return { name: `depacketize-${encoding.toLowerCase()}`, seeds, check: checkUnits(track) };
    });
}

/** An RTP packet with one TS packet: a PAT. */
function transportPacket(): Uint8Array {
  const out = new Uint8Array(12 + 188).fill(0xff);
  out.set(
    hex`80 21 00 01 00 00 00 00 11 22 33 44  47 40 00 10 00 00 b0 0d 00 01 c1 00 00 00 01 e1 00 e8 f9 5e 7d`,
  );
  return out;
}

/** The format's parameters are text from strangers too. */
function checkTrack(bytes: Uint8Array): void {
  const fmtp = text(bytes);
  for (const { encoding, described, depacketizer, describer } of payloadFormats()) {
    const track = { encoding, clockRate: 90_000, fmtp };
    const { codec, width = 1, height = 1 } = described(track);
    assert(codec !== "" && width > 0 && height > 0, `${encoding} ${width}x${height}`);
    depacketizer?.(track, () => {}).flush();
    describer?.(track)(bytes);
  }
}

const malformed = (parse: (bytes: Uint8Array) => unknown): Target["check"] =>
  valueOr([MalformedError], parse);

const H264_SPS = hex`
  67 64 00 28 acd940780227e5c044 00000fa4 0003a980 3c60c658`;
const H264_SMALL = hex`67 42 c0 1e da 02 80 f4 40`;
const H265_SPS = hex`
  42 01 01 01 60 00 00 03 00 90 00 00 03 00 00 03 00 5d a0 02 80 80 2d 16 59 59 a4 93 2b c0 5a 02
  00 00 03 00 02 00 00 03 00 32 10`;
const AAC_CONFIGS = [hex`12 10`, hex`2b 92 08 00`, hex`11 90 56 e5 00`];

/** A picture's size is a positive number of pixels, however large. */
function checkSize({ width, height }: { width: number; height: number }): void {
  assert(Number.isSafeInteger(width) && Number.isSafeInteger(height), `${width}x${height}`);
}

const payloadsOf = (capture: captures.Capture): Uint8Array[] =>
  capture.packets.map((packet) => parseRtpPacket(packet).payload);

export const CODEC_TARGETS: readonly Target[] = [
  ...depacketizers(),
  {
    name: "fmtp",
    seeds: [
      ...CAPTURES.map(({ track }) => ascii(track.fmtp ?? "x=1")),
      ascii(
        "packetization-mode=1;profile-level-id=42c01e;sprop-parameter-sets=Z0LAHtoCgPRA,aM48gA==",
      ),
      ascii(FMTP["MPEG4-GENERIC"]!),
    ],
    check: checkTrack,
  },
  {
    name: "h264-sps",
    seeds: [H264_SPS, H264_SMALL],
    check: valueOr([MalformedError], parseH264Sps, checkSize),
  },
  {
    name: "h265-sps",
    seeds: [H265_SPS],
    check: valueOr([MalformedError], parseH265Sps, checkSize),
  },
  {
    name: "h264-payload",
    seeds: payloadsOf(captures.H264_CAPTURE),
    check: malformed(parseH264Payload),
  },
  {
    name: "h265-payload",
    seeds: payloadsOf(captures.H265_CAPTURE),
    check: malformed((bytes) => [parseH265Payload(bytes, false), parseH265Payload(bytes, true)]),
  },
  {
    name: "aac-payload",
    seeds: payloadsOf(captures.AAC_CAPTURE),
    check: malformed((bytes) => parseAuPayload(bytes, parseAuLayout(FMTP["MPEG4-GENERIC"]))),
  },
  { name: "audio-specific-config", seeds: AAC_CONFIGS, check: malformed(parseAudioSpecificConfig) },
  {
    name: "stream-mux-config",
    seeds: [hex`40 00 26 20 3f c0`, hex`20 00 11 90`, ...payloadsOf(captures.LATM_CAPTURE)],
    check: malformed((bytes) => readStreamMuxConfig(new BitReader(bytes, "StreamMuxConfig"))),
  },
  {
    name: "parameter-sets",
    seeds: [ascii("Z0LAHtoCgPRA,aM48gA==")],
    check: malformed((bytes) => parseParameterSets(text(bytes))),
  },
  {
    name: "transport-packet",
    seeds: [transportPacket().subarray(12)],
    check: malformed(parseTransportPacket),
  },
  {
    name: "program-tables",
    seeds: [hex`00 00 b0 0d 00 01 c1 00 00 00 01 e1 00 e8 f9 5e 7d`],
    check: malformed((bytes) => parsePat(bytes)),
  },
  {
    name: "program-map",
    seeds: [hex`00 02 b0 12 00 01 c1 00 00 e1 01 f0 00 1b e1 01 f0 00 15 bd 4d 56`],
    check: malformed((bytes) => parsePmt(bytes)),
  },
];
