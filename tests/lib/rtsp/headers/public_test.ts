import fc from "fast-check";
import { formatPublic, parsePublic } from "../../../../lib/rtsp/headers/public.ts";
import { assertEquals } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

testField<string[]>({
  name: "Public",
  parse: parsePublic,
  format: formatPublic,
  golden: [
    {
      name: "live555MediaServer's list",
      text: "OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER",
      value: [
        "OPTIONS",
        "DESCRIBE",
        "SETUP",
        "TEARDOWN",
        "PLAY",
        "PAUSE",
        "GET_PARAMETER",
        "SET_PARAMETER",
      ],
    },
    {
      name: "no blanks, empty elements and methods of others",
      text: "PLAY,,x-rewind\t, play,",
      value: ["PLAY", "x-rewind", "play"],
      written: "PLAY, x-rewind, play",
    },
    { name: "nothing", text: "", value: [] },
  ],
  malformed: [
    ["PLAY PAUSE", 'Method "PLAY PAUSE" is not a token', 0],
    ["PLAY, A:B", 'Method "A:B" is not a token', 6],
    [Array(65).fill("A").join(","), "More than 64 parts", 128],
  ],
  arbitrary: fc.array(fc.stringMatching(/^[A-Z_]{1,15}$/), { maxLength: 12 }),
});

Deno.test("Public takes as many methods as its limit", () => {
  assertEquals(parsePublic(Array(64).fill("A").join(",")).length, 64);
});
