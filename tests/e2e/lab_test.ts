// The program against itself, each as a process of its own with the permissions it ships with.
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { openLabFile } from "../../lib/media/lab_file.ts";
import { allFrames, labFile, tinyJpegs } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { Program, runProgram } from "../support/program.ts";
import { withServe } from "./served.ts";

const JPEGS = tinyJpegs(120);
const FILES = { "movie.Mjpeg": labFile(JPEGS) };

/** Checks that a folder holds these frames, byte for byte, and nothing else. */
async function checkFolder(folder: string, jpegs: readonly Uint8Array[]): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  const expected = jpegs.map((_, i) => `frame-${String(i + 1).padStart(6, "0")}.jpg`);
  assertEquals(names, expected);
  for (const [i, name] of expected.entries()) {
    assertEquals(await Deno.readFile(`${folder}/${name}`), jpegs[i], name);
  }
}

Deno.test("every frame is played byte for byte and in order, and the end is found", async () => {
  await withServe(FILES, ["--fps", "200"], async ({ port, folder, stop }) => {
    const stats = `${folder}/../stats.json`;
    const flags = ["--out", folder, "--json", "--stats", stats];
    const { stdout, stderr, status } = await runProgram(
      ...["play", "localhost", port, "0", "movie.Mjpeg"],
      ...flags,
    );
    assertEquals(status, 0, stderr);
    await checkFolder(folder, JPEGS);
    const summary = JSON.parse(stdout);
    assertEquals(summary.event, "summary");
    const { frames, packets, lost, duplicated, reordered, damagedFrames } = summary;
    assertEquals({ frames, packets, lost, duplicated, reordered, damagedFrames }, {
      frames: 120,
      packets: 120,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      damagedFrames: 0,
    });
    assertMatch(stderr.trimEnd().split("\n").at(-1)!, /^120 frames in .* 0 lost .* 0 damaged/);
    const { event: _, ...kept } = JSON.parse(await Deno.readTextFile(stats));
    assertEquals(kept.frames, 120);
    const served = await stop();
    assertEquals(served.status, 0, served.stderr);
    const events = served.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const ends = events.filter(({ event }) => event === "session-ended");
    assertEquals(ends.map(({ reason, frames }) => [reason, frames]), [["teardown", 120]]);
  });
});

/** Lab files as they are found; frames a second that the largest of their frames can bear. */
const REAL_FILES = [
  { name: "frames-640x480.Mjpeg", frames: 240 },
  { name: "bunny-320x240-optimised-huffman.Mjpeg", frames: 199 },
];

for (const { name, frames } of REAL_FILES) {
  const path = new URL(`../../../shared/data/lab/${name}`, import.meta.url);
  const bytes = await Deno.readFile(path).catch(() => undefined);
  const title = `a lab file as found is played byte for byte: ${name}`;
  Deno.test({
    name: bytes === undefined ? `${title} (skipped: no such file here)` : title,
    ignore: bytes === undefined,
    fn: async () => {
      const jpegs = await allFrames(openLabFile(new MemoryBytes(bytes!)));
      assertEquals(jpegs.length, frames);
      await withServe({ [name]: bytes! }, ["--fps", "100"], async ({ port, folder }) => {
        const { stderr, status } = await runProgram(
          ...["play", "localhost", port, "0", name, "--out", folder],
        );
        assertEquals(status, 0, stderr);
        await checkFolder(folder, jpegs);
      });
    },
  });
}

Deno.test("--frames stops after that many, --duration after that long", async () => {
  await withServe(FILES, ["--fps", "100"], async ({ port, folder }) => {
    const play = ["play", "localhost", port, "0", "movie.Mjpeg", "--json"];
    const few = await runProgram(...play, "--frames", "7", "--out", folder);
    assertEquals([few.status, JSON.parse(few.stdout).frames], [0, 7]);
    await checkFolder(folder, JPEGS.slice(0, 7));
    const short = await runProgram(...play, "--duration", "200ms");
    const { frames } = JSON.parse(short.stdout);
    assertEquals(short.status, 0);
    assert(frames > 0 && frames < 120, `${frames} frames`);
  });
});

Deno.test("Ctrl-C ends play cleanly: TEARDOWN, whole files, the summary, and status 0", async () => {
  await withServe(FILES, ["--fps", "20"], async ({ port, folder, stop }) => {
    const play = new Program(
      ["play", "localhost", port, "0", "movie.Mjpeg", "--json", "--out", folder],
    );
    await fileIn(folder, "frame-000003.jpg");
    play.kill("SIGINT");
    const { stdout, stderr, status } = await play.finish();
    assertEquals(status, 0, stderr);
    const { frames, lost } = JSON.parse(stdout);
    assert(frames >= 3 && frames < 120);
    assertEquals(lost, 0);
    await checkFolder(folder, JPEGS.slice(0, frames));
    const served = await stop();
    assertStringIncludes(served.stdout, '"reason":"teardown"');
  });
});

/** Waits until a file is there. */
async function fileIn(folder: string, name: string): Promise<void> {
  const watcher = Deno.watchFs(folder);
  for await (const { paths } of watcher) if (paths.some((path) => path.endsWith(name))) break;
}

Deno.test("Ctrl-C ends serve with status 0, also while someone plays", async () => {
  await withServe(FILES, ["--fps", "20"], async ({ port, stop }) => {
    const play = new Program([
      "play",
      "localhost",
      port,
      "0",
      "movie.Mjpeg",
      "--out",
      "/dev/null/x",
    ]);
    assertEquals((await play.finish()).status, 8);
    const playing = new Program(["play", "localhost", port, "0", "movie.Mjpeg", "--quiet"]);
    const { status } = await stopWhenPlaying(port, stop);
    assertEquals(status, 0);
    assert(
      (await playing.finish()).status !== 1,
      "a server that goes is no defect of the player's",
    );
  });
});

Deno.test("serve proposes to play the first file that can be served", async () => {
  const files = { ...FILES, "a.mjpeg": new Uint8Array(100) };
  await withServe(files, [], async ({ port, stop }) => {
    const { stderr } = await stop();
    assertStringIncludes(stderr, `Play one: rtspkit play localhost ${port} 6666 movie.Mjpeg\n`);
  });
});

/** Ends the server once it can be reached by one more. */
async function stopWhenPlaying<T>(port: string, stop: () => Promise<T>): Promise<T> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  connection.close();
  return await stop();
}

Deno.test("what cannot be reached, is refused or sends nothing ends play with its own status", async () => {
  await withServe(FILES, [], async ({ port }) => {
    const missing = await runProgram("play", "localhost", port, "0", "none.Mjpeg");
    assertEquals([missing.status, missing.stdout], [4, ""]);
    assertMatch(missing.stderr, /^rtspkit: SETUP was answered 404 Not Found\n$/);
    const taken = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
    const rtpPort = (taken.addr as Deno.NetAddr).port;
    try {
      const play = await runProgram("play", "localhost", port, String(rtpPort), "movie.Mjpeg");
      assertEquals(play.status, 8);
      assertStringIncludes(play.stderr, `cannot bind UDP port 0.0.0.0:${rtpPort}: address already`);
    } finally {
      taken.close();
    }
    const again = await runProgram("serve", port);
    assertEquals(again.status, 8);
    assertEquals(
      again.stderr,
      `rtspkit: cannot bind port ${port}: address already in use (try another port, or 0 for any free one)\n`,
    );
  });
});

Deno.test("a port nobody listens on ends play with status 3", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { stderr, status } = await runProgram("play", "127.0.0.1", String(port), "0", "m.Mjpeg");
  assertEquals(status, 3);
  assertEquals(stderr, `rtspkit: cannot reach 127.0.0.1:${port}: connection refused\n`);
});

/** Runs `body` with a server that answers every segment with what `answer` makes of it. */
async function withAnswers(
  answer: (request: string) => string,
  body: (port: string) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const talking: Promise<void>[] = [];
  const serving = (async () => {
    for await (const connection of listener) talking.push(talk(connection, answer));
  })();
  try {
    await body(String(listener.addr.port));
  } finally {
    listener.close();
    await serving;
    await Promise.all(talking);
  }
}

async function talk(connection: Deno.Conn, answer: (request: string) => string): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    for (;;) {
      const length = await connection.read(buffer);
      if (length === null) break;
      const text = answer(new TextDecoder().decode(buffer.subarray(0, length)));
      if (text !== "") await connection.write(new TextEncoder().encode(text));
    }
  } catch {
    // The program under test has gone, which is its right.
  }
  connection.close();
}

Deno.test("a server that says nothing ends play with status 3 within --timeout", async () => {
  await withAnswers(() => "", async (port) => {
    const play = ["play", "127.0.0.1", port, "0", "m.Mjpeg", "--timeout", "300ms"];
    const { stderr, status } = await runProgram(...play);
    assertEquals(status, 3);
    assertMatch(stderr, /^rtspkit: no reply to SETUP in 0\.3 s/m);
  });
});

Deno.test("a lab server that sends no frame ends play with status 6", async () => {
  const answer = (request: string): string => {
    const cseq = /CSeq: (\d+)/.exec(request)?.[1];
    return `RTSP/1.0 200 OK\nCSeq: ${cseq}\nSession: 123456`;
  };
  await withAnswers(answer, async (port) => {
    const play = ["play", "127.0.0.1", port, "0", "m.Mjpeg", "--timeout", "500ms"];
    const { stderr, status } = await runProgram(...play);
    assertEquals(status, 6);
    assertMatch(stderr, /no RTP packet came to UDP port \d+ in 0\.5 s/);
  });
});

/** Words that make no sense, and what is said about them. */
const USAGE: { args: string[]; says: RegExp }[] = [
  { args: ["plya"], says: /unknown command plya \(did you mean play\?\)/ },
  { args: ["--versoin"], says: /unknown flag --versoin \(did you mean --version\?\)/ },
  { args: ["play"], says: /name a stream: rtsp:\/\// },
  { args: ["play", "localhost", "5678"], says: /got 2 word\(s\): localhost 5678/ },
  { args: ["play", "h", "0", "1", "f"], says: /PORT "0" is not a port number \(1 to 65535\)/ },
  { args: ["play", "h", "1", "65536", "f"], says: /RTP_PORT "65536" is not a port number/ },
  {
    args: ["play", "h", "1", "1", "f", "--frmaes", "3"],
    says: /--frmaes \(did you mean --frames\?/,
  },
  {
    args: ["play", "h", "1", "1", "f", "--frames", "0"],
    says: /--frames: 0 is below the least, 1/,
  },
  {
    args: ["play", "h", "1", "1", "f", "--timeout", "soon"],
    says: /--timeout: "soon" is not a dura/,
  },
  { args: ["play", "h", "1", "1", "f", "--out"], says: /--out needs a value/ },
  { args: ["serve", "1", "2"], says: /serve takes one PORT, got: 1 2/ },
  { args: ["serve", "0", "--loop", "--once"], says: /--loop and --once exclude each other/ },
  { args: ["serve", "0", "--fps", "0"], says: /--fps: 0 is below the least/ },
];

Deno.test("words that make no sense end with status 2 and one line that helps", async () => {
  for (const { args, says } of USAGE) {
    const { stdout, stderr, status } = await runProgram(...args);
    assertEquals([status, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, says);
    assertMatch(stderr, /^rtspkit: [^\n]+\n$/);
  }
});

Deno.test("a folder that is not there ends serve with status 8", async () => {
  const { stderr, status } = await runProgram("serve", "0", "--root", "/no/such/folder");
  assertEquals(status, 8);
  assertStringIncludes(stderr, "--root /no/such/folder: no such folder");
});
