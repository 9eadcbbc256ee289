// `serve --srtp` and our own player, as people run them.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { clip, clipFrames } from "../support/clips.ts";
import { Program, runProgram } from "../support/program.ts";
import { scanOf } from "../support/rtp_frames.ts";
import { writeFiles } from "../support/server.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";

const CLIP = { frames: 40, width: 320, height: 240, quality: 90 };
const FRAMES = clipFrames(CLIP).map((jpeg) => scanOf(jpeg).join());

/** Runs `body` with a server over TLS that sends SRTP. */
async function serving(
  flags: string[],
  body: (url: string, trust: string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
  await Deno.mkdir(`${folder}/media`);
  await writeFiles(`${folder}/media`, { "movie.Mjpeg": clip(CLIP) });
  const usual = ["serve", "0", "--json", "--root", `${folder}/media`, "--tls-self-signed"];
  const server = new Program([...usual, ...WORKER_FLAGS, "--srtp", ...flags]);
  try {
    const { port, fingerprint } = JSON.parse(await server.line() ?? "{}");
    const trust = ["--tls-fingerprint", fingerprint];
    await body(`rtsps://127.0.0.1:${port}/movie.Mjpeg`, trust, folder);
  } finally {
    server.kill("SIGINT");
    const { status, stderr } = await server.finish();
    await Deno.remove(folder, { recursive: true });
    assertEquals(status, 0, stderr);
    assertStringIncludes(stderr, "Media is encrypted (SRTP), each viewer's with a key of its own");
  }
}

/** The numbers of the clip's frames that were written; every file must be one of them. */
async function numbers(folder: string): Promise<number[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => name.endsWith(".jpg")).sort();
  return await Promise.all(names.map(async (name) => {
    const number = FRAMES.indexOf(scanOf(await Deno.readFile(`${folder}/${name}`)).join());
    assert(number >= 0, `${name} is a frame of the clip`);
    return number;
  }));
}

for (const transport of ["udp", "tcp"]) {
  Deno.test(`SRTP over ${transport}: every frame comes, over TLS and with nothing to complain of`, () =>
    serving([], async (url, trust, folder) => {
      const out = `${folder}/out`;
      const how = ["--transport", transport, ...trust];
      const { status, stderr } = await runProgram("play", url, ...how, "--out", out);
      assertEquals(status, 0, stderr);
      assertEquals(await numbers(out), FRAMES.map((_, i) => i));
      const probe = await runProgram("probe", url, ...how, "--packets", "20", "--json");
      assertEquals(probe.status, 0, probe.stderr);
      assertMatch(probe.stdout, /"code":"healthy"/);
      assertMatch(probe.stdout, /inline:\*{40}/);
    }));
}

Deno.test("packets that were changed on the way are found, and never shown", () =>
  serving(["--impair", "corrupt=5%,seed=3"], async (url, trust, folder) => {
    const out = `${folder}/out`;
    const play = ["play", url, "--transport", "udp", ...trust, "--out", out];
    const { status, stderr } = await runProgram(...play);
    assertEquals(status, 0, stderr);
    const came = await numbers(out);
    assert(came.length > 5 && came.length < FRAMES.length, `${came.length} frames are whole`);
    const { stdout } = await runProgram("probe", url, "--transport", "udp", ...trust, "--json");
    assertMatch(stdout, /"code":"srtp-refused"/);
  }));

Deno.test("SRTP without TLS is served with a warning, and by multicast it is a slip", async () => {
  const server = new Program(["serve", "0", "--json", "--srtp"]);
  const { port } = JSON.parse(await server.line() ?? "{}");
  const url = `rtsp://127.0.0.1:${port}/movie.Mjpeg`;
  const { stdout } = await runProgram("probe", url, "--packets", "20", "--json");
  assertMatch(stdout, /"code":"srtp-key-in-clear"/);
  server.kill("SIGINT");
  const { stderr } = await server.finish();
  assertStringIncludes(stderr, "its keys are sent in the clear");
  const slip = await runProgram("serve", "0", "--srtp", "--transport", "multicast");
  assertEquals(slip.status, 2);
  assertStringIncludes(slip.stderr, "--srtp has a key for each viewer");
});
