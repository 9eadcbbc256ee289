import { fromHex, hexView, toHex } from "../../../lib/bytes/hex.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

Deno.test("hexadecimal text with remarks and white space gives bytes, and back", () => {
  const bytes = fromHex("80 1A  # version, marker\n00ff # sequence");
  assertEquals(bytes, Uint8Array.of(0x80, 0x1a, 0, 0xff));
  assertEquals(toHex(bytes, " "), "80 1a 00 ff");
});

Deno.test("text that is no hexadecimal is refused", () => {
  assertThrows(() => fromHex("8"), SyntaxError);
  assertThrows(() => fromHex("8g"), SyntaxError);
});

Deno.test("a dump shows offset, bytes and text", () => {
  const bytes = new TextEncoder().encode("SETUP movie.Mjpeg\n");
  assertEquals(
    hexView(bytes),
    "0000  53 45 54 55 50 20 6d 6f 76 69 65 2e 4d 6a 70 65  SETUP movie.Mjpe\n" +
      "0010  67 0a                                            g.",
  );
});
