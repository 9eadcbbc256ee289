import {
  formatGoodbye,
  type Goodbye,
  MAX_GOODBYE_SOURCES,
  MAX_REASON_LENGTH,
  parseGoodbye,
} from "../../../lib/rtcp/goodbye.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { type Malformed, packetSuite } from "./suite.ts";

const golden: Golden<Goodbye>[] = [
  {
    name: "one source, no reason",
    bytes: hex`81 cb 00 01 deadbeef`,
    value: { type: "BYE", sources: [0xdeadbeef] },
  },
  {
    name: "two sources and a reason",
    bytes: hex`
      82 cb 00 05  # V=2, P=0, SC=2, BYE, 6 words
      00 00 00 01  # first source
      00 00 00 02  # second source
      0a           # 10 bytes of reason
      65 6e 64 20 6f 66 20 c3 a9 2e  # "end of é."
      00           # to the word
    `,
    value: { type: "BYE", sources: [1, 2], reason: "end of é." },
  },
  {
    name: "a reason that ends on the word, and padding",
    bytes: hex`a1 cb 00 03 00000001 03 627965 00000004`,
    value: { type: "BYE", sources: [1], reason: "bye", padding: 4 },
  },
  {
    name: "an empty reason",
    bytes: hex`81 cb 00 02 00000001 00000000`,
    value: { type: "BYE", sources: [1], reason: "" },
  },
  {
    name: "no source",
    bytes: hex`80 cb 00 00`,
    value: { type: "BYE", sources: [] },
  },
  {
    name: "a reason that is not UTF-8",
    bytes: hex`81 cb 00 02 00000001 02 61ff 00`,
    value: { type: "BYE", sources: [1], reason: "a\ufffd" },
    roundTrip: false,
  },
];

const malformed: Malformed[] = [
  {
    name: "two sources announced, one there",
    bytes: hex`82cb0001 00000001`,
    position: 8,
    problem: "Needs 4 more bytes",
  },
  {
    name: "a reason longer than the packet",
    bytes: hex`81cb0002 00000001 04627965`,
    position: 9,
    problem: "Needs 4 more bytes, only 3",
  },
  {
    name: "a word after the reason",
    bytes: hex`81cb0003 00000001 03627965 00000000`,
    position: 12,
    problem: "4 bytes follow the reason",
  },
];

packetSuite("goodbye", { parse: parseGoodbye, format: formatGoodbye }, { golden, malformed });

Deno.test("a goodbye holds 31 sources and 255 bytes of reason, and not one more", () => {
  const sources = Array.from({ length: MAX_GOODBYE_SOURCES }, (_, i) => i);
  const reason = "é".repeat(127) + "e";
  const full: Goodbye = { type: "BYE", sources, reason };
  assertEquals(new TextEncoder().encode(reason).length, MAX_REASON_LENGTH);
  assertEquals(parseGoodbye(formatGoodbye(full)), full);
  assertThrows(() => formatGoodbye({ ...full, sources: [...sources, 0] }), RangeError);
  assertThrows(() => formatGoodbye({ ...full, reason: reason + "e" }), RangeError, "BYE reason");
});
