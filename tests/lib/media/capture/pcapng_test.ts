import fc from "fast-check";
import { ByteWriter } from "../../../../lib/bytes/writer.ts";
import type { CapturedFrame } from "../../../../lib/media/capture/captured_frame.ts";
import { MAX_BLOCK_LENGTH } from "../../../../lib/media/capture/pcapng_blocks.ts";
import {
  isPcapng,
  MAX_INTERFACES,
  PcapngReader,
} from "../../../../lib/media/capture/pcapng_reader.ts";
import {
  formatPcapngHeader,
  writePcapngFrame,
} from "../../../../lib/media/capture/pcapng_writer.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { type Golden, hex } from "../../../support/golden.ts";
import { everyPrefix, everySplit } from "../../../support/split.ts";
import { readAll } from "./reading.ts";

const frame = (changes: Partial<CapturedFrame>): CapturedFrame => ({
  seconds: 1_700_000_000,
  nanoseconds: 123_456_000,
  linkType: 1,
  bytes: hex`aabbccdd ee`,
  originalLength: 5,
  ...changes,
});

const BIG_SECTION = hex`
  0a0d0d0a 0000001c   # section header, 28 bytes
  1a2b3c4d            # byte order
  0001 0000           # version 1.0
  ffffffff ffffffff   # length not known
  0000001c`;

const BIG_INTERFACE = hex`
  00000001 00000014   # interface description, 20 bytes
  0001 0000           # Ethernet
  00000000            # no snapshot length
  00000014`;

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const part of parts) writer.bytes(part);
  return writer.finish().slice();
}

const GOLDENS: Golden<CapturedFrame[]>[] = [
  {
    name: "little-endian, nanoseconds and an offset, an enhanced packet with a comment",
    bytes: hex`
      0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffff ffffffff 1c000000
      01000000 2c000000   # interface description, 44 bytes
      7100 0000           # Linux cooked
      00000400            # snapshot length 262,144
      0900 0100 09000000  # if_tsresol: 10^-9
      0e00 0800 e803000000000000   # if_tsoffset: 1,000 s
      0000 0000           # no more options
      2c000000
      06000000 34000000   # enhanced packet, 52 bytes
      00000000            # interface 0
      159c9717 00bae068   # 1,699,999,000.123456000 s
      05000000 dc050000   # 5 of 1,500 bytes
      aabbccdd ee 000000  # padded
      0100 0200 6869 0000 # comment "hi"
      0000 0000
      34000000`,
    value: [frame({ linkType: 113, originalLength: 1500 })],
  },
  {
    name: "big-endian, microseconds: obsolete packet, simple packet, unknown block",
    bytes: joined(
      BIG_SECTION,
      BIG_INTERFACE,
      hex`
        00000bad 00000010 12345678 00000010  # a block of nobody's
        00000002 00000028   # packet block, 40 bytes
        0000 ffff           # interface 0, drops not known
        00060a24 18202240   # 1,700,000,000.123456 s
        00000005 00000005
        aabbccdd ee 000000
        00000028
        00000003 00000018   # simple packet, 24 bytes
        00000005
        aabbccdd ee 000000
        00000018`,
    ),
    value: [frame({}), frame({ seconds: 0, nanoseconds: 0 })],
  },
  {
    name: "a second section of the other byte order, with its own interfaces",
    bytes: joined(
      BIG_SECTION,
      BIG_INTERFACE,
      hex`
        0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffff ffffffff 1c000000
        01000000 1c000000 6500 0000 00000000
        0900 0100 8a000000  # if_tsresol: 2^-10
        1c000000
        06000000 28000000 00000000
        95010000 0000c44f   # 1,700,000,000 s in 1,024ths
        05000000 05000000 aabbccdd ee000000 28000000`,
    ),
    value: [frame({ linkType: 101, nanoseconds: 0 })],
  },
];

for (const { name, bytes, value } of GOLDENS) {
  Deno.test(`a pcapng is read: ${name}`, () => {
    assert(isPcapng(bytes));
    const { values, problem, pending } = readAll(new PcapngReader(), [bytes]);
    assertEquals({ values, problem, pending }, { values: value, problem: undefined, pending: 0 });
  });

  Deno.test(`a pcapng is read however it is cut: ${name}`, () => {
    everySplit(bytes, (pieces, cut) => {
      assertEquals(readAll(new PcapngReader(), pieces).values, value, cut);
    });
  });

  Deno.test(`a pcapng that ends early gives the frames before: ${name}`, () => {
    everyPrefix(bytes, (prefix) => {
      const { values, problem } = readAll(new PcapngReader(), [prefix]);
      assertEquals(problem, undefined);
      assertEquals(values, value.slice(0, values.length));
      assert(values.length < value.length);
    });
  });
}

Deno.test("the statistics of an interface tell what was dropped", () => {
  const reader = new PcapngReader();
  const statistics = hex`
    00000005 00000024   # interface statistics, 36 bytes
    00000000 00060a24 181e4240
    0005 0008 0000000000000007   # dropped by the interface: 7
    00000024`;
  assertEquals(readAll(reader, [joined(BIG_SECTION, BIG_INTERFACE, statistics)]).values, []);
  assertEquals(reader.dropped, 7);
  assertEquals(readAll(reader, [BIG_SECTION]).values, []);
  assertEquals(reader.dropped, 7, "also in the next section");
});

const BROKEN: [name: string, bytes: Uint8Array, problem: string][] = [
  ["no section header", BIG_INTERFACE, "begins with no section header"],
  ["another byte order", joined(BIG_SECTION.with(8, 0x1b)), "byte-order magic 1b2b3c4d"],
  ["a later version", joined(BIG_SECTION.with(13, 2)), "Is of version 2"],
  ["a length not of 4", joined(BIG_SECTION, BIG_INTERFACE.with(7, 0x15)), "Announces 21 bytes"],
  [
    "another length at the end",
    joined(BIG_SECTION, BIG_INTERFACE.with(19, 1)),
    "Ends with length 1",
  ],
  [
    "an interface that is not there",
    joined(BIG_SECTION, GOLDENS[1]!.bytes.subarray(64)),
    "Is of interface 0, which is not described",
  ],
  [
    "more captured than the block holds",
    joined(BIG_SECTION, BIG_INTERFACE, GOLDENS[1]!.bytes.slice(64, 104).with(23, 9)),
    "Announces 9 bytes of a packet, has 8",
  ],
  [
    "a block too short for its fields",
    joined(BIG_SECTION, hex`00000001 0000000c 0000000c`),
    "too short for its fields",
  ],
];

for (const [name, bytes, problem] of BROKEN) {
  Deno.test(`a damaged pcapng is told: ${name}`, () => {
    assertStringIncludes(readAll(new PcapngReader(), [bytes]).problem ?? "nothing", problem);
  });
}

Deno.test("a block may be as long as the limit and not longer", () => {
  const block = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0xbad);
    view.setUint32(4, length);
    view.setUint32(length - 4, length);
    return bytes;
  };
  const read = (length: number) =>
    readAll(new PcapngReader(), [BIG_SECTION, block(length)]).problem;
  assertEquals(read(MAX_BLOCK_LENGTH), undefined);
  assertStringIncludes(read(MAX_BLOCK_LENGTH + 4)!, "Announces 16777220 bytes");
});

Deno.test("there may be as many interfaces as the limit and not more", () => {
  const interfaces = Array.from({ length: MAX_INTERFACES }, () => BIG_INTERFACE);
  const read = (parts: Uint8Array[]) => readAll(new PcapngReader(), parts).problem;
  assertEquals(read([BIG_SECTION, ...interfaces]), undefined);
  assertStringIncludes(read([BIG_SECTION, ...interfaces, BIG_INTERFACE])!, "more than 4096");
});

Deno.test("what is written is the standard's blocks, byte for byte", () => {
  const writer = new ByteWriter();
  writer.bytes(formatPcapngHeader("rtspkit"));
  writePcapngFrame(writer, {
    seconds: 1_700_000_000,
    nanoseconds: 123_456_789,
    bytes: hex`aabbccdd ee`,
    comments: ["hi"],
  });
  assertEquals(
    writer.finish(),
    hex`
      0a0d0d0a 0000002c 1a2b3c4d 0001 0000 ffffffff ffffffff
      0004 0007 727473706b6974 00   # written by "rtspkit"
      0000 0000
      0000002c
      00000001 0000002c 0001 0000 00000000
      0002 0007 727473706b6974 00   # interface "rtspkit"
      0009 0001 09 000000           # nanoseconds
      0000 0000
      0000002c
      00000006 00000034 00000000
      17979cfe 3d85cd15             # 1,700,000,000.123456789 s
      00000005 00000005
      aabbccdd ee 000000
      0001 0002 6869 0000           # comment
      0000 0000
      00000034`,
  );
});

Deno.test("what is written is read the same", () => {
  const frames = fc.array(fc.record({
    seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    bytes: fc.uint8Array({ maxLength: 40 }),
    comments: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
  }));
  fc.assert(fc.property(frames, (written) => {
    const writer = new ByteWriter();
    writer.bytes(formatPcapngHeader("test"));
    for (const each of written) writePcapngFrame(writer, each);
    const { values, problem } = readAll(new PcapngReader(), [writer.finish()]);
    assertEquals(problem, undefined);
    assertEquals(
      values,
      written.map(({ seconds, nanoseconds, bytes }) => {
        return { seconds, nanoseconds, linkType: 1, bytes, originalLength: bytes.length };
      }),
    );
  }));
});

Deno.test("random and damaged bytes give frames or one problem, and stay as they are", () => {
  const golden = fc.constantFrom(...GOLDENS.map(({ bytes }) => bytes));
  fc.assert(
    fc.property(golden, fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, at, value) => {
      const damaged = bytes.slice();
      damaged[at % damaged.length] = value;
      const before = damaged.slice();
      readAll(new PcapngReader(), [damaged]);
      assertEquals(damaged, before);
    }),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    readAll(new PcapngReader(), [BIG_SECTION, BIG_INTERFACE, bytes]);
  }));
});
