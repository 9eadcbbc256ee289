import { printable } from "../../cmd/printable.ts";
import { Terminal } from "../../cmd/terminal.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("control sequences of a peer are shown and not obeyed", () => {
  for (const coloured of [false, true]) {
    assertEquals(
      printable("s=\x1b]0;pwned\x07\x9b2J", coloured),
      "s=\\u001b]0;pwned\\u0007\\u009b2J",
    );
    assertEquals(printable("a\rb\x7f\x00", coloured), "a\\u000db\\u007f\\u0000");
    assertEquals(printable("a\u202eb\u2028", coloured), "a\\u202eb\\u2028");
    assertEquals(printable("one\ttwo\nthree ä €", coloured), "one\ttwo\nthree ä €");
  }
});

Deno.test("colours stay where they are shown, and no other rendition does", () => {
  assertEquals(
    printable("\x1b[31mred\x1b[39m \x1b[8mhidden", true),
    "\x1b[31mred\x1b[39m \\u001b[8mhidden",
  );
  assertEquals(printable("\x1b[31mred", false), "\\u001b[31mred");
});

Deno.test("a line of JSON means the same afterwards", () => {
  const told = { reason: "\x1b[2J\x7f\u009b\u0000" };
  const line = printable(JSON.stringify(told), false);
  assertEquals(JSON.parse(line), told);
  assertEquals(/[\x7f-\x9f]/.test(line), false);
});

Deno.test("nothing that goes to stdout or stderr is obeyed", async () => {
  const written: string[] = [];
  const write = (bytes: Uint8Array): number => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  const before = [Deno.stdout.writeSync, Deno.stderr.writeSync];
  Deno.stdout.writeSync = write;
  Deno.stderr.writeSync = write;
  const terminal = new Terminal([]);
  try {
    terminal.out("data \x1b[2J");
    terminal.talk("talk \x1b[2J");
    terminal.fail("error \x1b[2J");
  } finally {
    await terminal.close();
    [Deno.stdout.writeSync, Deno.stderr.writeSync] = before as [typeof write, typeof write];
  }
  assertEquals(written, [
    "data \\u001b[2J\n",
    "talk \\u001b[2J\n",
    "rtspkit: error \\u001b[2J\n",
  ]);
});
