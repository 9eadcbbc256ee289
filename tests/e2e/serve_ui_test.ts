// `serve --ui` as a program: its addresses, its metrics with several workers, its end.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { viewer, withServeUi } from "../browser/support/dashboard.ts";
import { clip } from "../support/clips.ts";
import { type ExposedFamily, parseExposition, valueOf } from "../support/exposition.ts";
import { runProgram } from "../support/program.ts";
import type { RtspPeer } from "../support/rtsp_peer.ts";

const FRAMES = 12;
const FILES = { "movie.Mjpeg": clip({ frames: FRAMES, width: 32, height: 16 }) };
const VIEWERS = 8;
/** Only Linux deals connections out to workers. */
const WORKERS = Deno.build.os === "linux" ? ["1", "2"] : ["1"];

async function metricsOf(ui: string): Promise<Map<string, ExposedFamily>> {
  const answer = await fetch(new URL("/metrics", ui));
  assertEquals(answer.status, 200);
  return parseExposition(await answer.text());
}

for (const workers of WORKERS) {
  Deno.test(`metrics of ${workers} worker(s) are those of all together`, async () => {
    await withServeUi(FILES, ["--workers", workers], async ({ port, ui, event }) => {
      assertMatch(ui, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
      const peers: RtspPeer[] = [];
      for (let i = 0; i < VIEWERS; i++) peers.push(await viewer(port, "movie.Mjpeg", true));
      for (const _ of peers) await event("session-end-of-media");
      const read = await metricsOf(ui);
      const labels = { transport: "tcp" };
      assertEquals(valueOf(read, "rtspkit_frames_sent_total", labels), VIEWERS * FRAMES);
      assertEquals(valueOf(read, "rtspkit_connections"), VIEWERS);
      const kind = { dialect: "rtsp", transport: "tcp", state: "ready" };
      assertEquals(valueOf(read, "rtspkit_sessions", kind), VIEWERS);
      const asked = { method: "SETUP", status: "200" };
      assertEquals(valueOf(read, "rtspkit_requests_total", asked), VIEWERS);
      const late = read.get("rtspkit_frame_lateness_seconds")!.samples.at(-1);
      assertEquals(late?.value, VIEWERS * FRAMES);
      const status = await (await fetch(new URL("api/status", ui))).json();
      assertEquals([status.workers, status.port], [Number(workers), port]);
      assert(status.hosts.includes("localhost"));
      assertEquals(await fetch(new URL("/healthz", ui)).then((answer) => answer.json()), {
        ok: true,
      });

      const { sessions } = await (await fetch(new URL("api/sessions", ui))).json();
      assertEquals(sessions.length, VIEWERS);
      for (const { id } of sessions) {
        const kick = new URL(`api/sessions/${id}/kick`, ui);
        assertEquals((await fetch(kick, { method: "POST" }).then((a) => a.json())).kicked, id);
        assertEquals((await event("session-ended")).reason, "ended from the dashboard");
      }
      for (const peer of peers) await peer.close();
    });
  });

  Deno.test(`${workers} worker(s) are stopped and started again, and keep their counts`, async () => {
    await withServeUi(FILES, ["--workers", workers], async ({ port, ui, event }) => {
      const peer = await viewer(port, "movie.Mjpeg", true);
      await event("session-end-of-media");
      const stop = await fetch(new URL("api/stop", ui), { method: "POST" });
      assertEquals(await stop.json(), { state: "stopped", port: null });
      await event("stopped");
      await peer.close();
      const health = await fetch(new URL("/healthz", ui));
      assertEquals([health.status, (await health.json()).reason], [503, "not serving"]);
      const body = JSON.stringify({ port });
      const start = await fetch(new URL("api/serve", ui), { method: "POST", body });
      assertEquals(await start.json(), { state: "serving", port });
      assertEquals((await event("ready")).port, port);
      const again = await viewer(port, "movie.Mjpeg", true);
      await event("session-end-of-media");
      const read = await metricsOf(ui);
      assertEquals(valueOf(read, "rtspkit_frames_sent_total", { transport: "tcp" }), 2 * FRAMES);
      assertEquals(valueOf(read, "rtspkit_connections"), 1);
      await again.close();
    });
  });
}

Deno.test("what becomes of a live source stands in the dashboard's log", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const camera = `http://127.0.0.1:${(nobody.addr as Deno.NetAddr).port}/video.mjpg`;
  nobody.close();
  await withServeUi(FILES, ["--source", `door=${camera}`], async ({ port, ui, event }) => {
    const peer = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = `DESCRIBE rtsp://127.0.0.1:${port}/door RTSP/1.0\r\nCSeq: 1\r\n\r\n`;
    await peer.write(new TextEncoder().encode(request));
    assertEquals((await event("source")).state, "waiting");
    const { lines } = await (await fetch(new URL("api/log", ui))).json();
    const [line] = lines.filter(({ event }: { event: string }) => event === "source");
    assertEquals(line.level, "warning");
    assertMatch(line.text, /^source door: .*; next try in \d\.\d s$/);
    peer.close();
  });
});

Deno.test("the player below the dashboard knows the certificate of its own server", async () => {
  await withServeUi(FILES, ["--tls-self-signed", "--loop"], async ({ ui, event }) => {
    const page = await fetch(new URL("play/movie.Mjpeg/", ui));
    await page.body?.cancel();
    assertEquals(page.status, 200);
    assertEquals((await event("session-playing")).dialect, "rtsp");
  });
});

Deno.test("every event about a session says whose it is", async () => {
  await withServeUi(FILES, [], async ({ port, event }) => {
    const peer = await viewer(port, "movie.Mjpeg", true);
    for (const kind of ["session-setup", "session-playing", "session-end-of-media"]) {
      const { peer: who, dialect, file } = await event(kind);
      assertMatch(String(who), /^127\.0\.0\.1:\d+$/);
      assertEquals([dialect, file], ["rtsp", "movie.Mjpeg"]);
    }
    await peer.close();
    const { reason, frames } = await event("session-ended");
    assertEquals([reason, frames], ["connection closed", FRAMES]);
  });
});

Deno.test("a dashboard's port that is taken ends the command with 8, a wrong one with 2", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const { status, stderr } = await runProgram("serve", "0", "--ui", String(port));
  taken.close();
  assertEquals(status, 8);
  assertMatch(
    stderr,
    /^rtspkit: cannot bind the dashboard to 127\.0\.0\.1:\d+: address already in/,
  );
  const wrong = await runProgram("serve", "0", "--ui", "here");
  assertEquals(wrong.status, 2);
  assertMatch(wrong.stderr, /--ui port "here" is not a port number/);
});

Deno.test("where the port to serve on is taken, --ui changes nothing about that", async () => {
  const taken = Deno.listen({ port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const { status, stderr } = await runProgram("serve", String(port), "--ui", "0");
  taken.close();
  assertEquals(status, 8);
  assertMatch(stderr, /cannot bind port \d+: address already in use/);
});
