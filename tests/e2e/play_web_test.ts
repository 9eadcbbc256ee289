// The player's page as a program: what it prints, and how it ends.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clip } from "../support/clips.ts";
import { Program, runProgram } from "../support/program.ts";
import { withServe } from "./served.ts";

const FILES = { "movie.Mjpeg": clip({ frames: 400, width: 32, height: 16 }) };

for (const form of ["lab", "url"]) {
  Deno.test(`play --no-open serves the page, and Ctrl-C tears the session down: ${form}`, async () => {
    await withServe(FILES, [], async ({ port, stop }) => {
      const words = form === "lab"
        ? ["127.0.0.1", port, "0", "movie.Mjpeg"]
        : [`rtsp://127.0.0.1:${port}/movie.Mjpeg`];
      const player = new Program(["play", ...words, "--no-open"]);
      const url = await player.line();
      assertMatch(url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
      const page = await fetch(url!);
      assertEquals(page.status, 200);
      assertMatch(await page.text(), /<title>rtspkit player<\/title>/);
      await opened(url!);
      player.kill("SIGINT");
      const { status, stderr } = await player.finish();
      assertEquals(status, 0, stderr);
      assertMatch(stderr, /Ctrl-C ends it/);
      const { stderr: log } = await stop();
      assertMatch(log, /teardown/i);
    });
  });
}

Deno.test("with --json the page's address is an event", async () => {
  const player = new Program(["play", "--ui", "web", "--no-open", "--json"]);
  const event = JSON.parse(await player.line() ?? "{}");
  assertEquals(event.event, "page");
  assert(event.url.startsWith("http://127.0.0.1:"));
  player.kill("SIGTERM");
  assertEquals((await player.finish()).status, 0);
});

Deno.test("every part of the page is inside the program", async () => {
  const player = new Program(["play", "--no-open"]);
  const url = await player.line();
  const missing: string[] = [];
  const seen = new Set<string>();
  const look = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    const answer = await fetch(new URL(name, url));
    if (!answer.ok) missing.push(name);
    const text = await answer.text();
    if (name.endsWith("uplot.js")) return;
    for (const [, other] of text.matchAll(/(?:src|href)="([^"]+)"|from "\.\/([^"]+)"/g)) {
      if (other !== undefined) await look(other);
    }
    for (const [, other] of text.matchAll(/from "\.\/([^"]+)"/g)) await look(other!);
  };
  await look("");
  player.kill("SIGINT");
  await player.finish();
  assertEquals(missing, []);
  assert(seen.has("picture.js") && seen.has("uplot.css"), [...seen].join());
});

Deno.test("flags of what is kept without a picture do not go with one", async () => {
  for (const flags of [["--out", "x"], ["--frames", "3"], ["--stats", "x"], ["--duration", "1s"]]) {
    const { status, stderr } = await runProgram("play", "rtsp://host/x", "--ui", "web", ...flags);
    assertEquals(status, 2);
    assertEquals(stderr, `rtspkit: ${flags[0]} goes with --ui none\n`);
  }
});

/** Waits until the page has shown its first picture. */
async function opened(url: string): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}socket`, {
    headers: { Origin: new URL(url).origin },
  } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) resolve();
    };
    socket.onerror = () => reject(new Error("The page's socket did not open"));
  });
  await new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
    socket.close();
  });
}
