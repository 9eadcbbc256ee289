import denoJson from "../../deno.json" with { type: "json" };
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";
import { assertEquals } from "../support/assert.ts";

for (const command of ["serve", "play", "probe", "dump"] as const) {
  Deno.test(`the task ${command} has the permissions of the binary, and no others`, () => {
    assertEquals(
      denoJson.tasks[command].command,
      `deno run --quiet ${PERMISSION_FLAGS.join(" ")} main.ts ${command}`,
    );
  });
}
