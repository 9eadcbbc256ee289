import { HeaderList } from "../../../lib/rtsp/headers.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const list = (): HeaderList => new HeaderList([["CSeq", "1"], ["X-a", "1"], ["cseq", "2"]]);

Deno.test("finds header fields whatever their case", () => {
  assertEquals(list().get("cSEQ"), "1");
  assertEquals(list().getAll("CSEQ"), ["1", "2"]);
  assert(list().has("x-A"));
  assertEquals(list().has("x"), false);
  assertEquals(list().get("x"), undefined);
  assertEquals(list().getAll("x"), []);
});

Deno.test("keeps the order and spelling of header fields", () => {
  assertEquals([...list()], [["CSeq", "1"], ["X-a", "1"], ["cseq", "2"]]);
  assertEquals([...list().entries()], [...list()]);
  assertEquals(list().size, 3);
});

Deno.test("set leaves one field in the first one's place", () => {
  assertEquals([...list().set("CSEQ", "9")], [["CSEQ", "9"], ["X-a", "1"]]);
  assertEquals([...list().set("New", "9")].at(-1), ["New", "9"]);
});

Deno.test("append adds beside a field of the same name", () => {
  assertEquals(list().append("CSeq", "3").getAll("cseq"), ["1", "2", "3"]);
});

Deno.test("delete removes every field of a name", () => {
  const headers = list();
  assertEquals(headers.delete("CSEQ"), true);
  assertEquals([...headers], [["X-a", "1"]]);
  assertEquals(headers.delete("CSEQ"), false);
});

Deno.test("a copy of a header list is independent, also of its entries", () => {
  const headers = list();
  const copy = headers.copy();
  copy.set("CSeq", "9").fold("more");
  for (const entry of copy) entry[1] = "changed";
  assertEquals([...headers], [...list()]);
  assertEquals(copy.get("CSeq"), "9");
});

Deno.test("folding continues the last field and needs one", () => {
  const headers = new HeaderList();
  assertEquals(headers.fold("x"), false);
  headers.append("A", "");
  assert(headers.fold("b"));
  assert(headers.fold(""));
  assert(headers.fold("c"));
  assertEquals(headers.get("A"), "b c");
});
