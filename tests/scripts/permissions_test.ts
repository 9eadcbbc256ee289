import denoJson from "../../deno.json" with { type: "json" };
import { ENGINE_FLAG } from "../../scripts/engine.ts";
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";
import { assertEquals } from "../support/assert.ts";

for (const command of ["serve", "play", "probe", "dump"] as const) {
  Deno.test(`the task ${command} is run as the binary is, with its permissions and no others`, () => {
    assertEquals(
      denoJson.tasks[command].command,
      `deno run --quiet ${ENGINE_FLAG} ${PERMISSION_FLAGS.join(" ")} main.ts ${command}`,
    );
  });
}
