import fc from "fast-check";
import {
  formatRange,
  type NptTime,
  parseRange,
  type Range,
} from "../../../../lib/rtsp/headers/range.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

const npt: fc.Arbitrary<NptTime> = fc.oneof(
  fc.constant("now" as const),
  fc.nat(2 ** 31 - 1).map((millionths) => millionths / 1e6),
  fc.nat(2 ** 31 - 1),
);
const smpte = fc.record({
  hours: fc.nat(99),
  minutes: fc.nat(59),
  seconds: fc.nat(59),
  frames: fc.nat(99),
  subframes: fc.nat(99),
}, { requiredKeys: ["hours", "minutes", "seconds"] });
const utc = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
}).map((date) => date.getTime());
const interval = fc.oneof(
  fc.record({ unit: fc.constant("npt" as const), start: npt, end: npt, time: utc }, {
    requiredKeys: ["unit", "start"],
  }),
  fc.record({ unit: fc.constant("npt" as const), end: npt }),
  fc.record({
    unit: fc.constantFrom("smpte" as const, "smpte-25" as const, "smpte-30-drop" as const),
    start: smpte,
    end: smpte,
    time: utc,
  }, { requiredKeys: ["unit", "start"] }),
  fc.record({ unit: fc.constant("clock" as const), start: utc, end: utc, time: utc }, {
    requiredKeys: ["unit", "start"],
  }),
);

testField<Range>({
  name: "Range",
  parse: parseRange,
  format: formatRange,
  golden: [
    {
      name: "what ffmpeg, live555 and VLC send",
      text: "npt=0.000-",
      value: { unit: "npt", start: 0 },
    },
    {
      name: "what rtspsrc sends",
      text: "npt=0-",
      value: { unit: "npt", start: 0 },
      written: "npt=0.000-",
    },
    { name: "a live point", text: "npt=now-", value: { unit: "npt", start: "now" } },
    {
      name: "start and end",
      text: "npt=10-15.25",
      value: { unit: "npt", start: 10, end: 15.25 },
      written: "npt=10.000-15.250",
    },
    { name: "an end alone", text: "npt=-20.000", value: { unit: "npt", end: 20 } },
    {
      name: "hours, minutes and seconds",
      text: "npt=12:05:35.3-",
      value: { unit: "npt", start: 43_535.3 },
      written: "npt=43535.300-",
    },
    {
      name: "a point without a fraction",
      text: "npt=5.-6.",
      value: { unit: "npt", start: 5, end: 6 },
      written: "npt=5.000-6.000",
    },
    {
      name: "blanks and capitals",
      text: " NPT = 1 - 2 ",
      value: { unit: "npt", start: 1, end: 2 },
      written: "npt=1.000-2.000",
    },
    {
      name: "SMPTE with frames and subframes",
      text: "smpte=10:07:00-10:07:33:05.01",
      value: {
        unit: "smpte",
        start: { hours: 10, minutes: 7, seconds: 0 },
        end: { hours: 10, minutes: 7, seconds: 33, frames: 5, subframes: 1 },
      },
    },
    {
      name: "SMPTE at 25 frames a second",
      text: "smpte-25=10:07:00:00-",
      value: { unit: "smpte-25", start: { hours: 10, minutes: 7, seconds: 0, frames: 0 } },
    },
    {
      name: "SMPTE with drop frames",
      text: "smpte-30-drop=1:2:3-",
      value: { unit: "smpte-30-drop", start: { hours: 1, minutes: 2, seconds: 3 } },
      written: "smpte-30-drop=01:02:03-",
    },
    {
      name: "a clock range with a fraction",
      text: "clock=19961108T142300Z-19961108T143520.25Z",
      value: {
        unit: "clock",
        start: Date.UTC(1996, 10, 8, 14, 23, 0),
        end: Date.UTC(1996, 10, 8, 14, 35, 20, 250),
      },
    },
    {
      name: "an open clock range",
      text: "clock=20240229T000000Z-",
      value: { unit: "clock", start: Date.UTC(2024, 1, 29) },
    },
    {
      name: "a time to begin at",
      text: "npt=0.000-;time=19970123T143720Z",
      value: { unit: "npt", start: 0, time: Date.UTC(1997, 0, 23, 14, 37, 20) },
    },
    {
      name: "a parameter the standard does not know",
      text: "npt=0.000-;x=y",
      value: { unit: "npt", start: 0 },
      written: "npt=0.000-",
    },
    {
      name: "an unknown unit",
      text: "bytes=0-100",
      value: { unit: "other", name: "bytes", text: "0-100" },
    },
  ],
  malformed: [
    ["", "has no unit before =", 0],
    ["npt", "has no unit before =", 0],
    ["=0-", "has no unit before =", 0],
    ["npt=", "has no - between start and end", 4],
    ["npt=5", "has no - between start and end", 4],
    ["npt=-", "has neither start nor end", 4],
    ["npt=a-", '"a" is not seconds, hh:mm:ss or now', 4],
    ["npt=1-b", '"b" is not seconds', 6],
    ["npt=1e3-", '"1e3" is not seconds', 4],
    ["npt=1--2", '"-2" is not seconds', 6],
    ["npt=1:60:00-", '"1:60:00" is not seconds', 4],
    ["npt=1:00-", '"1:00" is not seconds', 4],
    [`npt=${"1".repeat(16)}-`, "is not seconds", 4],
    ["smpte=-", "is not a time of this unit", 6],
    ["smpte=10:07-", '"10:07" is not a time', 6],
    ["smpte=10:60:00-", "is not a time", 6],
    ["smpte=10:00:00-x", '"x" is not a time', 15],
    ["clock=1996-", '"1996" is not a time', 6],
    ["clock=19960230T000000Z-", "is not a time", 6],
    ["clock=19961108T240000Z-", "is not a time", 6],
    ["clock=19961108T142300-", "is not a time", 6],
    // Which is in the year 10,000.
    ["clock=99991299T000000Z-", "is not a time", 6],
    ["npt=0-;time=now", "is not time=YYYYMMDDThhmmssZ", 7],
    [`npt=0-${";x".repeat(32)}`, "More than 32 parts", 69],
  ],
  arbitrary: interval,
});

Deno.test("Range takes fifteen digits on either side of the point and rounds to microseconds", () => {
  assertEquals(parseRange(`npt=${"1".repeat(15)}-`), { unit: "npt", start: 111_111_111_111_111 });
  assertEquals(parseRange(`npt=0.${"5".repeat(15)}-`), { unit: "npt", start: 0.555556 });
});

Deno.test("Range refuses to write what has no text", () => {
  for (const start of [-1, NaN, Infinity, 1e15]) {
    assertThrows(() => formatRange({ unit: "npt", start }), RangeError);
  }
  assertThrows(() => formatRange({ unit: "clock", start: 0.5 }), RangeError);
  assertThrows(() => formatRange({ unit: "clock", start: 1e15 }), RangeError);
  const start = { hours: 100, minutes: 0, seconds: 0 };
  assertThrows(() => formatRange({ unit: "smpte", start }), RangeError);
});
