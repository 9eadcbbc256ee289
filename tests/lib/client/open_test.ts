// Which dialect a server speaks is found out by asking.
import type { ObservedMessage } from "../../../lib/client/observer.ts";
import { NoReplyError, ProtocolError, StatusError } from "../../../lib/client/errors.ts";
import { openLabMedia, type OpenOptions, openUrlMedia } from "../../../lib/client/open.ts";
import type { MediaSession } from "../../../lib/client/media_session.ts";
import { BindError, UnreachableError } from "../../../lib/net/errors.ts";
import { parseUrl } from "../../../lib/rtsp/url.ts";
import { goodbye, packetsOf, PICTURES, rtpPacket } from "../../support/scripted_media.ts";
import { type Script, SILENCE } from "../../support/scripted_server.ts";
import { ascii } from "../../support/split.ts";
import { onStage, type Stage, TIMEOUT_MS } from "../../support/viewer.ts";
import { Waiters } from "../../support/wait.ts";
import { tinyJpeg } from "../media/frames.ts";
import { assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";

/** How long one dialect is tried alone, in ms. */
const ALONE_MS = 1000;

/** A lab server as they all are: a thread per connection, and silence to what it does not know. */
class LabServer {
  readonly heard: string[] = [];
  /** What is answered to SETUP, in place of the usual. */
  setup: string | undefined;
  /** What it waits for before it answers. */
  awake: Promise<void> = Promise.resolve();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  readonly #waiters = new Waiters();
  readonly #talks: Promise<void>[] = [];
  readonly #serving: Promise<void>;

  constructor(readonly file = "movie.Mjpeg") {
    this.#serving = this.#serve();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async until(method: string): Promise<void> {
    await this.#waiters.until(method, () => this.heard.includes(method) || undefined);
  }

  async close(): Promise<void> {
    this.#listener.close();
    await this.#serving;
    await Promise.all(this.#talks);
    this.#socket.close();
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) this.#talks.push(this.#talk(connection));
  }

  async #talk(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(256);
    let port = 0;
    for (;;) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) break;
      const lines = new TextDecoder().decode(buffer.subarray(0, count)).split("\n");
      const [method = "", file] = lines[0]!.split(" ");
      // The client ends its line after a while, for servers that wait for that.
      if (method !== "") this.heard.push(method);
      this.#waiters.notify();
      if (method === "SETUP") port = Number(lines[2]?.split(" ")[3]);
      const known = ["SETUP", "PLAY", "TEARDOWN"].includes(method) && file === this.file;
      if (!known) continue;
      await this.awake;
      const usual = `RTSP/1.0 200 OK\n${lines[1]}\nSession: 123456`;
      await connection.write(ascii(method === "SETUP" ? this.setup ?? usual : usual));
      if (method === "PLAY") await this.#play(port);
    }
    connection.close();
  }

  async #play(port: number): Promise<void> {
    for (const sequence of [1, 2, 3]) {
      const packet = rtpPacket(tinyJpeg(sequence), { sequence, timestamp: 0, ssrc: 0 });
      await this.#socket.send(packet, { transport: "udp", hostname: "127.0.0.1", port });
    }
  }
}

async function withLabServer(
  body: (lab: LabServer) => Promise<void>,
  file?: string,
): Promise<void> {
  const lab = new LabServer(file);
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
}

type Wishes = Partial<OpenOptions>;

/** Opens in the lab's form: HOST PORT RTP_PORT FILE. */
async function openLab(
  stage: Stage,
  port: number,
  { file = "movie.Mjpeg", rtpPort = 0, ...wishes }: Wishes & { file?: string } = {},
): Promise<MediaSession> {
  const target = { hostname: "127.0.0.1", port, rtpPort, file };
  const options = stage.options({ dialect: "auto", transport: "auto", ...wishes });
  return stage.keep(await openLabMedia(target, options));
}

/** Opens by a URL. */
async function openUrl(
  stage: Stage,
  port: number,
  wishes: Wishes = {},
  path = "movie.Mjpeg",
): Promise<MediaSession> {
  const options = stage.options({ dialect: "auto", transport: "auto", ...wishes });
  return stage.keep(await openUrlMedia(parseUrl(`rtsp://127.0.0.1:${port}/${path}`), options));
}

/** A standard server waits for the end of a lab request. */
const STANDARD: Script = {
  media: async (client) => {
    await client.rtp(...packetsOf(PICTURES).flat());
    await client.rtcp(goodbye());
  },
};

/** The requests a watcher saw, in order. */
function asked({ viewer }: Stage): (string | undefined)[] {
  return viewer.messages.filter(({ direction }: ObservedMessage) => direction === "out")
    .map(({ method }) => method);
}

Deno.test("the lab's form on a lab server: nobody else is asked", async () => {
  await withLabServer(async (lab) => {
    await onStage({}, async (stage) => {
      const session = await stage.pass(openLab(stage, lab.port), 1);
      await stage.pass(session.play(), 1);
      await stage.viewer.until("three pictures", ({ frames }) => frames.length === 3);
      await stage.clock.advance(2 * ALONE_MS);
      assertEquals(stage.viewer.codes, []);
      assertEquals(lab.heard, ["SETUP", "PLAY"]);
    });
  });
});

Deno.test("a URL on a standard server: nobody else is asked", async () => {
  await onStage(STANDARD, async (stage) => {
    const session = await openUrl(stage, stage.server.port);
    await session.play();
    await stage.viewer.until("the pictures", ({ frames }) => frames.length === 6);
    assertEquals(stage.viewer.codes, []);
    assertEquals(stage.server.connections.length, 1);
  });
});

Deno.test("the lab's form on a standard server: a second of silence, then RTSP on the port asked for", async () => {
  await onStage(STANDARD, async (stage) => {
    const free = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
    const rtpPort = (free.addr as Deno.NetAddr).port;
    free.close();
    const opening = openLab(stage, stage.server.port, { rtpPort, file: "my movie.Mjpeg" });
    await stage.viewer.until("SETUP", ({ messages }) => messages.length === 1);
    await stage.clock.advance(ALONE_MS - 1);
    assertEquals(asked(stage), ["SETUP"]);
    const session = await stage.pass(opening);
    assertEquals(asked(stage), ["SETUP", "OPTIONS", "DESCRIBE", "SETUP"]);
    assertEquals(stage.server.asked("DESCRIBE")[0]?.uri, stage.server.url("my%20movie.Mjpeg"));
    assertMatch(
      stage.server.asked("SETUP")[0]!.headers.get("Transport")!,
      new RegExp(`client_port=${rtpPort}-${rtpPort + 1}$`),
    );
    assertEquals(stage.viewer.codes.filter((code) => code === "dialect"), ["dialect"]);
    await session.play();
    await stage.viewer.until("the pictures", ({ frames }) => frames.length === 6);
    assertEquals(await stage.pass(session.ended), "complete");
  });
});

Deno.test("a URL on a lab server: a second of silence to OPTIONS, then the lab's words", async () => {
  await withLabServer(async (lab) => {
    await onStage({}, async (stage) => {
      const opening = openUrl(stage, lab.port, {}, "my%20movie");
      await lab.until("OPTIONS");
      await stage.clock.advance(ALONE_MS - 1);
      assertEquals(lab.heard, ["OPTIONS"]);
      const session = await stage.pass(opening, 1);
      await stage.pass(session.play(), 1);
      await stage.viewer.until("three pictures", ({ frames }) => frames.length === 3);
      assertEquals(lab.heard, ["OPTIONS", "SETUP", "PLAY"]);
      assertEquals(stage.viewer.codes, ["dialect"]);
    });
  }, "my");
});

Deno.test("a standard server that is slow to answer is waited for all the same", async () => {
  const awake = Promise.withResolvers<void>();
  const script: Script = {
    ...STANDARD,
    answers: {
      OPTIONS: async () => {
        await awake.promise;
        return {};
      },
    },
  };
  await onStage(script, async (stage) => {
    const opening = openUrl(stage, stage.server.port);
    await stage.server.request("OPTIONS");
    await stage.clock.advance(ALONE_MS + TIMEOUT_MS / 2);
    await stage.viewer.until("SETUP", () => asked(stage).includes("SETUP"));
    awake.resolve();
    const session = await stage.pass(opening);
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE", "SETUP"]);
    assertEquals(session.transport, "udp");
  });
});

Deno.test("a lab server that is slow to answer is waited for all the same", async () => {
  await withLabServer(async (lab) => {
    const awake = Promise.withResolvers<void>();
    lab.awake = awake.promise;
    await onStage({}, async (stage) => {
      const opening = openLab(stage, lab.port);
      await lab.until("SETUP");
      await stage.clock.advance(ALONE_MS + TIMEOUT_MS / 2);
      await lab.until("OPTIONS");
      awake.resolve();
      const session = await stage.pass(opening, 1);
      await stage.pass(session.play(), 1);
      await stage.viewer.until("three pictures", ({ frames }) => frames.length === 3);
      assertEquals(lab.heard, ["SETUP", "OPTIONS", "PLAY"]);
    });
  });
});

const AT_ONCE: [what: string, exactly: string][] = [
  ["answers what is no RTSP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ["hangs up", ""],
];

for (const [what, exactly] of AT_ONCE) {
  Deno.test(`a server that ${what} is asked in the lab's words at once`, async () => {
    const OPTIONS = exactly === "" ? "hang up" as const : { exactly };
    await onStage({ answers: { OPTIONS } }, async (stage) => {
      const opening = openUrl(stage, stage.server.port);
      opening.catch(() => {});
      await stage.viewer.until("SETUP", () => asked(stage).includes("SETUP"));
      assertEquals(stage.viewer.codes.at(-1), "dialect");
      const error = exactly === "" ? NoReplyError : ProtocolError;
      // Neither is understood: what the first met is told.
      await assertRejects(() => stage.pass(opening), error);
      assertEquals(asked(stage), ["OPTIONS", "SETUP"]);
    });
  });
}

Deno.test("a silent server is left after the timeout, by what was asked first", async () => {
  await onStage({ answers: { OPTIONS: SILENCE } }, async (stage) => {
    const opening = openUrl(stage, stage.server.port);
    await assertRejects(() => stage.pass(opening), NoReplyError, "no reply to OPTIONS in 10 s");
  });
});

Deno.test("a refusal in the dialect is the answer, and the other one is not asked", async () => {
  await onStage({ answers: { DESCRIBE: { status: 404 } } }, async (stage) => {
    await assertRejects(() => openUrl(stage, stage.server.port), StatusError, "404");
    assertEquals(asked(stage), ["OPTIONS", "DESCRIBE"]);
  });
  await withLabServer(async (lab) => {
    lab.setup = "RTSP/1.0 404 NOT FOUND\nCSeq: 1\n";
    await onStage({}, async (stage) => {
      const opening = openLab(stage, lab.port);
      await assertRejects(() => stage.pass(opening, 1), StatusError, "404");
      assertEquals(lab.heard.includes("OPTIONS"), false);
    });
  });
});

Deno.test("a refusal in the other dialect is the answer too", async () => {
  await onStage({ answers: { DESCRIBE: { status: 404, reason: "Not Found" } } }, async (stage) => {
    const opening = openLab(stage, stage.server.port);
    await assertRejects(() => stage.pass(opening), StatusError, "DESCRIBE was answered 404");
  });
});

Deno.test("what has nothing to do with dialects ends it at once", async () => {
  await onStage({}, async (stage) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await assertRejects(() => openUrl(stage, port), UnreachableError, "connection refused");
    await assertRejects(() => openLab(stage, port), UnreachableError, "connection refused");
    const taken = stage.server.udp.rtp.port;
    const opening = openLab(stage, stage.server.port, { rtpPort: taken });
    await assertRejects(() => opening, BindError, String(taken));
    assertEquals(stage.viewer.codes, []);
  });
});

Deno.test("a dialect that was asked for is the only one tried", async () => {
  await onStage({ answers: { OPTIONS: SILENCE } }, async (stage) => {
    const { port } = stage.server;
    for (const open of [openUrl, openLab]) {
      for (const [dialect, method] of [["rtsp", "OPTIONS"], ["lab", "SETUP"]] as const) {
        const opening = open(stage, port, { dialect });
        await assertRejects(() => stage.pass(opening), NoReplyError, `no reply to ${method}`);
      }
    }
    assertEquals(stage.viewer.codes, []);
  });
});

Deno.test("calling off while both are tried ends both", async () => {
  await onStage({ answers: { OPTIONS: SILENCE } }, async (stage) => {
    const opening = openUrl(stage, stage.server.port);
    opening.catch(() => {});
    await stage.server.request("OPTIONS");
    await stage.clock.advance(ALONE_MS);
    await stage.viewer.until("SETUP", () => asked(stage).includes("SETUP"));
    stage.abort.abort(new Error("enough"));
    await assertRejects(() => stage.pass(opening), Error, "enough");
  });
});
