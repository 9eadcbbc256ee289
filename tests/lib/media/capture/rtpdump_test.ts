import fc from "fast-check";
import { ByteWriter } from "../../../../lib/bytes/writer.ts";
import type { DumpedPacket } from "../../../../lib/media/capture/captured_frame.ts";
import {
  formatRtpdumpHeader,
  isRtpdump,
  MAX_DUMPED_LENGTH,
  MAX_FIRST_LINE,
  RtpdumpReader,
  writeRtpdumpPacket,
} from "../../../../lib/media/capture/rtpdump.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { type Golden, hex } from "../../../support/golden.ts";
import { ascii, everyPrefix, everySplit } from "../../../support/split.ts";
import { readAll } from "./reading.ts";

const START = { seconds: 1_700_000_000, microseconds: 999_000, address: "192.0.2.1", port: 5000 };

const GOLDEN: Golden<DumpedPacket[]> = {
  name: "two packets of RTP and RTCP as rtpdump writes them",
  bytes: hex`
    23 21 72 74 70 70 6c 61 79 31 2e 30 20           # #!rtpplay1.0
    31 39 32 2e 30 2e 32 2e 31 2f 35 30 30 30 0a     # 192.0.2.1/5000
    6553f100 000f3e58                                # 1,700,000,000.999 s
    c0000201 1388 0000                               # 192.0.2.1, port 5000
    000c 0004 00000000 80010203                      # RTP at once
    000c 0000 00000002 81c90001                      # RTCP after 2 ms`,
  value: [
    {
      seconds: 1_700_000_000,
      nanoseconds: 999_000_000,
      kind: "rtp",
      bytes: hex`80010203`,
      originalLength: 4,
    },
    {
      seconds: 1_700_000_001,
      nanoseconds: 1_000_000,
      kind: "rtcp",
      bytes: hex`81c90001`,
      originalLength: 4,
    },
  ],
};

Deno.test(`an rtpdump is written and read: ${GOLDEN.name}`, () => {
  const writer = new ByteWriter();
  writer.bytes(formatRtpdumpHeader(START));
  writeRtpdumpPacket(writer, 0, "rtp", hex`80010203`);
  writeRtpdumpPacket(writer, 2, "rtcp", hex`81c90001`);
  assertEquals(writer.finish(), GOLDEN.bytes);
  assert(isRtpdump(GOLDEN.bytes));
  const reader = new RtpdumpReader();
  assertEquals(readAll(reader, [GOLDEN.bytes]).values, GOLDEN.value);
  assertEquals(reader.header, START);
});

Deno.test("an rtpdump is read however it is cut, and gives what is whole when it ends early", () => {
  everySplit(GOLDEN.bytes, (pieces, cut) => {
    assertEquals(readAll(new RtpdumpReader(), pieces).values, GOLDEN.value, cut);
  });
  everyPrefix(GOLDEN.bytes, (prefix) => {
    const { values, problem } = readAll(new RtpdumpReader(), [prefix]);
    assertEquals(problem, undefined);
    assertEquals(values, GOLDEN.value.slice(0, values.length));
    assert(values.length < GOLDEN.value.length);
  });
});

Deno.test("a packet cut by the recording keeps its length", () => {
  const bytes = GOLDEN.bytes.slice(0, 44 + 12);
  bytes[47] = 200;
  const [packet] = readAll(new RtpdumpReader(), [bytes]).values;
  assertEquals(packet?.originalLength, 200);
  assertEquals(packet?.bytes.length, 4);
});

Deno.test("a packet may be as long as an entry holds, and is cut above", () => {
  for (const length of [MAX_DUMPED_LENGTH, MAX_DUMPED_LENGTH + 1]) {
    const writer = new ByteWriter();
    writer.bytes(formatRtpdumpHeader(START));
    writeRtpdumpPacket(writer, 0, "rtp", new Uint8Array(length));
    const [packet] = readAll(new RtpdumpReader(), [writer.finish()]).values;
    assertEquals(packet?.bytes.length, MAX_DUMPED_LENGTH);
    assertEquals(packet?.originalLength, length);
  }
});

Deno.test("a first line may be as long as the limit and not longer", () => {
  const file = (length: number): Uint8Array => {
    const line = ascii(`#!rtpplay1.0 192.0.2.1/5000`.padEnd(length - 1) + "\n");
    return new ByteWriter().bytes(line).zeros(16).finish();
  };
  assertEquals(readAll(new RtpdumpReader(), [file(MAX_FIRST_LINE)]).problem, undefined);
  const { problem } = readAll(new RtpdumpReader(), [file(MAX_FIRST_LINE + 1)]);
  assertStringIncludes(problem!, "rtpdump header: Begins with");
});

Deno.test("an entry shorter than its own header is told", () => {
  const bytes = GOLDEN.bytes.slice();
  bytes[45] = 7;
  assertStringIncludes(readAll(new RtpdumpReader(), [bytes]).problem!, "Announces 7 bytes");
});

Deno.test("random and damaged bytes give packets or one problem, and stay as they are", () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), (at, value) => {
    const damaged = GOLDEN.bytes.slice();
    damaged[at % damaged.length] = value;
    const before = damaged.slice();
    readAll(new RtpdumpReader(), [damaged]);
    assertEquals(damaged, before);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    readAll(new RtpdumpReader(), [bytes]);
  }));
});
