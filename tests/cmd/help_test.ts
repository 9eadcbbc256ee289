import { COMMANDS, SUMMARIES } from "../../cmd/commands.ts";
import { helpOf } from "../../cmd/help.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runProgram } from "../support/program.ts";

Deno.test("the list of commands says what each command says of itself", async () => {
  assertEquals(Object.keys(SUMMARIES), Object.keys(COMMANDS));
  for (const [name, load] of Object.entries(COMMANDS)) {
    const command = await load();
    assertEquals([command.name, command.summary], [name, SUMMARIES[name]!]);
  }
});

Deno.test("help shows real examples first and leaves no flag out", async () => {
  for (const load of Object.values(COMMANDS)) {
    const command = await load();
    const help = helpOf(command);
    assert(command.examples.length >= 2, command.name);
    for (const [call] of command.examples) {
      assert(call.startsWith(`rtspkit ${command.name}`), call);
      assert(help.indexOf(call) > 0 && help.indexOf(call) < help.indexOf("Usage:"), call);
    }
    for (const [name, flag] of Object.entries(command.flags)) {
      assertStringIncludes(help, `--${name}`);
      assertStringIncludes(help.replace(/\s+/g, ""), flag.help.replace(/\s+/g, ""));
      assert(
        flag.kind === "boolean" || flag.placeholder !== undefined,
        `--${name} names its value`,
      );
    }
  }
});

Deno.test("help is no wider than a usual terminal", async () => {
  for (const load of Object.values(COMMANDS)) {
    const command = await load();
    const flags = helpOf(command).split("Flags:")[1]!;
    for (const line of flags.split("\n")) assert(line.length <= 98, line);
  }
});

Deno.test("no two flags of a command share a letter", async () => {
  for (const load of Object.values(COMMANDS)) {
    const letters = Object.values((await load()).flags).flatMap(({ short }) => short ?? []);
    assertEquals(letters.length, new Set(letters).size);
  }
});

Deno.test("help, --help and no word at all print to stdout and end with status 0", async () => {
  const overview = await runProgram();
  assertEquals([overview.status, overview.stderr], [0, ""]);
  for (const name of Object.keys(COMMANDS)) {
    assertStringIncludes(overview.stdout, `  ${name}`);
    const help = await runProgram("help", name);
    assertEquals([help.status, help.stderr], [0, ""]);
    assertEquals(await runProgram(name, "--help"), help);
  }
  assertEquals(await runProgram("--help"), overview);
  assertEquals(await runProgram("help"), overview);
});

Deno.test("--version prints one line", async () => {
  const { stdout, status } = await runProgram("--version");
  assertEquals(status, 0);
  assertEquals(/^rtspkit \d+\.\d+\.\d+\n$/.test(stdout), true, stdout);
});
