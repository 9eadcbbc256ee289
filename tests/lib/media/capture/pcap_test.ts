import fc from "fast-check";
import {
  type CapturedFrame,
  MAX_FRAME_LENGTH,
} from "../../../../lib/media/capture/captured_frame.ts";
import { isPcap, PcapReader } from "../../../../lib/media/capture/pcap.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { type Golden, hex } from "../../../support/golden.ts";
import { everyPrefix, everySplit } from "../../../support/split.ts";
import { readAll } from "./reading.ts";

const frame = (changes: Partial<CapturedFrame>): CapturedFrame => ({
  seconds: 1_700_000_000,
  nanoseconds: 123_456_000,
  linkType: 1,
  bytes: hex`aabbccdd`,
  originalLength: 4,
  ...changes,
});

const GOLDENS: Golden<CapturedFrame[]>[] = [
  {
    name: "little-endian, microseconds, as tcpdump writes on x86",
    bytes: hex`
      d4c3b2a1     # magic
      0200 0400    # version 2.4
      00000000     # time zone, never used
      00000000     # significant figures, never used
      ffff0000     # snapshot length 65,535
      01000000     # Ethernet
      00f15365     # 1,700,000,000 s
      40e20100     # 123,456 µs
      04000000     # 4 bytes kept
      dc050000     # of 1,500
      aabbccdd`,
    value: [frame({ originalLength: 1500 })],
  },
  {
    name: "big-endian, nanoseconds, frames after one another",
    bytes: hex`
      a1b23c4d     # magic
      0002 0004
      00000000 00000000
      0000ffff
      00000071     # Linux cooked
      6553f100 075bca00 00000004 00000004 aabbccdd
      6553f100 00000001 00000000 00000000`,
    value: [
      frame({ linkType: 113, nanoseconds: 123_456_000 }),
      frame({ linkType: 113, nanoseconds: 1, bytes: hex``, originalLength: 0 }),
    ],
  },
  {
    name: "Kuznetzov's format: eight more bytes before each frame; FCS bits above the link type",
    bytes: hex`
      34cdb2a1
      0200 0400 00000000 00000000 ffff0000
      01000024     # FCS length, and Ethernet
      00f15365 40e20100 04000000 04000000
      01000000     # interface 1
      0800 00 00   # protocol, packet type
      aabbccdd`,
    value: [frame({})],
  },
  {
    name: "a fraction above a second, from a damaged clock",
    bytes: hex`
      d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000
      00f15365
      40420f00     # 1,000,000 µs
      00000000 00000000`,
    value: [frame({ seconds: 1_700_000_001, nanoseconds: 0, bytes: hex``, originalLength: 0 })],
  },
];

for (const { name, bytes, value } of GOLDENS) {
  Deno.test(`a pcap is read: ${name}`, () => {
    assert(isPcap(bytes));
    const { values, problem, pending } = readAll(new PcapReader(), [bytes]);
    assertEquals({ values, problem, pending }, { values: value, problem: undefined, pending: 0 });
  });

  Deno.test(`a pcap is read however it is cut: ${name}`, () => {
    everySplit(bytes, (pieces, cut) => {
      assertEquals(readAll(new PcapReader(), pieces).values, value, cut);
    });
  });

  Deno.test(`a pcap that ends early gives the frames before: ${name}`, () => {
    everyPrefix(bytes, (prefix) => {
      const { values, problem } = readAll(new PcapReader(), [prefix]);
      assertEquals(problem, undefined);
      assertEquals(values, value.slice(0, values.length));
      assert(values.length < value.length);
    });
  });
}

Deno.test("a frame may be as long as the limit and not longer", () => {
  const file = (length: number): Uint8Array => {
    const bytes = new Uint8Array(24 + 16 + length);
    bytes.set(GOLDENS[0]!.bytes.subarray(0, 40));
    new DataView(bytes.buffer).setUint32(32, length, true);
    return bytes;
  };
  assertEquals(readAll(new PcapReader(), [file(MAX_FRAME_LENGTH)]).values.length, 1);
  const { values, problem } = readAll(new PcapReader(), [file(MAX_FRAME_LENGTH + 1)]);
  assertEquals(values.length, 0);
  assertStringIncludes(problem!, "pcap packet: Announces 262145 bytes");
});

Deno.test("what is no pcap is told with its first bytes", () => {
  const { problem } = readAll(new PcapReader(), [new Uint8Array(24)]);
  assertStringIncludes(problem!, "Begins with 00000000");
});

Deno.test("random and damaged bytes give frames or one problem, and stay as they are", () => {
  const golden = fc.constantFrom(...GOLDENS.map(({ bytes }) => bytes));
  fc.assert(fc.property(golden, fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, at, value) => {
    const damaged = bytes.slice();
    damaged[at % damaged.length] = value;
    const before = damaged.slice();
    readAll(new PcapReader(), [damaged]);
    assertEquals(damaged, before);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    readAll(new PcapReader(), [bytes]);
  }));
});
