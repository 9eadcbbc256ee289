import { clipFrames } from "../support/clips.ts";
import { Program } from "../support/program.ts";
import { labFile } from "../lib/media/frames.ts";

/** The pictures of the served file, each another. */
export const FRAMES: readonly Uint8Array[] = clipFrames({ frames: 400, width: 32, height: 16 });

/** Serves a clip from a program of its own for as long as `use` takes. */
export async function withServedClip(
  use: (port: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/media`);
  await Deno.writeFile(`${folder}/media/movie.Mjpeg`, labFile(FRAMES));
  const server = new Program(["serve", "0", "--json", "--quiet", "--root", `${folder}/media`]);
  try {
    const ready = JSON.parse(await server.line() ?? "{}");
    await use(String(ready.port), folder);
  } finally {
    server.kill("SIGTERM");
    await server.finish();
    await Deno.remove(folder, { recursive: true });
  }
}
