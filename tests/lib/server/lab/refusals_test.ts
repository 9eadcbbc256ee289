import { FakeClock } from "../../../support/fake_clock.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { withServer } from "../../../support/server.ts";
import { ascii } from "../../../support/split.ts";
import { labFile, tinyJpegs } from "../../media/frames.ts";

const FILES = {
  "movie.Mjpeg": labFile(tinyJpegs(30)),
  "noise.Mjpeg": ascii("this is no lab file at all, whatever its name says"),
};

/** What is asked after which presses, and the status it gets. */
const REFUSALS: { after: string[]; send: string; status: number }[] = [
  {
    after: [],
    send: "SETUP none.Mjpeg RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP; client_port= 25000",
    status: 404,
  },
  {
    after: [],
    send: "SETUP noise.Mjpeg RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP; client_port= 25000",
    status: 415,
  },
  {
    after: [],
    send: "SETUP  RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP; client_port= 25000",
    status: 404,
  },
  { after: [], send: "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP\n\n", status: 400 },
  {
    after: [],
    send: "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP; client_port= 65536",
    status: 400,
  },
  { after: [], send: "SETUP movie.Mjpeg RTSP/1.0\n\n", status: 400 },
  { after: [], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 455 },
  { after: [], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 123456", status: 454 },
  { after: [], send: "PAUSE movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 455 },
  { after: [], send: "PLAY \n5", status: 455 },
  { after: [], send: "TEARDOWN movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 200 },
  { after: [], send: "CHOOSE movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 455 },
  { after: [], send: "SWITCH movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 200 },
  { after: [], send: "OPTIONS movie.Mjpeg RTSP/1.0\nCSeq: 5\n\n", status: 200 },
  { after: [], send: "CONNECT movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 501 },
  { after: [], send: "FROB movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 501 },
  { after: [], send: "DESCRIBE none.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 404 },
  { after: ["SETUP"], send: "PAUSE movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $", status: 455 },
  { after: ["SETUP"], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 123456", status: 454 },
  { after: ["SETUP"], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: 0", status: 454 },
  { after: ["SETUP"], send: "FROB movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $", status: 501 },
  { after: ["SETUP"], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: five\nSession: $", status: 400 },
  {
    after: ["SETUP"],
    send: "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 5\nTransport: RTP/UDP; client_port= 25000",
    status: 455,
  },
  { after: ["SETUP"], send: "CHOOSE none.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $", status: 404 },
  {
    after: ["SETUP"],
    send: "SETTIME movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $\nFRAME: x\n\n",
    status: 400,
  },
  { after: ["SETUP", "PLAY"], send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $", status: 455 },
  {
    after: ["SETUP", "PLAY"],
    send: "SWITCH movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $",
    status: 455,
  },
  {
    after: ["SETUP", "PLAY"],
    send: "CHOOSE movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $",
    status: 455,
  },
  {
    after: ["SETUP", "PLAY", "TEARDOWN"],
    send: "PLAY movie.Mjpeg RTSP/1.0\nCSeq: 5\nSession: $",
    status: 454,
  },
];

for (const { after, send, status } of REFUSALS) {
  const when = after.length === 0 ? "first" : `after ${after.join(", ")}`;
  Deno.test(`${JSON.stringify(send)} ${when} is answered ${status}`, async () => {
    await withServer({ files: FILES }, async (server) => {
      const client = await server.client();
      for (const method of after) assertEquals((await client.request(method)).status, 200);
      const reply = await client.ask(send.replace("$", client.session));
      assertEquals(reply.status, status);
      assertEquals(reply.cseq, /CSeq: 5|\n5/.test(send) ? 5 : 0);
      assertMatch(reply.session!, after.length === 0 ? /^0$/ : /^\d+$/);
      const { status: usable } = await client.request("OPTIONS");
      assertEquals(usable, 200, "the connection stays usable");
      server.events.splice(0, Infinity, ...server.events.filter((e) => e.event !== "error"));
    });
  });
}

/** Ways to name what lies outside the served folder. */
const OUTSIDE = [
  "../secret.Mjpeg",
  "/../secret.Mjpeg",
  "..%2fsecret.Mjpeg",
  "%2e%2e/secret.Mjpeg",
  "%2e%2e%2fsecret.Mjpeg",
  "..%5csecret.Mjpeg",
  "..\\secret.Mjpeg",
  "./../secret.Mjpeg",
  "sub/../../secret.Mjpeg",
  "sub/..%2f..%2fsecret.Mjpeg",
  "....//secret.Mjpeg",
  "..%252fsecret.Mjpeg",
  "%252e%252e%252fsecret.Mjpeg",
  "..%c0%afsecret.Mjpeg",
  "%u002e%u002e/secret.Mjpeg",
  "..%00/secret.Mjpeg",
  "movie.Mjpeg%00",
  "movie.Mjpeg\0.txt",
  "movie.Mjpeg/../../secret.Mjpeg",
  "//secret.Mjpeg",
  "file:///etc/passwd",
  "/etc/passwd",
  "../../../../../../../../etc/passwd",
  "~/secret.Mjpeg",
  "C:\\secret.Mjpeg",
  "link.Mjpeg",
  "linked/secret.Mjpeg",
  "..",
  ".",
  "/",
  "sub",
  "sub/",
  "%",
  "%2",
  "%zz",
  "/proc/self/environ",
];

Deno.test("nothing outside the served folder is had by any name", async () => {
  const outside = await Deno.makeTempDir({ prefix: "rtspkit-outside-" });
  const files = { ...FILES, "sub/inner.Mjpeg": labFile(tinyJpegs(3)) };
  await Deno.writeFile(`${outside}/secret.Mjpeg`, labFile(tinyJpegs(3)));
  try {
    await withServer({ files }, async (server, folder) => {
      await Deno.symlink(`${outside}/secret.Mjpeg`, `${folder}/link.Mjpeg`);
      await Deno.symlink(outside, `${folder}/linked`);
      await Deno.symlink(`${outside}/secret.Mjpeg`, `${folder}/../secret.Mjpeg`).catch(() => {});
      const client = await server.client();
      const names = [...OUTSIDE, `${outside}/secret.Mjpeg`, `../${outside}/secret.Mjpeg`];
      for (const name of names) {
        assertEquals((await client.request("SETUP", name)).status, 404, JSON.stringify(name));
        assertEquals((await client.request("DESCRIBE", name)).status, 404, JSON.stringify(name));
      }
      assertEquals((await client.request("SETUP", "sub/inner.Mjpeg")).status, 200);
      const chosen = await client.request("CHOOSE", "../secret.Mjpeg");
      assertEquals(chosen.status, 404);
      await Deno.remove(`${folder}/../secret.Mjpeg`).catch(() => {});
    });
  } finally {
    await Deno.remove(outside, { recursive: true });
  }
});

Deno.test("a session more than the limit is answered 453, and one less makes room", async () => {
  await withServer({ files: FILES, limits: { maxSessions: 2 } }, async (server) => {
    const [first, second, third] = [
      await server.client(),
      await server.client(),
      await server.client(),
    ];
    assertEquals((await first.request("SETUP")).status, 200);
    assertEquals((await second.request("SETUP")).status, 200);
    assertEquals((await third.request("SETUP")).status, 453);
    assertEquals((await first.request("TEARDOWN")).status, 200);
    assertEquals((await third.request("SETUP")).status, 200);
  });
});

Deno.test("a connection more than the limit is answered 503 and closed", async () => {
  await withServer({ files: FILES, limits: { maxConnections: 1 } }, async (server) => {
    const first = await server.client();
    assertEquals((await first.request("SETUP")).status, 200);
    const second = await server.client();
    await second.say("SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000");
    assertMatch((await second.hear())!, /^RTSP\/1.0 503 Service Unavailable/);
    assertEquals(await second.hear(), undefined);
    assertEquals((await first.request("PLAY")).status, 200);
  });
});

/** What is no request, and whether it gets an answer before the connection is closed. */
const NOISE: { name: string; bytes: Uint8Array }[] = [
  { name: "ten million bytes of a request line", bytes: ascii("SETUP ".padEnd(10_000_000, "a")) },
  { name: "ten million line ends", bytes: ascii("\n".repeat(10_000_000)) },
  {
    name: "ten million bytes behind a lab request line",
    bytes: ascii("PLAY f\n".padEnd(10_000_000, "a")),
  },
  { name: "zeros", bytes: new Uint8Array(100_000) },
  { name: "every byte", bytes: Uint8Array.from({ length: 65536 }, (_, i) => i * 167) },
];

for (const { name, bytes } of NOISE) {
  Deno.test(`${name} end their own connection and no other`, async () => {
    await withServer({ files: FILES, fps: 200 }, async (server) => {
      const good = await server.client();
      await good.request("SETUP");
      await good.request("PLAY");
      const bad = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      const writing = (async () => {
        for (let at = 0; at < bytes.length;) at += await bad.write(bytes.subarray(at));
        await bad.closeWrite();
      })().catch(() => {});
      await readToEnd(bad);
      await writing;
      bad.close();
      await good.until(({ packets }) => packets.length === 30);
      assertEquals(good.numbers, Array.from({ length: 30 }, (_, i) => i + 1));
    });
  });
}

async function readToEnd(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65536);
  try {
    while (await connection.read(buffer) !== null);
  } catch (error) {
    assert(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe);
  }
}

Deno.test("a connection that says nothing is closed after its time", async () => {
  const clock = new FakeClock();
  await withServer({ files: FILES, clock, limits: { firstRequestMs: 30_000 } }, async (server) => {
    const client = await server.client();
    await clock.timerSet(30_000);
    await clock.advance(29_999);
    assertEquals(server.server.connectionCount, 1);
    await clock.advance(1);
    assertEquals(await client.hear(), undefined);
    assertEquals(server.all("disconnected").map(({ reason }) => reason), ["no request in time"]);
  });
});

Deno.test("a method in lower case is answered 400 and the connection closed", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    const transport = "Transport: RTP/UDP; client_port= 25000";
    const reply = await client.ask(`setup movie.Mjpeg RTSP/1.0\nCSeq: 5\n${transport}`);
    assertEquals(reply.status, 400);
    assertEquals(await client.hear(), undefined);
  });
});

Deno.test("noise that ends in silence is answered 400 and closed", async () => {
  await withServer({ files: FILES }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    const reply = await client.ask("no such thing");
    assertEquals(reply.status, 400);
    assertEquals(await client.hear(), undefined);
  });
});
