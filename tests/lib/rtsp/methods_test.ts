import { isMethod, METHODS } from "../../../lib/rtsp/methods.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("knows the eleven methods of RFC 2326 and compares them with case", () => {
  assertEquals(new Set(METHODS).size, 11);
  assertEquals(METHODS.every(isMethod), true);
  for (const other of ["play", "FORWARD", "", "toString"]) assertEquals(isMethod(other), false);
});
