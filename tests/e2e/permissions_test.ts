// What the program may not do, tried with exactly its permissions.
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";
import { assert, assertEquals } from "../support/assert.ts";

const PROBE = new URL("../support/overreach.ts", import.meta.url).pathname;

/** Runs the probe with permissions, and gives what it could do that it must not. */
async function overreach(flags: readonly string[]): Promise<{ could: string[]; tries: number }> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-lock", ...flags, PROBE],
    env: { RTSPKIT_TEST_SECRET: "hunter2" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

Deno.test("with the program's permissions nothing else can be done", async () => {
  assertEquals((await overreach(PERMISSION_FLAGS)).could, []);
});

Deno.test("the probe finds what can be done with more", async () => {
  const { could, tries } = await overreach([...PERMISSION_FLAGS, "--allow-run", "--allow-sys"]);
  assert(could.length >= 4 && could.length < tries, could.join(", "));
});

Deno.test("SECURITY.md lists every permission, each variable and program by name, and no other", async () => {
  const text = await Deno.readTextFile(new URL("../../SECURITY.md", import.meta.url));
  const rows = [...text.matchAll(/^\| `(--allow-[a-z]+)(?:=…)?` *\|(.*)$/gm)];
  const flags = PERMISSION_FLAGS.filter((flag) => flag.startsWith("--allow-"));
  assertEquals(rows.map(([, name]) => name), flags.map((flag) => flag.split("=", 1)[0]));
  for (const [i, flag] of flags.entries()) {
    const values = flag.split("=")[1]?.split(",") ?? [];
    for (const value of values) assert(rows[i]![2]!.includes(`\`${value}\``), `${flag}: ${value}`);
  }
});

Deno.test("programs and variables are named one by one", () => {
  for (const name of ["--allow-run", "--allow-env"]) {
    assert(!PERMISSION_FLAGS.includes(name), name);
  }
  for (const name of ["--allow-all", "--allow-sys", "--allow-import", "-A"]) {
    assert(!PERMISSION_FLAGS.some((flag) => flag.split("=", 1)[0] === name), name);
  }
});
