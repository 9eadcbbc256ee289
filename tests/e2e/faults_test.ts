// A bad network, a server that dies, files that change and a disk that is full: what the other end
// shows. Pictures that count as whole are the server's, byte for byte.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clipFrames } from "../support/clips.ts";
import { Program, type ProgramResult, runProgram } from "../support/program.ts";
import { SMALL_DISKS, withSmallDisk } from "../support/small_disk.ts";
import { eventually } from "../support/wait.ts";
import { WORKER_FLAGS } from "../support/serve_flags.ts";
import { labFile } from "../lib/media/frames.ts";
import { type Served, withServe } from "./served.ts";

/** Some six packets each. */
const FRAMES = clipFrames({ frames: 120, width: 320, height: 240 });
const CLIP = labFile(FRAMES);
const FAST = ["--fps", "100"];

/** What a reception came to. */
interface Received extends ProgramResult {
  // deno-lint-ignore no-explicit-any
  summary: any;
  /** What was written as whole, in order. */
  frames: Uint8Array[];
}

async function play(folder: string, stream: string[], ...flags: string[]): Promise<Received> {
  const out = `${folder}/${crypto.randomUUID()}`;
  const result = await runProgram("play", ...stream, "--json", "--out", out, ...flags);
  return await received(result, out);
}

async function received(result: ProgramResult, out: string): Promise<Received> {
  const lines = result.stdout.trimEnd().split("\n");
  const names = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name).sort();
  const frames = await Promise.all(names.map((name) => Deno.readFile(`${out}/${name}`)));
  // What ends by a fault of this machine's has no summary.
  return { ...result, summary: JSON.parse(lines.at(-1) || "null"), frames };
}

/** How many of these frames are not the source's; the others are in its order. */
function strangeFrames(frames: Uint8Array[], source: readonly Uint8Array[] = FRAMES): number {
  let next = 0;
  let strange = 0;
  for (const frame of frames) {
    const at = source.findIndex((from, i) => i >= next && equal(from, frame));
    if (at < 0) strange++;
    else next = at + 1;
  }
  return strange;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function rtsp({ port }: Pick<Served, "port">): string[] {
  return [`rtsp://127.0.0.1:${port}/movie.Mjpeg`];
}

function lab({ port }: Pick<Served, "port">): string[] {
  return ["127.0.0.1", port, "0", "movie.Mjpeg"];
}

/** The events of a server that has ended. */
// deno-lint-ignore no-explicit-any
function eventsOf({ stdout }: ProgramResult): any[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

interface Network {
  impair: string;
  /** Whether every frame can be put together all the same. */
  harmless?: boolean;
}

/** Seeds that lose neither the first nor the last packet, of which no receiver can know. */
const NETWORKS: Network[] = [
  { impair: "loss=1%,seed=3" },
  { impair: "loss=5%,seed=3" },
  { impair: "loss=20%,seed=1" },
  { impair: "loss=5%,burst=6,seed=3" },
  { impair: "reorder=5%,seed=3", harmless: true },
  { impair: "duplicate=5%,seed=3", harmless: true },
  { impair: "delay=60ms,jitter=20ms,seed=3", harmless: true },
  { impair: "loss=3%,reorder=3%,duplicate=3%,delay=30ms,jitter=10ms,seed=3" },
];

/** Checks that a receiver's numbers are what was done, and that it showed no wrong picture. */
function check({ summary, frames, stderr }: Received, impaired: Received["summary"]): void {
  const { lost, duplicated, reordered, overflowed, packets } = impaired;
  assertEquals(overflowed, 0);
  assertEquals(
    [summary.lost, summary.duplicated, summary.reordered, summary.packets],
    [lost, duplicated, reordered, packets - lost + duplicated],
    stderr,
  );
  assertEquals([frames.length, strangeFrames(frames)], [summary.frames, 0]);
}

function checkKind({ impair, harmless = false }: Network, { summary }: Received): void {
  const { impaired = {} } = summary;
  if (harmless) assertEquals([summary.frames, summary.damagedFrames], [FRAMES.length, 0]);
  else assert(summary.frames > 0 && summary.frames < FRAMES.length, `${summary.frames} frames`);
  for (const [part, count] of [["duplicate", "duplicated"], ["reorder", "reordered"]] as const) {
    assertEquals(summary[count] > 0, impair.includes(part), count);
  }
  assertEquals(summary.lost > 0, impair.includes("loss"));
  assert(impaired.lost === undefined || summary.lost === impaired.lost);
}

Deno.test("play --impair: complete frames are the source's, and the numbers what was done", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    for (const network of NETWORKS) {
      const flags = ["--transport", "udp", "--impair", network.impair];
      const result = await play(served.folder, rtsp(served), ...flags);
      assertEquals(result.status, 0, result.stderr);
      check(result, result.summary.impaired);
      checkKind(network, result);
      assertMatch(result.stderr, /^impaired on purpose: of \d+ packets \d+ lost/m);
    }
  });
});

for (const [i, network] of NETWORKS.entries()) {
  // Over TCP it is the same line before another way.
  for (const transport of i % 7 === 0 ? ["udp", "tcp"] : ["udp"]) {
    Deno.test(`serve --impair ${network.impair} over ${transport}: so do they at a player`, async () => {
      const flags = [...FAST, "--impair", network.impair];
      await withServe({ "movie.Mjpeg": CLIP }, flags, async (served) => {
        const result = await play(served.folder, rtsp(served), "--transport", transport);
        assertEquals(result.status, 0, result.stderr);
        assertEquals(result.summary.impaired, undefined, "that is the server's");
        const log = await served.stop();
        const ended = eventsOf(log).find(({ event }) => event === "session-ended");
        check(result, ended.impaired);
        checkKind(network, result);
        assert(log.stderr.includes(`\nImpaired on purpose: ${network.impair}\n`));
        assertMatch(log.stderr, /ended after 120 frames: .*; impaired on purpose: of \d+ packets/);
      });
    });
  }
}

Deno.test("the same seed makes the same network, another one another", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    const results: string[] = [];
    for (const seed of [3, 3, 4]) {
      const impair = ["--impair", `loss=10%,burst=2,seed=${seed}`];
      const { summary, frames } = await play(served.folder, rtsp(served), ...impair);
      const shown = frames.map((frame) => FRAMES.findIndex((from) => equal(from, frame)));
      const { packets, lost } = summary.impaired;
      results.push(JSON.stringify([shown, packets, lost]));
    }
    assertEquals(results[0], results[1]);
    assert(results[0] !== results[2]);
  });
});

Deno.test("lab clients meet the same network, on either side", async () => {
  const small = clipFrames({ frames: 100, width: 64, height: 48 });
  const impair = ["--impair", "loss=10%,duplicate=5%,seed=8"];
  const media = { "movie.Mjpeg": labFile(small) };
  for (const side of ["client", "server"]) {
    const flags = [...FAST, ...(side === "server" ? impair : [])];
    await withServe(media, flags, async (served) => {
      const own = side === "client" ? impair : [];
      const result = await play(served.folder, lab(served), "--dialect", "lab", ...own);
      assertEquals(result.status, 0, result.stderr);
      const { summary, frames } = result;
      const ended = eventsOf(await served.stop()).find(({ event }) => event === "session-ended");
      const { lost, duplicated } = summary.impaired ?? ended.impaired;
      assertEquals([summary.lost, summary.duplicated, summary.frames], [
        lost,
        duplicated,
        100 - lost,
      ]);
      assert(lost > 3 && duplicated > 1);
      assertEquals([frames.length, strangeFrames(frames, small)], [100 - lost, 0]);
    });
  }
});

Deno.test("a flipped bit in a picture's data shows, as RTP cannot tell; elsewhere it is found out", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    const flags = ["--transport", "udp", "--impair", "corrupt=10%,seed=3"];
    const { status, summary, frames, stderr } = await play(served.folder, rtsp(served), ...flags);
    assertEquals(status, 0, stderr);
    const { corrupted } = summary.impaired;
    assert(corrupted > 20);
    assertEquals([summary.lost, summary.packets], [0, summary.impaired.packets]);
    const strange = strangeFrames(frames);
    // Several may hit one frame.
    assert(strange > 0 && strange + summary.damagedFrames <= corrupted, `${strange}`);
    assertEquals(frames.length + summary.damagedFrames, FRAMES.length);
  });
});

Deno.test("a rate that is too low loses what it cannot carry, and no more than that goes by", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    // Six and a half megabits a second come.
    const flags = ["--transport", "udp", "--impair", "rate=2M"];
    const { status, summary, frames, stderr } = await play(served.folder, rtsp(served), ...flags);
    assertEquals(status, 0, stderr);
    const { overflowed, packets } = summary.impaired;
    assert(overflowed > packets / 4, `${overflowed} of ${packets}`);
    assertEquals(summary.packets, packets - overflowed);
    assertEquals([frames.length, strangeFrames(frames)], [summary.frames, 0]);
  });
});

Deno.test("a stall holds pictures up and loses none", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    const flags = ["--impair", "stall=300ms/500ms"];
    const { status, summary, frames, stderr } = await play(served.folder, rtsp(served), ...flags);
    assertEquals(status, 0, stderr);
    assertEquals([summary.frames, summary.lost, strangeFrames(frames)], [FRAMES.length, 0, 0]);
  });
});

Deno.test("probe --impair judges the network it was given", async () => {
  await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
    const flags = ["--json", "--transport", "udp", "--impair", "loss=20%,seed=1"];
    const { stdout, stderr, status } = await runProgram("probe", ...rtsp(served), ...flags);
    assertEquals(status, 0, stderr);
    const events = eventsOf({ stdout, stderr, status });
    const summary = events.find(({ event }) => event === "summary");
    assert(summary.impaired.lost > 50);
    assertEquals(summary.lost, summary.impaired.lost);
    const packets = events.filter(({ event }) => event === "rtp").length;
    assertEquals(packets, summary.impaired.packets - summary.impaired.lost);
    assertMatch(stderr, /^impaired on purpose: of \d+ packets \d+ lost$/m);
  });
});

Deno.test("--impair that cannot be read is refused by every command that has it: status 2", async () => {
  const url = "rtsp://127.0.0.1:1/movie";
  for (const command of [["serve", "0"], ["play", url], ["probe", url]]) {
    const { status, stderr } = await runProgram(...command, "--impair", "loss=2%,dely=20ms");
    assertEquals(status, 2, stderr);
    assertEquals(stderr, 'rtspkit: --impair: unknown part "dely" (did you mean delay?)\n');
  }
});

Deno.test("--impair is for what is received now and shown nowhere: status 2 otherwise", async () => {
  const screen = await runProgram("play", "rtsp://h/x", "--ui", "web", "--impair", "loss=1%");
  assertEquals([screen.status, screen.stderr], [2, "rtspkit: --impair goes with --ui none\n"]);
  const file = await runProgram("probe", "x.pcapng", "--impair", "loss=1%");
  assertEquals(file.status, 2);
  assertEquals(file.stderr, "rtspkit: --impair is about a live stream, x.pcapng is a file\n");
});

Deno.test("a server that is stopped while packets are under way lets them go, and ends well", async () => {
  const flags = [...FAST, "--impair", "delay=100ms"];
  await withServe({ "movie.Mjpeg": CLIP }, flags, async (served) => {
    const out = `${served.folder}/frames`;
    const flags = ["--json", "--transport", "udp", "--out", out];
    const player = new Program(["play", ...rtsp(served), ...flags]);
    await eventually("frames", () => exists(`${out}/frame-000005.jpg`));
    const log = await served.stop();
    assertEquals(log.status, 0, log.stderr);
    assertEquals(eventsOf(log).some(({ event }) => event === "error"), false);
    const result = await received(await player.finish(), out);
    // The BYE came too, behind what had been under way.
    assertEquals(result.status, 0, result.stderr);
    assert(result.frames.length >= 5 && result.frames.length < FRAMES.length);
    assertEquals([result.summary.lost, strangeFrames(result.frames)], [0, 0]);
  });
});

for (const transport of ["udp", "tcp"]) {
  Deno.test(`a server that is stopped says goodbye to a player over ${transport}, which ends well`, async () => {
    await withServe({ "movie.Mjpeg": CLIP }, [...FAST, "--loop"], async (served) => {
      const out = `${served.folder}/frames`;
      const flags = ["--json", "--transport", transport, "--out", out];
      const player = new Program(["play", ...rtsp(served), ...flags]);
      await eventually("frames", () => exists(`${out}/frame-000005.jpg`));
      assertEquals((await served.stop()).status, 0);
      const result = await received(await player.finish(), out);
      assertEquals(result.status, 0, result.stderr);
      assertEquals([result.summary.lost, result.summary.damagedFrames], [0, 0]);
    });
  });
}

/** Runs `body` with a player in the middle of a long clip, and gives what came of it. */
async function inMidPlay(
  served: Pick<Served, "port">,
  out: string,
  flags: string[],
  body: () => Promise<unknown>,
): Promise<Received> {
  const program = new Program(["play", ...rtsp(served), "--json", "--out", out, ...flags]);
  await eventually("frames", () => exists(`${out}/frame-000020.jpg`));
  await body();
  return await received(await program.finish(), out);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** More than is read ahead. */
const LONG = Array.from({ length: 300 }, (_, i) => FRAMES[i % FRAMES.length]!);
const LONG_CLIP = labFile(LONG);

for (const transport of ["udp", "tcp"]) {
  Deno.test(`a server that is killed in mid-play, over ${transport}: status 3; restarted, it serves again`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-e2e-" });
    await Deno.mkdir(`${folder}/media`);
    await Deno.writeFile(`${folder}/media/movie.Mjpeg`, LONG_CLIP);
    const serve = async (port: string): Promise<{ program: Program; port: string }> => {
      const flags = ["--json", "--root", `${folder}/media`, ...WORKER_FLAGS, ...FAST];
      const program = new Program(["serve", port, ...flags]);
      return { program, port: String(JSON.parse(await program.line() ?? "{}").port) };
    };
    try {
      const first = await serve("0");
      const flags = ["--transport", transport];
      const result = await inMidPlay(first, `${folder}/out`, flags, () => {
        first.program.kill("SIGKILL");
        return first.program.finish();
      });
      assertEquals(result.status, 3, result.stderr);
      assertMatch(
        result.stderr,
        /rtspkit: the stream stopped before its end; is the server still running\?\n$/,
      );
      const { frames, summary } = result;
      assert(frames.length >= 20 && frames.length < LONG.length);
      assertEquals([summary.frames, strangeFrames(frames, LONG)], [frames.length, 0]);
      const again = await serve(first.port);
      assertEquals(again.port, first.port);
      const whole = await play(folder, rtsp(again), ...flags, "--frames", "50");
      assertEquals([whole.status, whole.frames.length], [0, 50], whole.stderr);
      again.program.kill("SIGINT");
      assertEquals((await again.program.finish()).status, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

interface FileFault {
  what: string;
  change: (path: string) => Promise<unknown>;
  says: RegExp;
  /** Whether all of the clip is shown all the same. */
  goesOn?: boolean;
}

const FILE_FAULTS: FileFault[] = [
  {
    what: "truncated",
    change: (path) => Deno.truncate(path, 100_000),
    says: /^The file was cut from \d+ to 100000 bytes while it was served$/,
  },
  {
    what: "written over",
    change: (path) => Deno.writeFile(path, labFile([...LONG].reverse().concat(LONG))),
    says: /^The file was (written over|cut from .*) while it was served$/,
  },
  {
    what: "deleted",
    change: (path) => Deno.remove(path),
    says: /^The file was deleted or replaced while it was served; who watches it keeps it$/,
    goesOn: true,
  },
  {
    what: "replaced",
    change: async (path) => {
      await Deno.writeFile(`${path}.new`, labFile([...LONG].reverse()));
      await Deno.rename(`${path}.new`, path);
    },
    says: /^The file was deleted or replaced while it was served; who watches it keeps it$/,
    goesOn: true,
  },
];

for (const { what, change, says, goesOn = false } of FILE_FAULTS) {
  Deno.test({
    name:
      `a file that is ${what} in mid-play: a clean end, only whole pictures, the reason in the log`,
    // An open file cannot be deleted there.
    ignore: Deno.build.os === "windows" && goesOn,
    fn: async () => {
      await withServe({ "movie.Mjpeg": LONG_CLIP }, [...FAST], async (served) => {
        const out = `${served.folder}/frames`;
        const path = `${served.folder}/../media/movie.Mjpeg`;
        const result = await inMidPlay(served, out, [], () => change(path));
        assertEquals(result.status, 0, result.stderr);
        assertEquals(strangeFrames(result.frames, LONG), 0);
        assertEquals(
          result.frames.length === LONG.length,
          goesOn,
          `${result.frames.length} frames`,
        );
        const events = eventsOf(await served.stop());
        const changes = events.filter(({ event }) => event === "media-changed");
        assertEquals(changes.length, 1);
        assertMatch(changes[0].message, says);
        const warning = events.find(({ event }) => event === "session-warning");
        assertEquals(warning?.message.includes(changes[0].message) ?? false, !goesOn);
        assert(events.some(({ event }) => event === "session-end-of-media"));
        assertEquals(events.some(({ event }) => event === "error"), false);
      });
    },
  });
}

Deno.test({
  name: "a disk that is full: play ends with status 8, and what is written is whole",
  ignore: !SMALL_DISKS,
  fn: async () => {
    await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
      await withSmallDisk(256 * 1024, async (disk) => {
        const result = await play(disk, rtsp(served));
        assertEquals(result.status, 8, result.stderr);
        assertMatch(result.stderr, /rtspkit: .*no space/i);
        assert(result.frames.length > 5 && result.frames.length < FRAMES.length);
        assertEquals(strangeFrames(result.frames), 0);
      });
    });
  },
});

Deno.test({
  name: "a disk with no room left for --stats: status 8, and nothing half written stays",
  ignore: !SMALL_DISKS,
  fn: async () => {
    await withServe({ "movie.Mjpeg": CLIP }, FAST, async (served) => {
      await withSmallDisk(64 * 1024, async (disk) => {
        await Deno.writeFile(`${disk}/full`, new Uint8Array(64 * 1024));
        const stats = ["--stats", `${disk}/stats.json`, "--frames", "3", "--ui", "none"];
        const { status, stderr } = await runProgram("play", ...rtsp(served), ...stats);
        assertEquals(status, 8, stderr);
        assertMatch(stderr, /rtspkit: --stats .*: cannot write there: No space left on device/);
        const left = await Array.fromAsync(Deno.readDir(disk));
        assertEquals(left.map(({ name }) => name), ["full"]);
      });
    });
  },
});
