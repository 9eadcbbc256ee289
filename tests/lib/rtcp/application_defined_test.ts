import {
  type ApplicationDefined,
  formatApplicationDefined,
  parseApplicationDefined,
} from "../../../lib/rtcp/application_defined.ts";
import { assert, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { type Malformed, packetSuite } from "./suite.ts";

const golden: Golden<ApplicationDefined>[] = [
  {
    name: "with data",
    bytes: hex`
      9f cc 00 04  # V=2, P=0, subtype 31, APP, 5 words
      00 00 00 01  # source
      71 74 73 69  # "qtsi"
      01 02 03 04  # data
      05 06 07 08
    `,
    value: { type: "APP", subtype: 31, source: 1, name: "qtsi", data: hex`0102030405060708` },
  },
  {
    name: "without data, padded",
    bytes: hex`a0 cc 00 03 00000001 41424344 00000004`,
    value: { type: "APP", subtype: 0, source: 1, name: "ABCD", data: hex``, padding: 4 },
  },
  {
    name: "a name that is not ASCII comes back all the same",
    bytes: hex`80 cc 00 02 00000001 00ff8041`,
    value: { type: "APP", subtype: 0, source: 1, name: "\x00\xff\x80A", data: hex`` },
  },
];

const malformed: Malformed[] = [
  {
    name: "no name",
    bytes: hex`80cc0001 00000001`,
    position: 8,
    problem: "Needs 4 more bytes",
  },
];

packetSuite(
  "application-defined packet",
  { parse: parseApplicationDefined, format: formatApplicationDefined },
  { golden, malformed },
);

Deno.test("an application's name is four characters of one byte, its data whole words", () => {
  const packet = golden[0]!.value;
  for (const name of ["ABC", "ABCDE", "ABC€", ""]) {
    assertThrows(() => formatApplicationDefined({ ...packet, name }), RangeError, "APP name");
  }
  assertThrows(() => formatApplicationDefined({ ...packet, subtype: 32 }), RangeError);
  assertThrows(() => formatApplicationDefined({ ...packet, data: hex`01` }), RangeError);
});

Deno.test("an application's data is a view", () => {
  const bytes = golden[0]!.bytes.slice();
  assert(parseApplicationDefined(bytes).data.buffer === bytes.buffer);
});
