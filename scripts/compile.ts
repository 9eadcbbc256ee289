/**
 * Makes the single binary: `deno task compile [--target TARGET] [--output FILE]`.
 *
 * Everything is inside it, the sample clip too. FILE is `dist/rtspkit` unless said otherwise; TARGET
 * is one of those `deno compile --help` lists, this machine's unless said otherwise.
 *
 * @module
 */
import { ENGINE_FLAG } from "./engine.ts";
import { PERMISSIONS } from "./permissions.ts";
import { say } from "./say.ts";

const ROOT = new URL("../", import.meta.url);
const DEFAULT_OUTPUT = "dist/rtspkit";
const WORKERS = ["cmd/serve_worker.ts"];

async function compile(args: string[]): Promise<number> {
  const target = valueOf("--target", args);
  const output = valueOf("--output", args) ?? DEFAULT_OUTPUT;
  const file = fileName(output, target ?? Deno.build.target);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--quiet",
      "--frozen",
      // Types are the gate's business; another Deno may bring another TypeScript.
      "--no-check",
      ENGINE_FLAG,
      ...PERMISSIONS.map(({ flag }) => flag),
      ...(target === undefined ? [] : ["--target", target]),
      // Nobody imports what a worker thread begins with.
      ...WORKERS.flatMap((file) => ["--include", file]),
      "--output",
      output,
      "main.ts",
    ],
    cwd: ROOT,
  }).spawn();
  const { code } = await child.status;
  if (code !== 0) return code;
  const { size } = await Deno.stat(new URL(file, ROOT));
  say(`${file}: ${(size / 1e6).toFixed(1)} MB, with Deno ${Deno.version.deno}. It may:`);
  for (const { flag, why } of PERMISSIONS) say(`  ${flag}\n      ${why}`);
  return 0;
}

/** Windows wants the name to end in `.exe`, and `deno compile` adds it. */
function fileName(output: string, target: string): string {
  return target.includes("windows") && !output.endsWith(".exe") ? `${output}.exe` : output;
}

function valueOf(flag: string, args: string[]): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

if (import.meta.main) Deno.exit(await compile(Deno.args));
