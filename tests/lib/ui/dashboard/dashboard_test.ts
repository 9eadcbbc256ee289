// The dashboard's answers, asked as programs ask.
import { MediaLibrary } from "../../../../lib/media/library.ts";
import { TimeoutError } from "../../../../lib/net/clock.ts";
import { metric } from "../../../../lib/server/metrics_families.ts";
import { NOTHING_SEEN, type Observation, type SessionView } from "../../../../lib/server/watch.ts";
import { Dashboard } from "../../../../lib/ui/dashboard/dashboard.ts";
import { EventLog } from "../../../../lib/ui/dashboard/event_log.ts";
import { MOST_PLAYED } from "../../../../lib/ui/dashboard/players.ts";
import { FileList } from "../../../../lib/ui/dashboard/file_list.ts";
import {
  type ServeControl,
  ServeRefusedError,
  type ServeState,
} from "../../../../lib/ui/dashboard/serve_control.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { clip } from "../../../support/clips.ts";
import { parseExposition, valueOf } from "../../../support/exposition.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const SESSION: SessionView = {
  id: "12ab",
  peer: "192.0.2.1:5000",
  dialect: "rtsp",
  file: "movie.Mjpeg",
  state: "Playing",
  transport: "udp",
  path: "UDP 192.0.2.1:6000",
  since: 0,
  frame: 7,
  frameCount: 400,
  framesSent: 6,
  framesDropped: 0,
  packetsSent: 12,
  report: null,
};

/** A server that is and does what the test says. */
class FakeControl implements ServeControl {
  state: ServeState = { state: "serving", port: 5678 };
  seen: Observation | Error = { ...NOTHING_SEEN, workers: 1 };
  readonly done: string[] = [];

  start(port: number): Promise<void> {
    if (port === 1) return Promise.reject(new ServeRefusedError("cannot bind port 1: taken"));
    this.done.push(`start ${port}`);
    this.state = { state: "serving", port };
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.done.push("stop");
    this.state = { state: "stopped", port: undefined };
    return Promise.resolve();
  }

  observe(): Promise<Observation> {
    return this.seen instanceof Error ? Promise.reject(this.seen) : Promise.resolve(this.seen);
  }

  kick(id: string): Promise<boolean> {
    this.done.push(`kick ${id}`);
    return Promise.resolve(id === SESSION.id);
  }
}

interface Trial {
  dashboard: Dashboard;
  control: FakeControl;
  clock: FakeClock;
  log: EventLog;
  get(path: string): Promise<Response>;
  // deno-lint-ignore no-explicit-any -- what the API says is checked by the test
  json(path: string): Promise<any>;
  post(path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

async function trial(
  use: (trial: Trial) => Promise<void>,
  builtIn: Record<string, Uint8Array> = {},
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "rtspkit-dashboard-" });
  const library = new MediaLibrary({ root, builtIn: new Map(Object.entries(builtIn)) });
  const control = new FakeControl();
  const clock = new FakeClock();
  const log = new EventLog();
  const dashboard = new Dashboard({
    clock,
    control,
    log,
    files: new FileList(library),
    version: "1.2.3",
    scheme: "rtsp",
    serveHost: undefined,
    hostname: "127.0.0.1",
    port: 0,
    randomBytes: (length) => new Uint8Array(length).fill(7),
  });
  const get = (path: string): Promise<Response> => fetch(new URL(path, dashboard.url));
  try {
    await use({
      dashboard,
      control,
      clock,
      log,
      get,
      json: async (path) => await (await get(path)).json(),
      post: async (path, body) => {
        const text = body === undefined ? null : JSON.stringify(body);
        const answer = await fetch(new URL(path, dashboard.url), { method: "POST", body: text });
        return { status: answer.status, body: await answer.json() };
      },
    });
  } finally {
    await dashboard.close();
    await library.close();
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("the status tells what is seen, and how fast it goes between two looks", () =>
  trial(async ({ json, control, clock }) => {
    const counted = (frames: number): Observation => ({
      ...NOTHING_SEEN,
      workers: 2,
      connections: 3,
      sessionCount: 1,
      sessions: [{ ...SESSION, framesSent: frames }],
      families: [
        metric("counter", "rtspkit_frames_sent_total", "", frames),
        metric("counter", "rtspkit_rtp_bytes_sent_total", "", 1000 * frames),
      ],
    });
    control.seen = counted(100);
    const first = await json("api/status");
    assertEquals(
      [first.version, first.state, first.port, first.workers, first.connections],
      ["1.2.3", "serving", 5678, 2, 3],
    );
    assertEquals([first.framesSent, first.framesPerSecond], [100, 0]);
    assertEquals((await json("api/sessions")).sessions[0].fps, null);
    await clock.advance(2000);
    control.seen = counted(150);
    const second = await json("api/status");
    assertEquals([second.framesSent, second.framesPerSecond], [150, 25]);
    assertEquals(second.bitsPerSecond, 200_000);
    const { total, sessions } = await json("api/sessions");
    assertEquals([total, sessions[0].fps, sessions[0].id], [1, 25, SESSION.id]);
    await clock.advance(11_000);
    assertEquals((await json("api/status")).framesPerSecond, 0, "that was long ago");
  }));

Deno.test("no more sessions are told than are asked for, and a hundred at most otherwise", () =>
  trial(async ({ json, control }) => {
    const sessions = Array.from({ length: 150 }, (_, i) => ({ ...SESSION, id: `${i}` }));
    control.seen = { ...NOTHING_SEEN, sessionCount: 4000, sessions };
    const told = await json("api/sessions");
    assertEquals([told.total, told.sessions.length], [4000, 100]);
    assertEquals((await json("api/sessions?limit=7")).sessions.length, 7);
    assertEquals((await json("api/sessions?limit=x")).sessions.length, 100);
  }));

Deno.test("metrics and health are told without the token, and nothing else is", () =>
  trial(async ({ dashboard, get, control }) => {
    const answer = await get("/metrics");
    assertEquals(answer.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    const read = parseExposition(await answer.text());
    assertEquals(valueOf(read, "rtspkit_serving"), 1);
    assertEquals(valueOf(read, "rtspkit_build_info", { version: "1.2.3" }), 1);
    assert(valueOf(read, "process_resident_memory_bytes")! > 1e6);
    assertEquals(await (await get("/healthz")).json(), { ok: true });
    for (const path of ["/", "/api/status", "/api/log", "/metrics/", "/healthz/x"]) {
      const refused = await get(path);
      assertEquals([refused.status, await refused.text()], [404, "Nothing here.\n"], path);
    }
    const posted = await fetch(new URL("/metrics", dashboard.url), { method: "POST" });
    assertEquals([posted.status, await posted.text()], [404, "Nothing here.\n"]);
    assertEquals(control.done, []);
  }));

Deno.test("another site's page is told nothing, whatever it asks for", () =>
  trial(async ({ dashboard, control }) => {
    const { pathname } = new URL(dashboard.url);
    const tries = ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"];
    for (const path of ["/metrics", "/healthz", `${pathname}api/stop`, `${pathname}api/status`]) {
      for (const header of tries) assertEquals(await statusOf(dashboard, path, header), 403, path);
      assertEquals(await statusOf(dashboard, path, "", "evil.example"), 403, path);
    }
    assertEquals(control.done, []);
  }));

Deno.test("health says why it is bad", () =>
  trial(async ({ get, control }) => {
    const health = async (): Promise<unknown[]> => {
      const answer = await get("/healthz");
      return [answer.status, (await answer.json()).reason];
    };
    control.seen = { ...NOTHING_SEEN, lateMs: 500 };
    assertEquals(await health(), [200, undefined]);
    control.seen = { ...NOTHING_SEEN, lateMs: 501 };
    assertEquals(await health(), [503, "frames were up to 501 ms late just now"]);
    control.seen = new TimeoutError("worker 2", 2000);
    assertEquals(await health(), [503, "worker 2 does not answer"]);
    const answer = await get("/metrics");
    assertEquals([answer.status, await answer.text()], [
      503,
      '{"error":"worker 2 does not answer"}\n',
    ]);
    await control.stop();
    assertEquals(await health(), [503, "not serving"]);
  }));

Deno.test("serving is started and stopped, and refusals say why", () =>
  trial(async ({ post, control }) => {
    assertEquals(await post("api/stop"), { status: 200, body: { state: "stopped", port: null } });
    for (const body of [{}, { port: -1 }, { port: 65_536 }, { port: "1" }, { port: 1.5 }, [1]]) {
      assertEquals((await post("api/serve", body)).status, 400, JSON.stringify(body));
    }
    assertEquals((await post("api/serve", { port: 2, long: "x".repeat(5000) })).status, 400);
    const started = await post("api/serve", { port: 65_535 });
    assertEquals(started, { status: 200, body: { state: "serving", port: 65_535 } });
    const refused = await post("api/serve", { port: 1 });
    assertEquals(refused, { status: 409, body: { error: "cannot bind port 1: taken" } });
    assertEquals(control.done, ["stop", "start 65535"]);
  }));

Deno.test("a session is kicked by its name alone", () =>
  trial(async ({ post, get, control }) => {
    assertEquals((await post(`api/sessions/${SESSION.id}/kick`)).status, 200);
    assertEquals((await post("api/sessions/99/kick")).status, 404);
    assertEquals((await post("api/sessions/..%2f/kick")).status, 404);
    const answer = await get(`api/sessions/${SESSION.id}/kick`);
    assertEquals(answer.status, 404, "looking kicks nobody");
    await answer.body?.cancel();
    assertEquals(control.done, ["kick 12ab", "kick 99"]);
  }));

Deno.test("files are told with what each needs, and their first pictures are there", () =>
  trial(async ({ json, get }) => {
    let told = await json("api/files");
    for (let i = 0; i < 500 && told.files[1].facts === null; i++) told = await json("api/files");
    assertEquals(told.total, 2);
    const [broken, movie] = told.files;
    assertEquals([broken.name, broken.facts.needs], ["a broken one.mjpeg", null]);
    assertMatch(broken.facts.problem, /./);
    assertEquals([movie.name, movie.kind, movie.facts.frames], ["b/movie.Mjpeg", "built-in", 5]);
    assertEquals(movie.facts.needs, {
      width: 32,
      height: 16,
      rtp: { work: "none", steps: [] },
      lab: "fits",
    });
    const picture = await get(`api/files/${encodeURIComponent("b/movie.Mjpeg")}/thumbnail`);
    assertEquals(picture.headers.get("Content-Type"), "image/jpeg");
    const bytes = await picture.bytes();
    assertEquals([bytes[0], bytes[1]], [0xff, 0xd8]);
    for (const name of ["a%20broken%20one.mjpeg", "none.mjpeg", "..%2f..%2fetc%2fpasswd", "%ff"]) {
      const answer = await get(`api/files/${name}/thumbnail`);
      assertEquals([answer.status, await answer.json()], [404, { error: "no picture" }], name);
    }
  }, {
    "a broken one.mjpeg": new TextEncoder().encode("no frames here"),
    "b/movie.Mjpeg": clip({ frames: 5, width: 32, height: 16 }),
  }));

Deno.test("the log tells what came after what is known", () =>
  trial(async ({ json, log }) => {
    log.add(1, "ready", "one");
    log.add(2, "error", "two", "error");
    const { newest, lines } = await json("api/log?after=1");
    assertEquals([newest, lines], [2, [
      { number: 2, time: 2, level: "error", event: "error", text: "two" },
    ]]);
    assertEquals((await json("api/log")).lines.length, 2);
    assertEquals((await json("api/log?after=99")).lines, []);
  }));

/** The status of a request as it is written, header by header: no browser lets one do that. */
async function statusOf(
  { port }: Dashboard,
  path: string,
  header: string,
  host = `127.0.0.1:${port}`,
): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Connection: close"];
  if (header !== "") lines.push(header);
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  return Number((await new Response(connection.readable).text()).split(" ")[1]);
}

Deno.test("each file has a player's page, for as long as somebody looks at it", async () => {
  await trial(async ({ control, clock, get }) => {
    // Taken and let go again: nobody is there, which the page tells.
    const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    control.state = { state: "serving", port: (nobody.addr as Deno.NetAddr).port };
    nobody.close();
    const status = async (path: string): Promise<number> => {
      const response = await get(path);
      await response.body?.cancel();
      return response.status;
    };
    const page = "play/sub%20folder%2Fmovie.Mjpeg/";
    assertEquals(await status(`${page}main.js`), 404, "nobody has opened the page");
    const answer = await get(page);
    assertMatch(await answer.text(), /<title>rtspkit player</);
    assert(answer.headers.get("content-security-policy")?.startsWith("default-src 'none'"));
    assertEquals(await status(`${page}main.js`), 200);
    assertEquals(await status(`${page}socket`), 403, "no page has asked for it");
    await clock.advance(10_000);
    assertEquals(await status(`${page}main.js`), 404, "nobody looked at it");

    for (let i = 0; i < MOST_PLAYED; i++) assertEquals(await status(`play/${i}.Mjpeg/`), 200);
    assertEquals(await status("play/more.Mjpeg/"), 404, "no more at once");
    await clock.advance(10_000);
    control.state = { state: "stopped", port: undefined };
    assertEquals(await status(page), 404, "nothing is served");
  });
});
