import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  MAX_ACCESS_UNITS,
  parseAuLayout,
  parseAuPayload,
} from "../../../lib/codec/aac/au_headers.ts";
import { MAX_AGGREGATED, parseH264Payload } from "../../../lib/codec/h264/payload.ts";
import { parseH265Payload } from "../../../lib/codec/h265/payload.ts";
import { parseOpusToc } from "../../../lib/codec/opus/opus_format.ts";
import { payloadFormat } from "../../../lib/codec/registry.ts";
import type { TrackDescription } from "../../../lib/codec/depacketizer.ts";
import { joined } from "../../../lib/codec/nal/byte_stream.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import { feed, packetOf, summary } from "./suite.ts";

const H264: TrackDescription = { encoding: "H264", clockRate: 90_000 };
const IDR = hex`65 88 80 10`;
const P = hex`41 9a 02 03`;

/** What a track's payloads are said to hold. */
function described(track: TrackDescription, payload: Uint8Array): string {
  return payloadFormat(track.encoding)!.describer!(track)(payload).text;
}

Deno.test("what H.264 payloads may not hold is named", () => {
  const cases: [payload: Uint8Array, problem: string][] = [
    [hex``, "It is empty"],
    [hex`00 01`, "NAL unit type 0 is undefined"],
    [hex`7f 01`, "NAL unit type 31 is undefined"],
    [hex`79 00 00 00 02 65 88`, "STAP-B belongs to interleaved mode"],
    [hex`7a 00`, "MTAP16 belongs to interleaved mode"],
    [hex`7b 00`, "MTAP24 belongs to interleaved mode"],
    [hex`7d 85 00 00 88`, "FU-B belongs to interleaved mode"],
    [hex`78`, "It holds no NAL unit"],
    [hex`78 00 00`, "NAL unit of size 0"],
    [hex`78 00 03 65 88`, "Needs 3 more bytes, only 2 are left"],
    [hex`7c 85`, "It holds nothing of its NAL unit"],
  ];
  for (const [payload, problem] of cases) {
    assertThrows(() => parseH264Payload(payload), MalformedError, problem);
  }
});

Deno.test("an aggregate holds 256 NAL units, and not one more", () => {
  const one = hex`00 01 09`;
  const of = (count: number): Uint8Array => joined([hex`78`, ...Array(count).fill(one)]);
  assertEquals(parseH264Payload(of(MAX_AGGREGATED)).length, MAX_AGGREGATED);
  assertThrows(() => parseH264Payload(of(MAX_AGGREGATED + 1)), MalformedError, "More than 256");
  const two = hex`00 02 46 01`;
  const h265 = (count: number): Uint8Array => joined([hex`60 01`, ...Array(count).fill(two)]);
  assertEquals(parseH265Payload(h265(MAX_AGGREGATED), false).parts.length, MAX_AGGREGATED);
  assertThrows(() => parseH265Payload(h265(257), false), MalformedError, "More than 256");
});

Deno.test("a packet that breaks its format damages its picture, and the next one is whole", () => {
  const { units } = feed(H264, [
    packetOf(IDR, 0, { timestamp: 1, marker: true }),
    packetOf(hex`79 00 00 00 02 65 88`, 1, { timestamp: 2, marker: true }),
    packetOf(P, 2, { timestamp: 3, marker: true }),
  ]);
  assertEquals(units.map(({ damaged }) => damaged?.slice(0, 32)), [
    undefined,
    "Packet 1: H.264 payload: STAP-B ",
    undefined,
  ]);
});

Deno.test("parameter sets with a marker or a time of their own go with the next picture", () => {
  const { units } = feed(H264, [
    packetOf(hex`67 42 c0 1e da 02 80 f4 40`, 0, { timestamp: 1, marker: true }),
    packetOf(hex`68 ce 3c 80`, 1, { timestamp: 1, marker: true }),
    packetOf(IDR, 2, { timestamp: 5, marker: true }),
  ]);
  assertEquals(units.map((unit) => summary(unit)), [
    { timestamp: 5, bytes: 12 + 9 + 4 + 4, first: 0, last: 2, type: "IDR" },
  ]);
  assertEquals(units[0]!.parameterSets, true);
});

Deno.test("pictures end where the timestamp changes when no marker is ever set", () => {
  const { units } = feed(H264, [
    packetOf(IDR, 0, { timestamp: 1 }),
    packetOf(P, 1, { timestamp: 2 }),
    packetOf(P, 2, { timestamp: 3 }),
  ]);
  assertEquals(units.map(({ timestamp, damaged }) => [timestamp, damaged]), [
    [1, undefined],
    [2, undefined],
    [3, undefined],
  ]);
});

Deno.test("a fragment that never ends, and one that never began, damage their picture", () => {
  const start = hex`7c 85 88 80`;
  const middle = hex`7c 05 11 22`;
  const { units } = feed(H264, [
    packetOf(start, 0, { timestamp: 1, marker: true }),
    packetOf(P, 1, { timestamp: 2, marker: true }),
    packetOf(middle, 2, { timestamp: 3, marker: true }),
    packetOf(IDR, 3, { timestamp: 4, marker: true }),
  ]);
  assertEquals(units.map(({ damaged }) => damaged), [
    "A fragmented NAL unit has no last fragment",
    undefined,
    "A fragment continues a NAL unit that has not begun",
    undefined,
  ]);
});

Deno.test("H.265 with decoding order numbers is read, out of order it is refused", () => {
  const track = { encoding: "H265", clockRate: 90_000, fmtp: "sprop-max-don-diff=1" };
  const single = (don: number): Uint8Array => Uint8Array.of(0x26, 1, 0, don, 0xaf, 0x12);
  const { units } = feed(track, [
    packetOf(single(5), 0, { timestamp: 1, marker: true }),
    packetOf(hex`62 01 93 0006 af13`, 1, { timestamp: 2 }),
    packetOf(hex`62 01 53 14`, 2, { timestamp: 2, marker: true }),
    packetOf(hex`60 01 0007 0004 2601af15 00 0004 26012f16`, 3, { timestamp: 3, marker: true }),
    packetOf(single(2), 4, { timestamp: 4, marker: true }),
  ]);
  assertEquals(units.slice(0, 3).map(({ data }) => joined(data)), [
    hex`00000001 2601 af12`,
    hex`00000001 2601 af13 14`,
    hex`00000001 2601 af15 00000001 2601 2f16`,
  ]);
  assertEquals(
    units[3]!.damaged?.includes(
      "interleaved, which is not undone: decoding order number 2 after 8",
    ),
    true,
  );
});

Deno.test("payloads are described in a few words", () => {
  assertEquals(described(H264, IDR), "IDR 4");
  assertEquals(described(H264, P), "slice P 4");
  assertEquals(described(H264, hex`7c 85 88`), "FU-A IDR start");
  assertEquals(described(H264, hex`7c 45 88`), "FU-A IDR end");
  assertEquals(described(H264, hex`78 0002 6742 0001 68`), "STAP-A SPS 2, PPS 1");
  const h265 = { encoding: "h265", clockRate: 90_000 };
  assertEquals(described(h265, hex`62 01 93 af`), "FU IDR_W_RADL start");
  const pcmu = { encoding: "PCMU", clockRate: 8000 };
  assertEquals(described(pcmu, new Uint8Array(160)), "160 samples");
  const opus = { encoding: "opus", clockRate: 48_000 };
  assertEquals(described(opus, hex`fc 01`), "CELT stereo 20 ms");
});

const HBR = "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3";

Deno.test("AAC: several access units of a packet get times of their own", () => {
  const track = { encoding: "mpeg4-generic", clockRate: 48_000, fmtp: `${HBR};config=1190` };
  const { units } = feed(track, [
    packetOf(hex`0020 0010 0018 aabb ccddee`, 0, { timestamp: 100, marker: true }),
  ]);
  assertEquals(units.map(({ data, timestamp }) => [joined(data), timestamp]), [
    [hex`aabb`, 100],
    [hex`ccddee`, 1124],
  ]);
});

Deno.test("AAC: interleaved units, sizes past the end and bytes left over are named", () => {
  const layout = parseAuLayout(HBR);
  const cases: [payload: Uint8Array, problem: string][] = [
    [hex`0010 0011 aabb`, "interleaved, which is not undone: AU-index 1"],
    [hex`0020 0010 0019 aabb ccddee`, "AU-index-delta 1"],
    [hex`0020 0010 0020 aabb ccddee`, "Access unit 2 of 2 has 4 bytes, 3 are left"],
    [hex`0010 0010 aabbcc`, "1 bytes follow the access units"],
    [hex`0030 0010`, "Announces 48 bits, the packet ends before that"],
    [hex`0000`, "It has no AU header"],
  ];
  for (const [payload, problem] of cases) {
    assertThrows(() => parseAuPayload(payload, layout), MalformedError, problem);
  }
});

Deno.test("AAC: a packet holds 1024 access units, and not one more", () => {
  const layout = parseAuLayout("sizelength=8");
  const of = (count: number): Uint8Array => {
    const bytes = new Uint8Array(2 + count);
    new DataView(bytes.buffer).setUint16(0, count * 8);
    return bytes;
  };
  assertEquals(parseAuPayload(of(MAX_ACCESS_UNITS), layout).length, MAX_ACCESS_UNITS);
  assertThrows(() => parseAuPayload(of(1025), layout), MalformedError, "More than 1024");
});

Deno.test("AAC: a mode stands in for lengths that are left out", () => {
  const { sizeLength, indexLength, indexDeltaLength } = parseAuLayout("mode=AAC-lbr");
  assertEquals([sizeLength, indexLength, indexDeltaLength], [6, 2, 2]);
  assertEquals(parseAuLayout(HBR), parseAuLayout("mode=AAC-hbr"));
});

Deno.test("Opus: durations by configuration and frame count, and packets that cannot be", () => {
  assertEquals(parseOpusToc(hex`08`)?.duration, 960);
  assertEquals(parseOpusToc(hex`fd`)?.duration, 1920);
  assertEquals(parseOpusToc(hex`fb 06`)?.duration, 5760);
  assertEquals(parseOpusToc(hex`fb 07`), undefined);
  assertEquals(parseOpusToc(hex`fb 00`), undefined);
  assertEquals(parseOpusToc(hex``), undefined);
});

Deno.test("a transport stream must come in whole packets that begin with the sync byte", () => {
  const track = { encoding: "MP2T", clockRate: 90_000 };
  const packet = new Uint8Array(188).fill(0xff);
  packet.set(hex`47 1f ff 10`);
  const { units } = feed(track, [
    packetOf(joined([packet, packet]), 0),
    packetOf(packet.subarray(1), 1),
    packetOf(joined([packet, packet.with(0, 0x46)]), 2),
  ]);
  assertEquals(units.map(({ damaged }) => damaged), [
    undefined,
    "MPEG-TS payload: Its 187 bytes are no whole number of packets of 188 (at byte 0)",
    "Transport packet: It has no sync byte (at byte 0)",
  ]);
  assertEquals(described(track, packet), "1 TS packets PID ");
});

Deno.test("ONVIF metadata comes as whole documents", () => {
  const track = { encoding: "vnd.onvif.metadata", clockRate: 90_000 };
  const { units } = feed(track, [
    packetOf(ascii("…rest of one</a>"), 0, { timestamp: 1, marker: true }),
    packetOf(ascii("<?xml version='1.0'?><a>"), 1, { timestamp: 2 }),
    packetOf(ascii("</a>"), 2, { timestamp: 2, marker: true }),
    packetOf(ascii("</b>"), 4, { timestamp: 3, marker: true }),
    packetOf(ascii("no XML"), 5, { timestamp: 4, marker: true }),
  ]);
  const text = units.map(({ data }) => new TextDecoder().decode(joined(data)));
  assertEquals(text[0], "<?xml version='1.0'?><a></a>");
  assertEquals(units.map(({ damaged, lostBefore }) => damaged ?? lostBefore), [
    undefined,
    1,
    "It does not begin like XML",
  ]);
});

Deno.test("LATM frames tell why the config of the description cannot be read", () => {
  const cases = [
    ["c00023203fc0", "audioMuxVersion 1 is not read"],
    ["4000", "Needs 5 more bits"],
    ["4000x", '"4000x" is no hexadecimal'],
  ] as const;
  for (const [config, problem] of cases) {
    const fmtp = `cpresent=0;config=${config}`;
    const track = { encoding: "MP4A-LATM", clockRate: 44_100, fmtp };
    const { units } = feed(track, [packetOf(hex`01 00`, 0, { marker: true })]);
    assertStringIncludes(units[0]!.damaged ?? "", `StreamMuxConfig in config=: ${problem}`);
  }
});
