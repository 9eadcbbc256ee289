import { constantTimeEqual } from "../../../lib/auth/constant_time.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("texts are equal only when they are the same", () => {
  const rows: [string, string, boolean][] = [
    ["", "", true],
    ["abc", "abc", true],
    ["ü€", "ü€", true],
    ["abc", "abd", false],
    ["abc", "ab", false],
    ["", "a", false],
    ["abc", "ABC", false],
  ];
  for (const [a, b, same] of rows) assertEquals(constantTimeEqual(a, b), same, `${a} ${b}`);
});
