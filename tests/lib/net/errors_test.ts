import { reasonOf } from "../../../lib/net/errors.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("reasons are a few plain words", () => {
  assertEquals(reasonOf(new Deno.errors.AddrInUse("x")), "address already in use");
  assertEquals(reasonOf(new Deno.errors.ConnectionRefused("x")), "connection refused");
  assertEquals(
    reasonOf(new Error("failed to lookup address information: Name or service not known")),
    "no such host name",
  );
  assertEquals(reasonOf(new Error("Strange thing (os error 99)")), "Strange thing");
  assertEquals(reasonOf("words"), "words");
});
