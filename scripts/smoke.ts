/**
 * Tries the compiled binary where there is nothing but it: `deno task smoke [FILE]`, FILE being
 * `dist/rtspkit` unless said otherwise. An empty folder, an empty environment, no sources.
 *
 * @module
 */
import denoJson from "../deno.json" with { type: "json" };
import movie from "../media/movie.Mjpeg" with { type: "bytes" };
import { BinaryUnderTest } from "./smoke_binary.ts";
import { Checks } from "./smoke_checks.ts";
import { say } from "./say.ts";

const CLIP = "movie.Mjpeg";
const FRAMES = 500;
/** Decimal digits before each frame of the clip. */
const LENGTH_DIGITS = 5;
const STARTS = 10;
/** Of a picture on its way to a page, before its JPEG. */
const FRAME_HEADER_BYTES = 24;
/** ms in which the first picture must come. */
const PICTURE_MS = 20_000;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

async function smoke(file: string): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-smoke-" });
  const binary = new BinaryUnderTest(file, folder);
  const checks = new Checks();
  try {
    await firstWords(binary, checks);
    await measureStart(binary);
    await conversation(binary, checks);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return checks.close();
}

async function firstWords(binary: BinaryUnderTest, checks: Checks): Promise<void> {
  const version = await binary.run(["--version"]);
  checks.equal("--version says the version", version.stdout, `rtspkit ${denoJson.version}\n`);
  const help = await binary.run(["--help"]);
  checks.that("--help shows examples", help.status === 0 && help.stdout.includes("Examples:"));
  for (const command of ["serve", "play", "probe", "dump"]) {
    const { status, stdout } = await binary.run(["help", command]);
    checks.that(`help ${command}`, status === 0 && stdout.includes(`rtspkit ${command}`), stdout);
  }
  const typo = await binary.run(["srve"]);
  checks.equal("an unknown command has status 2", typo.status, 2);
  checks.that("and one line naming the nearest", /^rtspkit: .*serve.*\n$/.test(typo.stderr));
}

/** Tells how quickly it starts; a number, not a promise. */
async function measureStart(binary: BinaryUnderTest): Promise<void> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const before = performance.now();
    await binary.run(["--version"]);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const [fastest = 0] = times;
  const median = times[STARTS / 2] ?? 0;
  say(
    `   --version takes ${median.toFixed(0)} ms (median of ${STARTS}; least ${fastest.toFixed(0)})`,
  );
}

async function conversation(binary: BinaryUnderTest, checks: Checks): Promise<void> {
  const before = performance.now();
  const server = await binary.start(["serve", "0", "--ui", "0"]);
  say(`   serve accepts connections after ${(performance.now() - before).toFixed(0)} ms`);
  const port = Number(server.told.port);
  const stream = ["localhost", String(port), "0", CLIP];
  try {
    const outcomes = await Promise.allSettled([
      playsAll(binary, stream, checks),
      dumpsLab(binary, stream, checks),
      dumpsPng(binary, stream, checks),
      dumpsConcatenated(binary, stream, checks),
      probes(binary, stream, checks),
      playsByUrl(binary, port, checks),
      fails(binary, port, checks),
      showsThePlayer(binary, port, checks),
      showsTheDashboard(String(server.told.ui), checks),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") checks.that("a check ran", false, String(outcome.reason));
    }
  } finally {
    const status = await server.stop();
    if (Deno.build.os !== "windows") checks.equal("serve ends cleanly by SIGTERM", status, 0);
  }
}

async function playsAll(
  binary: BinaryUnderTest,
  stream: string[],
  checks: Checks,
): Promise<void> {
  const { status, stderr } = await binary.run(["play", ...stream, "--out", "frames/"]);
  checks.equal("play --out has status 0", status, 0, stderr);
  let same = 0;
  for (const [index, frame] of framesOf(movie).entries()) {
    const name = `frames/frame-${String(index + 1).padStart(6, "0")}.jpg`;
    if (equal(await binary.read(name), frame)) same++;
  }
  checks.equal("play writes every frame, byte for byte", same, FRAMES, stderr);
}

async function dumpsLab(
  binary: BinaryUnderTest,
  stream: string[],
  checks: Checks,
): Promise<void> {
  const { status, stderr } = await dump(binary, stream, "lab", "copy.Mjpeg");
  checks.equal("dump --format lab has status 0", status, 0, stderr);
  checks.that("dump to lab gives the clip itself", equal(await binary.read("copy.Mjpeg"), movie));
}

async function dumpsPng(
  binary: BinaryUnderTest,
  stream: string[],
  checks: Checks,
): Promise<void> {
  const { status, stderr } = await dump(binary, stream, "png", "pictures", "--frames", "3");
  checks.equal("dump --format png has status 0", status, 0, stderr);
  const pictures = (await binary.list("pictures")).filter((name) => name.endsWith(".png"));
  checks.equal("dump to png writes three pictures", pictures.length, 3);
  const first = await binary.read(`pictures/${pictures[0]}`);
  checks.that("and they are PNG", PNG_SIGNATURE.every((byte, index) => first[index] === byte));
}

async function dumpsConcatenated(
  binary: BinaryUnderTest,
  stream: string[],
  checks: Checks,
): Promise<void> {
  const { status, stderr } = await dump(binary, stream, "mjpeg", "all.mjpeg", "--frames", "20");
  checks.equal("dump --format mjpeg has status 0", status, 0, stderr);
  const wanted = await new Blob(framesOf(movie).slice(0, 20)).arrayBuffer();
  const written = await binary.read("all.mjpeg");
  checks.that("dump to mjpeg joins the frames", equal(written, new Uint8Array(wanted)));
}

async function probes(
  binary: BinaryUnderTest,
  stream: string[],
  checks: Checks,
): Promise<void> {
  const { status, stdout, stderr } = await binary.run([
    "probe",
    ...stream,
    "--json",
    "--packets",
    "20",
  ]);
  checks.equal("probe has status 0", status, 0, stderr);
  const events = stdout.trim().split("\n").map((line) => (JSON.parse(line) as Event).event);
  for (const event of ["rtsp", "rtp", "finding", "summary"]) {
    checks.that(`probe tells of ${event}`, events.includes(event));
  }
}

async function playsByUrl(binary: BinaryUnderTest, port: number, checks: Checks): Promise<void> {
  const url = `rtsp://localhost:${port}/${CLIP}`;
  for (const transport of ["udp", "tcp"]) {
    const args = ["play", url, "--transport", transport, "--frames", "20", "--json"];
    const { status, stdout, stderr } = await binary.run(args);
    checks.equal(`play ${transport} by URL has status 0`, status, 0, stderr);
    checks.that("and shows 20 frames", stdout.includes('"frames":20,'), stdout + stderr);
  }
}

/** The page, and over its socket the picture. */
async function showsThePlayer(
  binary: BinaryUnderTest,
  port: number,
  checks: Checks,
): Promise<void> {
  const url = `rtsp://localhost:${port}/${CLIP}`;
  const player = await binary.start(["play", url, "--no-open", "--ui", "web"]);
  try {
    const page = String(player.told.url);
    await hasPages(page, ["", "main.js", "player.css", "uplot.js", "icon.svg"], "player", checks);
    await showsPictures(page, "play --no-open shows pictures", checks);
  } finally {
    const status = await player.stop();
    if (Deno.build.os !== "windows") checks.equal("the player ends cleanly by SIGTERM", status, 0);
  }
}

async function showsTheDashboard(page: string, checks: Checks): Promise<void> {
  await hasPages(page, ["", "main.js", "dashboard.css", "api/files"], "dashboard", checks);
  const below = new URL(`play/${CLIP}/`, page).href;
  await hasPages(below, ["", "main.js"], "player below the dashboard", checks);
  await showsPictures(below, "and that shows pictures", checks);
}

async function hasPages(
  page: string,
  names: string[],
  what: string,
  checks: Checks,
): Promise<void> {
  for (const name of names) {
    const answer = await fetch(new URL(name, page));
    await answer.body?.cancel();
    checks.equal(`the ${what} has its ${name === "" ? "page" : name}`, answer.status, 200);
  }
}

/** Asks as a page does: a socket from the page's own origin. */
async function showsPictures(page: string, name: string, checks: Checks): Promise<void> {
  const address = new URL("socket", page);
  address.protocol = "ws:";
  const headers = { Origin: new URL(page).origin };
  const socket = new WebSocket(address, { headers } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  const signal = AbortSignal.timeout(PICTURE_MS);
  const picture = await new Promise<ArrayBuffer>((resolve) => {
    signal.addEventListener("abort", () => resolve(new ArrayBuffer(0)));
    socket.onmessage = ({ data }) => data instanceof ArrayBuffer && resolve(data);
    socket.onerror = () => resolve(new ArrayBuffer(0));
  });
  socket.close();
  const bytes = new Uint8Array(picture);
  const [first, second] = bytes.subarray(FRAME_HEADER_BYTES);
  checks.that(name, first === 0xff && second === 0xd8, `${bytes.length} bytes came`);
}

interface Event {
  event: string;
}

async function fails(binary: BinaryUnderTest, port: number, checks: Checks): Promise<void> {
  const missing = await binary.run(["play", "localhost", String(port), "0", "none.Mjpeg"]);
  checks.equal("a file that is not there has status 4", missing.status, 4, missing.stderr);
  const taken = await binary.run(["serve", String(port)]);
  checks.equal("a port that is taken has status 8", taken.status, 8, taken.stderr);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = String(listener.addr.port);
  listener.close();
  const refused = await binary.run(["play", "127.0.0.1", closed, "0", CLIP]);
  checks.equal("a server that is not there has status 3", refused.status, 3, refused.stderr);
}

function dump(
  binary: BinaryUnderTest,
  stream: string[],
  format: string,
  out: string,
  ...more: string[]
): Promise<{ status: number; stderr: string }> {
  return binary.run(["dump", ...stream, "--format", format, "--out", out, ...more]);
}

/** The frames of a course-lab file. */
function framesOf(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  const decoder = new TextDecoder();
  for (let at = 0; at < file.length;) {
    const start = at + LENGTH_DIGITS;
    at = start + Number(decoder.decode(file.subarray(at, start)));
    frames.push(file.subarray(start, at));
  }
  return frames;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

if (import.meta.main) {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  Deno.exit(await smoke(await Deno.realPath(Deno.args[0] ?? `dist/rtspkit${suffix}`)) ? 0 : 1);
}
