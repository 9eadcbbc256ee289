import { libc } from "../../../../lib/net/native/libc.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { Program } from "../../../support/program.ts";

/** Where the name of the program ends in a line of `/proc/PID/stat`, and the nice value stands then. */
const [NAME_END, NICE_AT] = [")", 17];

/** The nice values of a process's threads, those of V8 and the others. */
async function niceValues(pid: number): Promise<{ engine: number[]; others: number[] }> {
  const found = { engine: [] as number[], others: [] as number[] };
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const line = await Deno.readTextFile(`/proc/${pid}/task/${name}/stat`);
    const behind = line.slice(line.lastIndexOf(NAME_END) + 2).split(" ");
    found[line.includes("(V8 ") ? "engine" : "others"].push(Number(behind[NICE_AT - 1]));
  }
  return found;
}

Deno.test({
  name: "while frames are served, V8's own threads give way to those that send",
  ignore: libc() === undefined,
  fn: async () => {
    const serve = new Program(["serve", "0", "--json", "--quiet"]);
    await serve.line();
    const { engine, others } = await niceValues(serve.pid);
    serve.kill("SIGTERM");
    await serve.finish();
    assert(engine.length > 0 && others.length > 1);
    const usual = Math.min(...others);
    assertEquals(others, others.map(() => usual));
    assertEquals(engine, engine.map(() => Math.min(19, usual + 10)));
  },
});
