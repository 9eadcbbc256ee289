// A server that dies in the middle and comes back, without a screen.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clip } from "../support/clips.ts";
import { Program } from "../support/program.ts";
import { writeFiles } from "../support/server.ts";
import { eventually } from "../support/wait.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";

const FRAMES = 60;
const FILES = { "movie.Mjpeg": clip({ frames: FRAMES, width: 32, height: 16 }) };

/** A server that can be killed, on a port of the test's choice. */
async function serve(folder: string, port: string): Promise<{ port: string; program: Program }> {
  const program = new Program(["serve", port, "--json", "--root", folder, ...WORKER_FLAGS]);
  return { port: String(JSON.parse(await program.line() ?? "{}").port), program };
}

/** Resolves when a folder has so many pictures. */
function pictures(folder: string, least: number): Promise<void> {
  return eventually(`${least} pictures`, () => {
    return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".jpg")).length >=
      least;
  });
}

async function kill({ program }: { program: Program }): Promise<void> {
  program.kill("SIGKILL");
  await program.finish();
}

for (const command of ["play", "dump"] as const) {
  Deno.test(`${command} --reconnect goes on where the stream broke off`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
    const out = `${folder}/out`;
    await Deno.mkdir(out);
    await Deno.mkdir(`${folder}/media`);
    await writeFiles(`${folder}/media`, FILES);
    const first = await serve(`${folder}/media`, "0");
    const url = `rtsp://127.0.0.1:${first.port}/movie.Mjpeg`;
    const player = new Program([
      ...[command, url, "--transport", "tcp", "--out", out, "--json", "--reconnect", "50s"],
    ]);
    await pictures(out, 20);
    await kill(first);
    const second = await serve(`${folder}/media`, first.port);
    const { status, stdout, stderr } = await player.finish();
    await kill(second);
    assertMatch(stderr, /the stream broke off; next try in \d\.\d s/);
    assertEquals(status, 0, stderr);
    const summary = JSON.parse(stdout.trim().split("\n").at(-1)!);
    assertEquals(summary.reconnects, 1);
    // The frame on show when it broke off may come once more.
    assert(summary.frames >= FRAMES && summary.frames <= FRAMES + 3, `${summary.frames} frames`);
    assertEquals(summary.lost, 0);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a server that stays away is given up, with all that came and status 3", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
  const out = `${folder}/out`;
  await Deno.mkdir(out);
  await writeFiles(folder, FILES);
  const server = await serve(folder, "0");
  const url = `rtsp://127.0.0.1:${server.port}/movie.Mjpeg`;
  const player = new Program([
    ...["play", url, "--transport", "tcp", "--out", out, "--json", "--reconnect", "1s"],
  ]);
  await pictures(out, 10);
  await kill(server);
  const { status, stdout, stderr } = await player.finish();
  assertEquals(status, 3);
  assertMatch(stderr, /refused; next try in \d\.\d s/i);
  assertMatch(stderr, /the stream stopped before its end/);
  assert(JSON.parse(stdout).frames >= 10);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("--reconnect is for pictures of streams", async () => {
  for (
    const [words, complaint] of [
      [["rtsp://127.0.0.1:9/x", "--out", "x.h264"], /--reconnect/],
      [["rtsp://127.0.0.1:9/x", "--out", "x.pcapng"], /--reconnect/],
    ] as const
  ) {
    const { status, stderr } = await new Program(["dump", ...words, "--reconnect", "1s"]).finish();
    assertEquals(status, 2);
    assertMatch(stderr, complaint);
  }
});
