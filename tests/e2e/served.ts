import { writeFiles } from "../support/server.ts";
import { Program, type ProgramResult } from "../support/program.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";

/** A `serve` of the program's own, and a folder to play into. */
export interface Served {
  port: string;
  /** The SHA-256 of a certificate made on the spot; undefined where there is none. */
  fingerprint: string | undefined;
  /** An empty folder. */
  folder: string;
  /** Ends the server as Ctrl-C does, and says what it came to. */
  stop: () => Promise<ProgramResult>;
}

/** Runs `body` while the program serves `files`; both are gone afterwards. */
export async function withServe(
  files: Record<string, Uint8Array>,
  flags: string[],
  body: (served: Served) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
  await Deno.mkdir(`${folder}/media`);
  await Deno.mkdir(`${folder}/out`);
  await writeFiles(`${folder}/media`, files);
  const root = `${folder}/media`;
  const serve = new Program(["serve", "0", "--json", "--root", root, ...WORKER_FLAGS, ...flags]);
  let result: Promise<ProgramResult> | undefined;
  const stop = (): Promise<ProgramResult> => {
    if (result === undefined) serve.kill("SIGINT");
    return result ??= serve.finish();
  };
  try {
    const ready = JSON.parse(await serve.line() ?? "{}");
    const { port, fingerprint } = ready;
    await body({ port: String(port), fingerprint, folder: `${folder}/out`, stop });
  } finally {
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}
