import { libc } from "../../../../lib/net/native/libc.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { Program } from "../../../support/program.ts";

/** Where a line of `/proc/PID/stat` tells them, counted from behind the program's name, from 0. */
const [NICE_AT, POLICY_AT] = [16, 38];
const [SCHED_OTHER, SCHED_BATCH] = ["0", "3"];

/** Nice value and policy of a process's threads, those of V8 and the others. */
async function priorities(pid: number): Promise<Record<"engine" | "others", [number, string][]>> {
  const found = { engine: [] as [number, string][], others: [] as [number, string][] };
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const line = await Deno.readTextFile(`/proc/${pid}/task/${name}/stat`);
    const words = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const priority: [number, string] = [Number(words[NICE_AT]), words[POLICY_AT]!];
    found[line.includes("(V8 ") ? "engine" : "others"].push(priority);
  }
  return found;
}

Deno.test({
  name: "while frames are served, V8's own threads give way to those that send",
  ignore: libc() === undefined,
  fn: async () => {
    const serve = new Program(["serve", "0", "--json", "--quiet"]);
    await serve.line();
    const { engine, others } = await priorities(serve.pid);
    serve.kill("SIGTERM");
    await serve.finish();
    assert(engine.length > 0 && others.length > 1);
    const [usual] = others[0]!;
    assertEquals(others, others.map(() => [usual, SCHED_OTHER]));
    assertEquals(engine, engine.map(() => [Math.min(19, usual + 10), SCHED_BATCH]));
  },
});
