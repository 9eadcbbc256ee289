import type { AccessUnit } from "../../../lib/codec/depacketizer.ts";
import {
  MAX_PROGRAMS,
  MAX_STREAMS,
  MpegTsFormat,
} from "../../../lib/codec/mpegts/mpegts_format.ts";
import { parsePat, parsePmt } from "../../../lib/codec/mpegts/program_tables.ts";
import {
  MAX_DESCRIBED_SETS,
  MAX_PARAMETER_SET_LENGTH,
  parseParameterSets,
} from "../../../lib/codec/nal/parameter_sets.ts";
import { MAX_UNIT_LENGTH, MAX_UNIT_PIECES, UnitBuilder } from "../../../lib/codec/unit_builder.ts";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";
import { packetOf } from "./suite.ts";

const PAT = hex`
  00                  # pointer_field
  00 b00d 0001 c1 0000  # table 0, 13 bytes follow, stream 1, version 0, section 0 of 0
  0001 f000           # program 1 has its map on PID 4096
  2ab104b2            # CRC`;
const PMT = hex`
  00                  # pointer_field
  02 b017 0001 c1 0000  # table 2, 23 bytes follow, program 1
  e100 f000           # clock on PID 256, no descriptors
  1b e100 f000        # H.264 on PID 256
  0f e101 f000        # AAC on PID 257
  2f44b99b            # CRC`;

/** A transport packet with a section, filled up as the standard says. */
function transport(pid: number, section: Uint8Array): Uint8Array {
  const packet = new Uint8Array(188).fill(0xff);
  packet.set([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10]);
  packet.set(section, 4);
  return packet;
}

/** A program map section for streams on PIDs from `first` on. */
function mapOf(first: number, count: number): Uint8Array {
  const section = new Uint8Array(1 + 12 + 5 * count + 4);
  section.set(hex`00 02 b000 0001 c1 0000 e100 f000`);
  section[3] = 9 + 5 * count + 4;
  for (let i = 0; i < count; i++) {
    const pid = first + i;
    section.set([0x1b, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0], 13 + 5 * i);
  }
  return section;
}

Deno.test("program tables of a transport stream are read, cut ones are malformed", () => {
  assertEquals(parsePat(PAT), [4096]);
  assertEquals(parsePmt(PMT), [{ pid: 256, type: 0x1b }, { pid: 257, type: 0x0f }]);
  for (const [bytes, parse] of [[PAT, parsePat], [PMT, parsePmt]] as const) {
    everyPrefix(bytes, (prefix) => assertThrows(() => parse(prefix), MalformedError));
  }
  assertThrows(() => parsePat(PMT), MalformedError, "It has table id 2");
  const format = new MpegTsFormat();
  format.learn(transport(4096, PMT));
  assertEquals(format.seen, undefined, "nothing has named PID 4096 yet");
  format.learn(transport(0, PAT));
  format.learn(transport(4096, PMT));
  assertEquals(format.seen, { codec: "MPEG-TS", streams: ["H.264", "AAC"] });
});

Deno.test("of a transport stream 256 streams are listed, and no more", () => {
  const format = new MpegTsFormat();
  format.learn(transport(0, PAT));
  for (let first = 0; first < MAX_STREAMS; first += 32) {
    format.learn(transport(4096, mapOf(100 + first, 32)));
  }
  assertEquals(format.seen?.streams?.length, MAX_STREAMS);
  format.learn(transport(4096, mapOf(5000, 1)));
  assertEquals(format.seen?.streams?.length, MAX_STREAMS);
});

Deno.test("the maps of 32 programs are read, and of no more", () => {
  const pat = new Uint8Array(9 + 4 * (MAX_PROGRAMS + 1) + 4);
  pat.set(hex`00 00 b000 0001 c1 0000`);
  pat[3] = 5 + 4 * (MAX_PROGRAMS + 1) + 4;
  for (let i = 0; i <= MAX_PROGRAMS; i++) pat.set([0, i + 1, 0xe1, i], 9 + 4 * i);
  const format = new MpegTsFormat();
  format.learn(transport(0, pat));
  format.learn(transport(0x100 + MAX_PROGRAMS, PMT));
  assertEquals(format.seen, undefined);
  format.learn(transport(0x100 + MAX_PROGRAMS - 1, PMT));
  assertEquals(format.seen?.streams?.length, 2);
});

/** A unit that pieces are appended to. */
function building(): { unit: UnitBuilder; finish: () => AccessUnit } {
  const unit = new UnitBuilder("video", { ...packetOf(hex`00`, 0), arrivedAt: 0 });
  const finish = (): AccessUnit => {
    let finished: AccessUnit | undefined;
    unit.finish((whole) => finished = whole);
    return finished!;
  };
  return { unit, finish };
}

Deno.test("a unit has 16 MiB, and not a byte more", () => {
  const { unit, finish } = building();
  assert(unit.append(new Uint8Array(MAX_UNIT_LENGTH)));
  assertEquals(unit.damaged, false);
  assert(!unit.append(hex`00`));
  assertEquals(finish().bytes, MAX_UNIT_LENGTH);
  assertEquals(finish().damaged?.startsWith("It is longer than 16777216 bytes"), true);
});

Deno.test("a unit has 65,536 pieces, and not one more", () => {
  const { unit } = building();
  const piece = hex`00`;
  for (let i = 0; i < MAX_UNIT_PIECES; i++) assert(unit.append(piece));
  assert(!unit.append(piece));
  assert(unit.damaged);
});

Deno.test("of a description 64 parameter sets are read, each of 65,535 bytes at most", () => {
  const of = (length: number): string => btoa("\x67".repeat(length));
  assertEquals(parseParameterSets(of(MAX_PARAMETER_SET_LENGTH)).length, 1);
  assertEquals(parseParameterSets(of(MAX_PARAMETER_SET_LENGTH + 1)).length, 0);
  const many = Array(MAX_DESCRIBED_SETS + 1).fill("Zw==").join(",");
  assertEquals(parseParameterSets(many).length, MAX_DESCRIBED_SETS);
  assertEquals(parseParameterSets(",!!, Zw== ,"), [hex`67`]);
});
