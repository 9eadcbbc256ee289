// The program serving what RFC 2435 cannot carry, and saying beforehand what that takes.
import { decodeCoefficients } from "../../lib/jpeg/decode_coefficients.ts";
import { labFile } from "../lib/media/frames.ts";
import { fitFrame, optimisedFrame } from "../lib/media/transcode/fakes.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { PROGRESSIVE } from "../golden/jpeg_files.ts";
import { join } from "../support/file_bytes.ts";
import { runProgram } from "../support/program.ts";
import { writeFiles } from "../support/server.ts";
import { withServe } from "./served.ts";

const FRAMES = Array.from({ length: 12 }, (_, i) => optimisedFrame(i));

function coefficients(jpeg: Uint8Array): Int16Array[] {
  return decodeCoefficients(jpeg).planes.map((plane) => plane.coefficients);
}

async function framesIn(folder: string): Promise<Uint8Array[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const pictures = names.filter((name) => name.endsWith(".jpg"));
  return await Promise.all(pictures.map((name) => Deno.readFile(`${folder}/${name}`)));
}

for (const transport of ["udp", "tcp"]) {
  Deno.test(`optimised Huffman tables come over ${transport} with every coefficient`, async () => {
    await withServe({ "clip.Mjpeg": labFile(FRAMES) }, ["--fps", "50"], async (served) => {
      const { port, folder, stop } = served;
      const url = `rtsp://127.0.0.1:${port}/clip.Mjpeg`;
      const played = await runProgram("play", url, "--transport", transport, "--out", folder);
      assertEquals(played.status, 0, played.stderr);
      const got = await framesIn(folder);
      // The receiver rounds sides up to whole blocks, which adds none here.
      assertEquals(got.map(coefficients), FRAMES.map(coefficients));
      const { stderr } = await stop();
      const said = stderr.split("\n").filter((line) => line.startsWith("clip.Mjpeg: "));
      assertEquals(said, ["clip.Mjpeg: Huffman tables re-coded to the standard ones, lossless"]);
    });
  });
}

Deno.test("a lab client gets the same file's frames byte for byte", async () => {
  await withServe({ "clip.Mjpeg": labFile(FRAMES) }, ["--fps", "50"], async ({ port, folder }) => {
    const played = await runProgram("play", "localhost", port, "0", "clip.Mjpeg", "--out", folder);
    assertEquals(played.status, 0, played.stderr);
    assertEquals(await framesIn(folder), FRAMES);
  });
});

Deno.test("a damaged frame is left out, and the log says where it is", async () => {
  const hurt = FRAMES[3]!.slice();
  hurt.fill(0x00, hurt.length - 40, hurt.length - 2);
  const frames = FRAMES.with(3, hurt);
  await withServe({ "clip.Mjpeg": labFile(frames) }, ["--fps", "50"], async (served) => {
    const { port, folder, stop } = served;
    const url = `rtsp://127.0.0.1:${port}/clip.Mjpeg`;
    const played = await runProgram("play", url, "--transport", "tcp", "--out", folder);
    assertEquals(played.status, 0, played.stderr);
    assertEquals((await framesIn(folder)).length, FRAMES.length - 1);
    const { stderr } = await stop();
    assertMatch(stderr, /clip\.Mjpeg \(rtsp\) warning: frame 4 left out: Frame 4 at byte \d+: /);
  });
});

/** Runs `serve --check` in a folder of its own. */
async function check(
  files: Record<string, Uint8Array>,
  ...args: string[]
): Promise<{ stdout: string; status: number }> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-check-" });
  try {
    await writeFiles(folder, files);
    const paths = args.map((arg) => arg.startsWith("--") ? arg : `${folder}/${arg}`);
    return await runProgram("serve", "--check", ...paths);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("serve --check tells a person what a file is and what it needs", async () => {
  const frames = [fitFrame(1), FRAMES[0]!, join(FRAMES[1]!, FRAMES[2]!), PROGRESSIVE];
  const { stdout, status } = await check({ "clip.Mjpeg": labFile(frames) }, "clip.Mjpeg");
  assertEquals(status, 0);
  for (
    const line of [
      "format      lab file",
      "frames      4, 0.20 s; 48x32 (1), 50x35 (2), 37x29 (1)",
      "rate        none stated; 20 a second",
      "pictures    frame 3: several JPEGs in one frame; players show the first",
      "RTP         frame 1: as it is",
      "2 frames (2-3): Huffman tables re-coded to the standard ones (lossless)",
      "frame 4: progressive scans re-coded as one sequential scan (lossless)",
      "lab         all frames: as it is",
      "✓ Served to everybody, re-coded for RTSP without loss",
    ]
  ) assertStringIncludes(stdout, line);
});

Deno.test("serve --check --json gives one object a file, and the gravest status", async () => {
  const hurt = FRAMES[1]!.slice(0, -30);
  const files = {
    "good.Mjpeg": labFile([fitFrame(1)]),
    "hurt.Mjpeg": labFile([FRAMES[0]!, hurt, FRAMES[2]!]),
    "text.Mjpeg": new TextEncoder().encode("no media at all"),
  };
  const hurtOnly = await check(files, "--json", "hurt.Mjpeg", "good.Mjpeg");
  assertEquals(hurtOnly.status, 7);
  const [first, second] = hurtOnly.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([first.event, first.ok, first.frames], ["check", false, 3]);
  assertEquals(first.faults.length, 1);
  assertEquals(first.faults[0].frame, 2);
  assert(first.faults[0].position > FRAMES[0]!.length);
  assertEquals([second.ok, second.rtp.asIs.count], [true, 1]);
  assertEquals((await check(files, "text.Mjpeg")).status, 7);
  const missing = await check(files, "--json", "good.Mjpeg", "missing.Mjpeg", "text.Mjpeg");
  assertEquals(missing.status, 8);
  assertEquals(missing.stdout.trim().split("\n").length, 3);
});

Deno.test("serve --check does not wait at a pipe, and goes on with the next", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-check-" });
  try {
    const pipe = `${folder}/pipe.mjpeg`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await writeFiles(folder, { "good.Mjpeg": labFile([fitFrame(1)]) });
    const { stdout, status } = await runProgram("serve", "--check", pipe, `${folder}/good.Mjpeg`);
    assertEquals(status, 7);
    assertMatch(
      stdout,
      /pipe\.mjpeg[^]*Neither a media file[^]*good\.Mjpeg[^]*Served as it is/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("serve --check without a file is a matter of usage", async () => {
  assertEquals((await runProgram("serve", "--check")).status, 2);
});
