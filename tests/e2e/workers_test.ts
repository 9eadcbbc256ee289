// `serve --workers 2` as a process: two servers on one port that pass for one.
import { labFile } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { LabClient } from "../support/lab_client.ts";
import { runProgram } from "../support/program.ts";
import { MOVIE, MOVIE_FRAMES } from "../support/rtsp_server.ts";
import { requestText, RtpReceiver, RtspPeer } from "../support/rtsp_peer.ts";
import { type Served, withServe } from "./served.ts";

const FILES = { "movie.Mjpeg": labFile(MOVIE) };
/** Hexadecimal digits of an identifier that tell the worker, and those beside them. */
const [PREFIX, RANDOM] = [4, 32];
/** Connections tried until one comes to the other worker: in vain once in 2^64 times. */
const MOST_TRIES = 64;
/** Only Linux deals connections out to workers. */
const ignore = Deno.build.os !== "linux";

/** A viewer over UDP: its connection, its ports, its session. */
interface Viewer {
  peer: RtspPeer;
  receiver: RtpReceiver;
  id: string;
  worker: string;
}

/** A server with two workers and what tests ask of it. */
class Crew {
  readonly #viewers: Viewer[] = [];

  constructor(readonly served: Served) {}

  get url(): string {
    return `rtsp://127.0.0.1:${this.served.port}/movie.Mjpeg`;
  }

  /** Connects and sets up; undefined when there is no place. */
  async viewer(): Promise<Viewer | undefined> {
    const peer = await RtspPeer.connect(Number(this.served.port));
    const receiver = new RtpReceiver();
    const headers = [`Transport: ${receiver.transport}`];
    const { status, headers: given } = await peer.request("SETUP", this.url, { headers });
    const id = (given.get("Session") ?? "").split(";")[0]!;
    const viewer = { peer, receiver, id, worker: id.slice(0, PREFIX) };
    this.#viewers.push(viewer);
    return status === 200 ? viewer : undefined;
  }

  /** A viewer in another worker than this one. */
  async viewerElsewhere({ worker }: Viewer): Promise<Viewer> {
    for (let i = 0; i < MOST_TRIES; i++) {
      const viewer = await this.viewer();
      if (viewer !== undefined && viewer.worker !== worker) return viewer;
    }
    throw new Error("All connections came to one worker");
  }

  async ask({ peer }: Viewer, method: string, id: string, body = ""): Promise<number> {
    const headers = [`Session: ${id}`];
    return (await peer.request(method, this.url, { headers, body })).status;
  }

  async close(): Promise<void> {
    for (const { peer, receiver } of this.#viewers) {
      await peer.close();
      await receiver.close();
    }
  }
}

function withCrew(
  name: string,
  flags: string[],
  body: (crew: Crew, served: Served) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    fn: () =>
      withServe(FILES, ["--workers", "2", ...flags], async (served) => {
        const crew = new Crew(served);
        try {
          await body(crew, served);
        } finally {
          await crew.close();
        }
      }),
  });
}

withCrew("viewers come to both workers, each with UDP ports of its own", [], async (crew) => {
  const one = (await crew.viewer())!;
  const other = await crew.viewerElsewhere(one);
  for (const viewer of [one, other]) {
    assertMatch(viewer.id, new RegExp(`^[0-9a-f]{${PREFIX + RANDOM}}$`));
    assertEquals(await crew.ask(viewer, "PLAY", viewer.id), 200);
    await viewer.receiver.frames(2);
    assertEquals(viewer.receiver.sources.size, 1);
  }
  const ports = new Set([...one.receiver.sources, ...other.receiver.sources]);
  assertEquals(ports.size, 2, "UDP ports that media came from");
});

withCrew("--udp-ports is enough for both", ["--udp-ports", "42000-42099"], async (crew) => {
  const one = (await crew.viewer())!;
  const other = await crew.viewerElsewhere(one);
  for (const viewer of [one, other]) {
    assertEquals(await crew.ask(viewer, "PLAY", viewer.id), 200);
    await viewer.receiver.frames(1);
    for (const port of viewer.receiver.sources) assert(port >= 42_000 && port <= 42_099);
  }
});

withCrew("a session is looked after from the other worker's connections", [], async (crew) => {
  const one = (await crew.viewer())!;
  const other = await crew.viewerElsewhere(one);
  await one.peer.close();
  assertEquals(await crew.ask(other, "GET_PARAMETER", one.id, "position"), 200);
  assertEquals(await crew.ask(other, "PLAY", one.id), 200);
  await one.receiver.frames(2);

  // Replies come in the order of the requests, also behind one that another worker answers.
  const headers = [`Session: ${one.id}`];
  await other.peer.send([
    requestText("GET_PARAMETER", crew.url, 101, { headers }),
    requestText("OPTIONS", crew.url, 102),
    requestText("TEARDOWN", crew.url, 103, { headers }),
    requestText("OPTIONS", crew.url, 104),
  ].join(""));
  for (const cseq of ["101", "102", "103", "104"]) {
    const response = await other.peer.response();
    assertEquals([response.headers.get("CSeq"), response.status], [cseq, 200]);
  }
  const goodbyes = (await one.receiver.rtcp(2)).flat().filter(({ type }) => type === "BYE");
  assertEquals(goodbyes.length, 1);
  assertEquals(await crew.ask(other, "TEARDOWN", one.id), 454);
  assertEquals(await crew.ask(other, "TEARDOWN", other.id), 200);
});

withCrew("the limit of sessions is one for all", ["--max-sessions", "12"], async (crew) => {
  const viewers: Viewer[] = [];
  for (let i = 0; i < 12; i++) viewers.push((await crew.viewer())!);
  assertEquals(await crew.viewer(), undefined);
  assertEquals(await crew.viewer(), undefined);
  assertEquals(await crew.ask(viewers[5]!, "TEARDOWN", viewers[5]!.id), 200);
  assert(await crew.viewer() !== undefined);
  assertEquals(await crew.viewer(), undefined);
});

withCrew("so is that of connections", ["--max-connections", "8"], async (crew, { port }) => {
  for (let i = 0; i < 8; i++) assert(await crew.viewer() !== undefined);
  for (let i = 0; i < 4; i++) {
    const refused = await RtspPeer.connect(Number(port));
    await refused.closed();
    await refused.close();
  }
});

withCrew("Ctrl-C ends the sessions of both, and all is told", ["--loop"], async (crew, served) => {
  const one = (await crew.viewer())!;
  const other = await crew.viewerElsewhere(one);
  for (const viewer of [one, other]) {
    assertEquals(await crew.ask(viewer, "PLAY", viewer.id), 200);
    await viewer.receiver.frames(1);
  }
  const { status, stdout, stderr } = await served.stop();
  assertEquals(status, 0, stderr);
  for (const { receiver } of [one, other]) {
    const last = (await receiver.rtcp(2)).at(-1)!;
    assert(last.some(({ type }) => type === "BYE"), "the last word is BYE");
  }
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.filter(({ event }) => event === "ready").length, 1);
  for (const worker of [1, 2]) {
    const told = new Set(lines.filter((line) => line.worker === worker).map(({ event }) => event));
    for (const event of ["connected", "session-setup", "session-playing", "session-ended"]) {
      assert(told.has(event), `${event} of worker ${worker}`);
    }
  }
  const count = (kind: string): number => lines.filter(({ event }) => event === kind).length;
  assertEquals(count("session-ended"), count("session-setup"));
  assertEquals(count("disconnected"), count("connected"));
  assertMatch(stderr, /ended after \d+ frames: server stopped/);
});

withCrew("players of all kinds get the whole clip at once", ["--fps", "50"], async (_, served) => {
  const { port } = served;
  const url = `rtsp://127.0.0.1:${port}/movie.Mjpeg`;
  const viewer = ["--json", "--timeout", "20s"];
  const runs = await Promise.all([
    runProgram("play", "127.0.0.1", port, "0", "movie.Mjpeg", "--ui", "none", ...viewer),
    runProgram("play", url, "--transport", "udp", "--ui", "none", ...viewer),
    runProgram("play", url, "--transport", "tcp", "--ui", "none", ...viewer),
  ]);
  for (const { status, stdout, stderr } of runs) {
    assertEquals(status, 0, stderr);
    const { frames, lost, damagedFrames } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
    assertEquals([frames, lost, damagedFrames], [MOVIE_FRAMES, 0, 0]);
  }
});

withCrew("lab clients are served by whoever has their connection", [], async (_, { port }) => {
  const clients = await Promise.all(
    Array.from({ length: 8 }, () => LabClient.connect(Number(port))),
  );
  try {
    for (const client of clients) {
      for (const button of ["SETUP", "PLAY"]) {
        assertEquals((await client.request(button)).status, 200);
      }
    }
    await Promise.all(clients.map((client) => client.until(({ packets }) => packets.length > 3)));
    for (const client of clients) assertEquals((await client.request("TEARDOWN")).status, 200);
  } finally {
    for (const client of clients) client.close();
  }
});

Deno.test("a port in use is told as ever, and so are workers that cannot be", async () => {
  await withServe(FILES, [], async ({ port }) => {
    const taken = await runProgram("serve", port, "--workers", "2", "-q");
    const line = `rtspkit: cannot bind port ${port}: address already in use`;
    assertEquals([taken.status, taken.stderr.startsWith(line)], ignore ? [2, false] : [8, true]);
  });
  const flags = ["--transport", "multicast", "--workers", "2"];
  const { status, stderr } = await runProgram("serve", "0", ...flags);
  assertEquals(status, 2);
  assertMatch(stderr, /^rtspkit: --workers 2: .*\n$/);
});
