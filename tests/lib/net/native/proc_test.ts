import { libc } from "../../../../lib/net/native/libc.ts";
import { linesOf, namesIn, targetOf } from "../../../../lib/net/native/proc.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

/** Elsewhere nothing is told. */
const ignore = libc() === undefined;

Deno.test({
  name: "folders, files and links are read as they are",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const lines = ["one\n", "\n", "the last, at the most that is read of one, without an end"];
      await Deno.writeTextFile(`${folder}/ä file`, lines.join(""));
      await Deno.symlink("somewhere/else", `${folder}/link`);
      assertEquals(namesIn(folder)?.sort(), ["link", "ä file"]);
      assertEquals([...linesOf(`${folder}/ä file`)], lines);
      assertEquals(targetOf(`${folder}/link`), "somewhere/else");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a file that is left before its end is closed",
  ignore,
  fn: () => {
    const open = (): number => namesIn("/proc/self/fd")!.length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      const [first] = linesOf("/proc/self/status");
      assert(first!.startsWith("Name:"));
    }
    assertEquals(open(), before);
  },
});

Deno.test("what is not there tells nothing", () => {
  assertEquals(namesIn("/nowhere"), undefined);
  assertEquals([...linesOf("/nowhere")], []);
  assertEquals(targetOf("/nowhere"), undefined);
});
