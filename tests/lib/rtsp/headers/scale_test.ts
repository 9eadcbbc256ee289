import fc from "fast-check";
import { formatScale, parseScale } from "../../../../lib/rtsp/headers/scale.ts";
import { assertThrows } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

testField<number>({
  name: "Scale",
  parse: parseScale,
  format: formatScale,
  golden: [
    { name: "normal viewing", text: "1.0", value: 1 },
    { name: "gst-rtsp-server's digits", text: "1.000", value: 1, written: "1.0" },
    { name: "live555's digits", text: "1.000000", value: 1, written: "1.0" },
    { name: "a whole number", text: "2", value: 2, written: "2.0" },
    { name: "a point without a fraction", text: "2.", value: 2, written: "2.0" },
    { name: "backward", text: "-3.5", value: -3.5 },
    { name: "zero from below", text: "-0.0", value: 0, written: "0.0" },
    { name: "more digits than count", text: "1.0000002", value: 1, written: "1.0" },
    { name: "blanks", text: " 0.25 ", value: 0.25, written: "0.25" },
  ],
  malformed: [
    ["", "is not a decimal number", 0],
    ["-", '"-" is not a decimal number', 0],
    ["+1", '"+1" is not a decimal number', 0],
    ["--1", '"--1" is not a decimal number', 0],
    [".5", '".5" is not a decimal number', 0],
    ["1e3", '"1e3" is not a decimal number', 0],
    ["1,5", '"1,5" is not a decimal number', 0],
    ["Infinity", "is not a decimal number", 0],
    ["1".repeat(16), "is not a decimal number", 0],
    [`0.${"1".repeat(16)}`, "is not a decimal number", 0],
  ],
  arbitrary: fc.integer().map((millionths) => millionths / 1e6),
});

Deno.test("Scale refuses to write what has no digits", () => {
  for (const scale of [NaN, Infinity, -Infinity, 1e15]) {
    assertThrows(() => formatScale(scale), RangeError);
  }
});
