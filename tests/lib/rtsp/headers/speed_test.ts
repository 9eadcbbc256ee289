import fc from "fast-check";
import { formatSpeed, parseSpeed } from "../../../../lib/rtsp/headers/speed.ts";
import { assertThrows } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

testField<number>({
  name: "Speed",
  parse: parseSpeed,
  format: formatSpeed,
  golden: [
    { name: "the example of RFC 2326 section 12.35", text: "2.5", value: 2.5 },
    { name: "gst-rtsp-server's digits", text: "2.000", value: 2, written: "2.0" },
    { name: "blanks", text: " 1 ", value: 1, written: "1.0" },
  ],
  malformed: [
    ["", "is not a decimal number above 0", 0],
    ["0", '"0" is not a decimal number above 0', 0],
    ["0.000", "is not a decimal number above 0", 0],
    ["-1", '"-1" is not a decimal number above 0', 0],
    ["fast", '"fast" is not a decimal number above 0', 0],
    ["1".repeat(16), "is not a decimal number", 0],
  ],
  arbitrary: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map((millionths) => millionths / 1e6),
});

Deno.test("Speed refuses to write what is not above 0", () => {
  for (const speed of [0, -1, NaN, Infinity]) assertThrows(() => formatSpeed(speed), RangeError);
});
