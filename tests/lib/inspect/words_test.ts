import { count, Examples, grouped, hexSsrc } from "../../../lib/inspect/words.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("thousands are set apart", () => {
  assertEquals([0, 999, 1000, 20_480, 1_234_567].map(grouped), [
    "0",
    "999",
    "1,000",
    "20,480",
    "1,234,567",
  ]);
});

Deno.test("what is counted is in the plural unless it is one", () => {
  assertEquals([0, 1, 2].map((value) => count(value, "packet")), [
    "0 packets",
    "1 packet",
    "2 packets",
  ]);
});

Deno.test("an SSRC has eight digits", () => {
  assertEquals([0, 0xab, 0xffff_ffff].map(hexSsrc), ["00000000", "000000ab", "ffffffff"]);
});

Deno.test("examples are the first three and a count of the rest, which are not even described", () => {
  const examples = new Examples();
  assertEquals(examples.text, "");
  let described = 0;
  for (let i = 1; i <= 1003; i++) {
    examples.add(() => {
      described++;
      return `case ${i}`;
    });
  }
  assertEquals(examples.text, "case 1; case 2; case 3; and 1,000 more");
  assertEquals(described, 3);
});
