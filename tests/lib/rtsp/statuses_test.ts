import { REASON_PHRASES, reasonPhrase, STATUS } from "../../../lib/rtsp/statuses.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("every status of RFC 2326, and 463 of RFC 4567, has one name and one phrase", () => {
  const codes = Object.values(STATUS);
  assertEquals(codes.length, 44 + 1);
  assertEquals(new Set(codes).size, codes.length);
  assertEquals(Object.keys(REASON_PHRASES).map(Number), codes);
});

Deno.test("the names of statuses are their phrases", () => {
  for (const [name, code] of Object.entries(STATUS)) {
    assertEquals(reasonPhrase(code).toUpperCase().replaceAll(/[ -]/g, "_"), name);
  }
});

Deno.test("an unknown status is read as the first of its class", () => {
  assertEquals(reasonPhrase(461), "Unsupported transport");
  assertEquals(reasonPhrase(499), "Bad Request");
  assertEquals(reasonPhrase(299), "OK");
  assertEquals(reasonPhrase(600), "Unknown");
});
