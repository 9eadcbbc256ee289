import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";
import { assertEquals } from "../support/assert.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

Deno.test({
  name: "data that cannot be written is told in one line, with the status of a local problem",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const program = [Deno.execPath(), "run", "--quiet", ...PERMISSION_FLAGS, MAIN, "--version"];
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", '"$@" > /dev/full', "sh", ...program],
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "rtspkit: No space left on device\n");
    assertEquals(code, 8);
  },
});
