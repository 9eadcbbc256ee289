import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { ByteReader } from "../../../lib/bytes/reader.ts";
import { ByteWriter } from "../../../lib/bytes/writer.ts";
import {
  MAX_CUMULATIVE_LOST,
  MIN_CUMULATIVE_LOST,
  readReportBlocks,
  REPORT_BLOCK_LENGTH,
  type ReportBlock,
  writeReportBlock,
} from "../../../lib/rtcp/report_block.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";

const BLOCK: ReportBlock = {
  ssrc: 1,
  fractionLost: 0,
  cumulativeLost: 0,
  extendedHighestSequence: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

const ROWS: Golden<ReportBlock>[] = [
  {
    name: "every field at its own value",
    bytes: hex`
      de ad be ef  # SSRC
      40           # fraction lost: a quarter
      00 00 05     # cumulative lost
      00 02 ff ff  # 2 cycles, sequence 65,535
      00 00 01 00  # jitter
      b7 05 20 00  # LSR
      00 05 40 00  # DLSR, 5.25 s
    `,
    value: {
      ssrc: 0xdeadbeef,
      fractionLost: 64,
      cumulativeLost: 5,
      extendedHighestSequence: 0x2ffff,
      jitter: 256,
      lastSenderReport: 0xb7052000,
      delaySinceLastSenderReport: 0x54000,
    },
  },
  {
    name: "one duplicate: lost is -1",
    bytes: hex`00000001 00 ffffff 00000000 00000000 00000000 00000000`,
    value: { ...BLOCK, cumulativeLost: -1 },
  },
  {
    name: "most lost",
    bytes: hex`00000001 ff 7fffff 00000000 00000000 00000000 00000000`,
    value: { ...BLOCK, fractionLost: 255, cumulativeLost: MAX_CUMULATIVE_LOST },
  },
  {
    name: "fewest lost",
    bytes: hex`00000001 00 800000 ffffffff ffffffff ffffffff ffffffff`,
    value: {
      ...BLOCK,
      cumulativeLost: MIN_CUMULATIVE_LOST,
      extendedHighestSequence: 0xffffffff,
      jitter: 0xffffffff,
      lastSenderReport: 0xffffffff,
      delaySinceLastSenderReport: 0xffffffff,
    },
  },
];

for (const { name, bytes, value } of ROWS) {
  Deno.test(`report block is read and written: ${name}`, () => {
    assertEquals(readReportBlocks(new ByteReader(bytes, "test"), 1), [value]);
    const writer = new ByteWriter(REPORT_BLOCK_LENGTH);
    writeReportBlock(writer, value);
    assertEquals(writer.finish(), bytes);
  });
}

Deno.test("more report blocks announced than are there is malformed before any is read", () => {
  const reader = new ByteReader(new Uint8Array(2 * REPORT_BLOCK_LENGTH - 1), "test");
  const error = assertThrows(() => readReportBlocks(reader, 2), MalformedError, "2 report blocks");
  assertEquals(error.position, 0);
});

Deno.test("values past their field are refused", () => {
  for (
    const change of [
      { cumulativeLost: MAX_CUMULATIVE_LOST + 1 },
      { cumulativeLost: MIN_CUMULATIVE_LOST - 1 },
      { cumulativeLost: 0.5 },
      { fractionLost: 256 },
      { ssrc: 2 ** 32 },
      { jitter: -1 },
    ]
  ) {
    const writer = new ByteWriter(REPORT_BLOCK_LENGTH);
    assertThrows(() => writeReportBlock(writer, { ...BLOCK, ...change }), RangeError);
  }
});
