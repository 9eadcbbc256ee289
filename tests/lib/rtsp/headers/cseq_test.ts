import fc from "fast-check";
import { formatCSeq, parseCSeq } from "../../../../lib/rtsp/headers/cseq.ts";
import { assertThrows } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

testField<number>({
  name: "CSeq",
  parse: parseCSeq,
  format: formatCSeq,
  golden: [
    { name: "the first of most clients", text: "1", value: 1 },
    { name: "the first of SAT>IP clients", text: "0", value: 0 },
    { name: "blanks at the end, from Longse cameras", text: "7 \t", value: 7, written: "7" },
    { name: "leading zeros", text: "0012", value: 12, written: "12" },
    { name: "more than 31 bits", text: "2147483648", value: 2_147_483_648 },
    { name: "the largest", text: "4294967295", value: 4_294_967_295 },
  ],
  malformed: [
    ["", '"" is not a number', 0],
    ["4294967296", '"4294967296" is not a number of 0 to 2^32 - 1', 0],
    ["-1", '"-1" is not a number', 0],
    ["+1", '"+1" is not a number', 0],
    ["1.0", '"1.0" is not a number', 0],
    ["1 2", '"1 2" is not a number', 0],
    ["0x1", '"0x1" is not a number', 0],
    ["٣", "is not a number", 0],
  ],
  arbitrary: fc.nat(0xffffffff),
});

Deno.test("CSeq refuses to write what is no such number", () => {
  for (const number of [-1, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => formatCSeq(number), RangeError, String(number));
  }
});
