// The program among people who mean it ill, while others watch: those must notice nothing.
import { interleave } from "../../lib/rtsp/format.ts";
import type { RtpPacket } from "../../lib/rtp/packet.ts";
import { closeQuietly, writeAll } from "../../lib/net/tcp.ts";
import { labFile } from "../lib/media/frames.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { clipFrames } from "../support/clips.ts";
import { framesOf, numbers, numbersOf } from "../support/rtp_frames.ts";
import { requestText, RtpReceiver, RtspPeer } from "../support/rtsp_peer.ts";
import { type Served, withServe } from "./served.ts";

const FRAMES = 40;
const MOVIE = clipFrames({ frames: FRAMES, width: 128, height: 96, quality: 90 });
const FILES = { "movie.Mjpeg": labFile(MOVIE) };
const VIEWERS = 50;
const SLOWLORISES = 500;

function urlOf({ port }: Served, name = "movie.Mjpeg"): string {
  return `rtsp://127.0.0.1:${port}/${name}`;
}

async function setUp(served: Served, peer: RtspPeer, transport: string): Promise<string> {
  const headers = [`Transport: ${transport}`];
  const response = await peer.request("SETUP", urlOf(served), { headers });
  assertEquals(response.status, 200);
  return `Session: ${response.headers.get("Session")!.split(";")[0]}`;
}

/** Watches the whole clip, every other viewer over UDP, and gives the numbers of the frames it saw. */
async function watch(served: Served, viewer: number): Promise<number[]> {
  const peer = await RtspPeer.connect(Number(served.port));
  const receiver = viewer % 2 === 0 ? new RtpReceiver() : undefined;
  try {
    const session = await setUp(served, peer, receiver?.transport ?? "RTP/AVP/TCP;unicast");
    const { status } = await peer.request("PLAY", urlOf(served), { headers: [session] });
    assertEquals(status, 200);
    const packets = wholeFrames(await (receiver ?? peer).frames(FRAMES));
    assertEquals(
      (await peer.request("TEARDOWN", urlOf(served), { headers: [session] })).status,
      200,
    );
    return numbersOf(framesOf(packets), MOVIE);
  } finally {
    await receiver?.close();
    await peer.close();
  }
}

/** The packets of the first frames of the clip; where it starts over, more come. */
function wholeFrames(packets: readonly RtpPacket[]): RtpPacket[] {
  let frames = 0;
  const last = packets.findIndex(({ marker }) => marker && ++frames === FRAMES);
  return packets.slice(0, last + 1);
}

/** All viewers see every frame, whole and in order. */
async function watchAll(served: Served, viewers = VIEWERS): Promise<void> {
  const seen = await Promise.all(Array.from({ length: viewers }, (_, i) => watch(served, i)));
  for (const [i, frames] of seen.entries()) {
    assertEquals(frames, numbers(0, FRAMES - 1), `viewer ${i}`);
  }
}

/** Connections that stay open until the end of the test. */
class Crowd {
  readonly #sockets: Deno.TcpConn[] = [];

  async connect({ port }: Served): Promise<Deno.TcpConn> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    this.#sockets.push(socket);
    return socket;
  }

  close(): void {
    for (const socket of this.#sockets) closeQuietly(socket);
  }
}

/** Runs an attack that goes on in the background while the viewers watch. */
async function among(
  flags: string[],
  attack: (served: Served, crowd: Crowd) => Promise<unknown>,
): Promise<string> {
  const crowd = new Crowd();
  let stderr = "";
  await withServe(FILES, flags, async (served) => {
    const attacking = attack(served, crowd);
    try {
      await watchAll(served);
      await attacking;
      await watchAll(served, 2);
    } finally {
      crowd.close();
      const result = await served.stop();
      stderr = result.stderr;
      assertEquals(result.status, 0, stderr);
      assert(!/defect|TypeError|RangeError|\bat file:/.test(stderr), stderr);
    }
  });
  return stderr;
}

/** Writes until the other end has had enough. */
async function pour(socket: Deno.TcpConn, bytes: Uint8Array, times: number): Promise<void> {
  try {
    for (let i = 0; i < times; i++) await writeAll(socket, bytes);
  } catch {
    // It was closed, as it should be.
  }
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test(`${SLOWLORISES} who dribble their requests take nothing from ${VIEWERS} who watch`, async () => {
  await among([], async (served, crowd) => {
    const begun = ascii("OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\nX-Slow: ");
    const sockets = await Promise.all(
      Array.from({ length: SLOWLORISES }, () => crowd.connect(served)),
    );
    await Promise.all(sockets.map((socket) => writeAll(socket, begun)));
    for (let byte = 0; byte < 20; byte++) {
      await Promise.all(sockets.map((socket) => pour(socket, ascii("x"), 1)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});

const BOMBS: [name: string, bomb: Uint8Array, times: number][] = [
  ["header lines without end", ascii("OPTIONS * RTSP/1.0\r\nX: ".padEnd(65_536, "x")), 200],
  ["headers without number", ascii(`OPTIONS * RTSP/1.0\r\n${"X: y\r\n".repeat(10_000)}`), 100],
  [
    "bodies without end",
    ascii("SET_PARAMETER * RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n"),
    500,
  ],
  ["interleaved blocks", interleave(0, new Uint8Array(65_535)), 200],
  ["empty interleaved blocks", ascii("$\x00\x00\x00".repeat(16_384)), 100],
  ["requests", ascii(requestText("OPTIONS", "*", 1).repeat(1000)), 20],
  ["blank lines", ascii("\r\n".repeat(32_768)), 200],
];
for (const [name, bomb, times] of BOMBS) {
  Deno.test(`a bomb of ${name}, on ten connections, harms nobody`, async () => {
    await among([], async (served, crowd) => {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => crowd.connect(served)));
      const pouring = sockets.map((socket) => pour(socket, bomb, times));
      // Who is held back by the limits is not waited for.
      const patience = new Promise((resolve) => setTimeout(resolve, 3000));
      await Promise.race([Promise.all(pouring), patience]);
      crowd.close();
      await Promise.all(pouring);
    });
  });
}

Deno.test("twenty who watch and never read are left behind, and nobody else is", async () => {
  await among(["--loop"], async (served, crowd) => {
    for (let i = 0; i < 20; i++) {
      const socket = await crowd.connect(served);
      const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
      await writeAll(socket, ascii(requestText("SETUP", urlOf(served), 1, { headers })));
      const buffer = new Uint8Array(1024);
      const text = new TextDecoder().decode(buffer.subarray(0, await socket.read(buffer) ?? 0));
      const session = /^Session: ([0-9a-f]+)/m.exec(text)![1];
      const play = requestText("PLAY", urlOf(served), 2, { headers: [`Session: ${session}`] });
      await writeAll(socket, ascii(play));
      // Replies that nobody reads either.
      await pour(socket, ascii(requestText("DESCRIBE", urlOf(served), 3).repeat(20)), 1);
    }
  });
});

Deno.test("where there is no place left, the newcomer is told 503, and viewers see everything", async () => {
  const flags = ["--max-connections", String(VIEWERS + 10)];
  const stderr = await among(flags, async (served, crowd) => {
    // Viewers come first.
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (let i = 0; i < 20; i++) {
      const socket = await crowd.connect(served).catch(() => undefined);
      if (socket !== undefined) await pour(socket, ascii(requestText("OPTIONS", "*", 1)), 1);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    crowd.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  assertMatch(stderr, /limit reached: connections/);
});

Deno.test("nothing that a client sends as a secret is in what the program writes", async () => {
  const flags = ["--auth", "anna:hunter2", "--verbose"];
  await withServe(FILES, flags, async (served) => {
    const peer = await RtspPeer.connect(Number(served.port));
    const uri = urlOf(served).replace("//", "//anna:hunter2@");
    const secrets = [
      `Authorization: Basic ${btoa("anna:hunter2")}`,
      'Authorization: Digest username="anna", realm="rtspkit", nonce="hunter2", uri="/", response="hunter2"',
      "Authorization: hunter2",
    ];
    for (const header of secrets) await peer.request("DESCRIBE", uri, { headers: [header] });
    await peer.close();
    const { stdout, stderr } = await served.stop();
    const written = stdout + stderr;
    assert(written.includes("DESCRIBE"), "the exchange is shown");
    for (const secret of ["hunter2", btoa("anna:hunter2"), btoa("anna:hunter2").slice(0, 8)]) {
      assert(!written.includes(secret), written);
    }
  });
});
