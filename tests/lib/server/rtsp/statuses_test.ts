import { assert, assertEquals } from "../../../support/assert.ts";
import { clipFrames } from "../../../support/clips.ts";
import type { RequestParts } from "../../../support/rtsp_peer.ts";
import { type SetUp, type TestServer, withServer } from "../../../support/rtsp_server.ts";
import { labFile } from "../../media/frames.ts";

const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

/** A request that is refused; a session over TCP has been set up before. */
interface Refusal {
  status: number;
  name: string;
  method: string;
  /** Default the movie. */
  uri?: (test: TestServer) => string;
  headers?: string[];
  body?: string;
  /** Whether the session's header goes with it. */
  inSession?: boolean;
  playing?: boolean;
  /** What the reply says beside its status. */
  says?: { header?: [name: string, value: string]; body?: string };
}

const REFUSALS: Refusal[] = [
  {
    status: 400,
    name: "a Range that is none",
    method: "PLAY",
    inSession: true,
    headers: ["Range: npt=x"],
  },
  {
    status: 400,
    name: "a Scale that is none",
    method: "PLAY",
    inSession: true,
    headers: ["Scale: fast"],
  },
  {
    status: 400,
    name: "a Transport that is none",
    method: "SETUP",
    headers: ["Transport: unicast"],
  },
  {
    status: 400,
    name: "a URI that is neither URL nor path",
    method: "DESCRIBE",
    uri: () => "http://h/p",
  },
  { status: 404, name: "DESCRIBE of nothing", method: "DESCRIBE", uri: (t) => t.url("none.Mjpeg") },
  { status: 404, name: "DESCRIBE of the server itself", method: "DESCRIBE", uri: (t) => t.url("") },
  {
    status: 404,
    name: "DESCRIBE outside the root",
    method: "DESCRIBE",
    uri: (t) => t.url("../deno.json"),
  },
  {
    status: 404,
    name: "DESCRIBE outside, escaped",
    method: "DESCRIBE",
    uri: (t) => t.url("%2e%2e/deno.json"),
  },
  {
    status: 404,
    name: "SETUP of nothing",
    method: "SETUP",
    uri: (t) => t.url("none.Mjpeg/track1"),
    headers: [TCP],
  },
  {
    status: 404,
    name: "SETUP of a track there is not",
    method: "SETUP",
    uri: (t) => t.url("movie.Mjpeg/track2"),
    headers: [TCP],
  },
  {
    status: 404,
    name: "PLAY of another file",
    method: "PLAY",
    uri: (t) => t.url("other.Mjpeg"),
    inSession: true,
  },
  {
    status: 404,
    name: "TEARDOWN of another file",
    method: "TEARDOWN",
    uri: (t) => t.url("other.Mjpeg"),
    inSession: true,
  },
  {
    status: 405,
    name: "a method of the standard that is not for clients of ours",
    method: "ANNOUNCE",
    says: {
      header: [
        "Allow",
        "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER",
      ],
    },
  },
  { status: 405, name: "RECORD", method: "RECORD", inSession: true },
  { status: 406, name: "no SDP wanted", method: "DESCRIBE", headers: ["Accept: text/html"] },
  {
    status: 415,
    name: "DESCRIBE of what RFC 2435 cannot carry",
    method: "DESCRIBE",
    uri: (t) => t.url("progressive.mjpeg"),
    says: { body: "progressive coding (SOF2)" },
  },
  {
    status: 415,
    name: "SETUP of what RFC 2435 cannot carry",
    method: "SETUP",
    uri: (t) => t.url("progressive.mjpeg"),
    headers: [TCP],
    says: { body: "progressive coding (SOF2)" },
  },
  {
    status: 415,
    name: "DESCRIBE of no media",
    method: "DESCRIBE",
    uri: (t) => t.url("broken.mjpeg"),
    says: { body: "neither a frame length nor a JPEG" },
  },
  {
    status: 451,
    name: "a parameter nobody knows",
    method: "GET_PARAMETER",
    inSession: true,
    body: "volume\r\n",
    says: { body: "volume" },
  },
  {
    status: 451,
    name: "a parameter of a session, without one",
    method: "GET_PARAMETER",
    body: "position\r\n",
  },
  {
    status: 451,
    name: "a parameter that cannot be set",
    method: "SET_PARAMETER",
    inSession: true,
    body: "volume: 11\r\n",
    says: { body: "volume: 11" },
  },
  { status: 454, name: "PLAY without a session", method: "PLAY" },
  { status: 454, name: "PAUSE without a session", method: "PAUSE" },
  { status: 454, name: "TEARDOWN without a session", method: "TEARDOWN" },
  {
    status: 454,
    name: "PLAY in a session there is not",
    method: "PLAY",
    headers: ["Session: 12345678"],
  },
  {
    status: 454,
    name: "GET_PARAMETER in a session there is not",
    method: "GET_PARAMETER",
    headers: ["Session: 1"],
  },
  { status: 454, name: "a Session that cannot be read", method: "PLAY", headers: ["Session: a b"] },
  {
    status: 455,
    name: "SETUP while playing",
    method: "SETUP",
    inSession: true,
    playing: true,
    headers: [TCP],
  },
  {
    status: 456,
    name: "a clock range in a file",
    method: "PLAY",
    inSession: true,
    headers: ["Range: clock=19961108T142300Z-"],
  },
  {
    status: 456,
    name: "a range of an unknown unit",
    method: "PLAY",
    inSession: true,
    headers: ["Range: bytes=1-2"],
  },
  {
    status: 457,
    name: "a range that begins at the end",
    method: "PLAY",
    inSession: true,
    headers: ["Range: npt=3-"],
  },
  {
    status: 457,
    name: "a range that ends before it begins",
    method: "PLAY",
    inSession: true,
    headers: ["Range: npt=2-1"],
  },
  {
    status: 457,
    name: "a range of no length",
    method: "PLAY",
    inSession: true,
    headers: ["Range: npt=2-2"],
  },
  {
    status: 457,
    name: "a range backwards that ends after it begins",
    method: "PLAY",
    inSession: true,
    headers: ["Range: npt=1-2", "Scale: -1"],
  },
  {
    status: 459,
    name: "another file in the same session",
    method: "SETUP",
    uri: (t) => t.url("other.Mjpeg/track1"),
    inSession: true,
    headers: [TCP],
  },
  { status: 461, name: "SETUP without Transport", method: "SETUP" },
  {
    status: 461,
    name: "a transport nobody speaks",
    method: "SETUP",
    headers: ["Transport: RAW/RAW/UDP;unicast;client_port=9000-9001"],
  },
  {
    status: 461,
    name: "encrypted media",
    method: "SETUP",
    headers: ["Transport: RTP/SAVP;unicast;client_port=9000-9001"],
  },
  {
    status: 461,
    name: "UDP without ports",
    method: "SETUP",
    headers: ["Transport: RTP/AVP;unicast"],
  },
  {
    status: 461,
    name: "UDP to port 0",
    method: "SETUP",
    headers: ["Transport: RTP/AVP;unicast;client_port=0-1"],
  },
  {
    status: 461,
    name: "RTCP behind the last port",
    method: "SETUP",
    headers: ["Transport: RTP/AVP;unicast;client_port=65535"],
  },
  {
    status: 461,
    name: "recording",
    method: "SETUP",
    headers: ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode="RECORD"'],
  },
  {
    status: 462,
    name: "media to somebody else",
    method: "SETUP",
    headers: ["Transport: RTP/AVP;unicast;destination=192.0.2.1;client_port=9000-9001"],
  },
  { status: 501, name: "a method nobody knows", method: "DANCE" },
  { status: 501, name: "a method in lower case", method: "describe" },
  {
    status: 551,
    name: "a feature nobody knows",
    method: "OPTIONS",
    headers: ["Require: implicit-play", "Require: onvif-replay"],
    says: { header: ["Unsupported", "implicit-play, onvif-replay"] },
  },
  {
    status: 551,
    name: "a feature of proxies",
    method: "OPTIONS",
    headers: ["Proxy-Require: tunnel"],
    says: { header: ["Unsupported", "tunnel"] },
  },
];

async function refuse(test: TestServer, row: Refusal): Promise<void> {
  const peer = await test.connect();
  const session: SetUp = await test.setUp(peer);
  if (row.playing) await test.play(peer, session);
  const headers = [...row.inSession ? [session.header] : [], ...row.headers ?? []];
  const parts: RequestParts = { headers, body: row.body ?? "" };
  const response = await peer.request(row.method, row.uri?.(test) ?? test.url(), parts);
  assertEquals(response.status, row.status);
  const { header, body = "" } = row.says ?? {};
  if (header !== undefined) assertEquals(response.headers.get(header[0]), header[1]);
  const told = new TextDecoder().decode(response.body);
  assert(told.includes(body), `the reply explains: ${told}`);
  const request = test.told("request").at(-1)!;
  assertEquals([request.method, request.status], [row.method, row.status], "what the log says");

  // The connection and its session live on.
  assertEquals((await peer.request("OPTIONS", "*")).status, 200, "OPTIONS afterwards");
  assertEquals(test.server.sessionCount, 1, "sessions afterwards");
  if (!row.playing) await test.play(peer, session);
}

for (const row of REFUSALS) {
  Deno.test(`${row.status} for ${row.name}`, () => withServer({}, (test) => refuse(test, row)));
}

Deno.test("400 for a request without CSeq, or with one that is no number", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await peer.send(`OPTIONS * RTSP/1.0\r\n\r\n`);
    const without = await peer.response();
    assertEquals([without.status, without.headers.has("CSeq")], [400, false]);
    await peer.send(`OPTIONS * RTSP/1.0\r\nCSeq: one\r\n\r\n`);
    assertEquals((await peer.response()).status, 400);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));

for (const version of ["RTSP/1.1", "RTSP/2.0", "RTSP/1.4"]) {
  Deno.test(`505 for ${version}, in the words of RTSP/1.0`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      await peer.send(`OPTIONS ${test.url()} ${version}\r\nCSeq: 7\r\n\r\n`);
      const response = await peer.response();
      assertEquals([response.status, response.version], [505, "RTSP/1.0"]);
      assertEquals(response.headers.get("CSeq"), "7");
      assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    }));
}

Deno.test("453 for one session more than the limit, until one of them ends", () =>
  withServer({ limits: { maxSessions: 2 } }, async (test) => {
    const peer = await test.connect();
    const first = await test.setUp(peer, test.receiver());
    await test.setUp(peer, test.receiver());
    const parts = { headers: [`Transport: ${test.receiver().transport}`] };
    assertEquals((await peer.request("SETUP", test.url(), parts)).status, 453);
    await test.ask(peer, "TEARDOWN", first);
    assertEquals((await peer.request("SETUP", test.url(), parts)).status, 200);
  }));

Deno.test("455 for one more PLAY than may wait", () =>
  withServer({ limits: { queuedPlays: 1 } }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-1");
    const headers = ["Range: npt=1-2"];
    assertEquals((await test.ask(peer, "PLAY", session, { headers })).status, 200);
    assertEquals((await test.ask(peer, "PLAY", session, { headers })).status, 455);
  }));

Deno.test("500 for what goes wrong in the server itself, and the connection lives on", () => {
  const media = {
    open: () => Promise.reject(new Error("The disk is gone")),
    list: () => Promise.resolve([]),
  };
  return withServer({ media }, async (test) => {
    const peer = await test.connect();
    assertEquals((await peer.request("DESCRIBE", test.url())).status, 500);
    assertEquals(test.told("error").map(({ message }) => message), ["The disk is gone"]);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  });
});

Deno.test("a frame that RFC 2435 cannot carry among others is left out, and the log says so", () => {
  const frames = clipFrames({ frames: 3 });
  const at = frames[1]!.findIndex((byte, i, all) => byte === 0xff && all[i + 1] === 0xc0);
  frames[1]![at + 1] = 0xc2;
  return withServer({ files: { "mixed.mjpeg": labFile(frames) } }, async (test) => {
    const peer = await test.connect();
    const url = test.url("mixed.mjpeg");
    const { header } = await test.setUp(peer, undefined, { url });
    await peer.request("PLAY", url, { headers: [header] });
    await test.until("session-playing");
    await test.clock.advance(200);
    await test.until("session-end-of-media");
    const packets = await peer.rtp(2);
    assertEquals(packets.filter(({ marker }) => marker).length, 2);
    assertEquals(packets.at(-1)!.timestamp - packets[0]!.timestamp >>> 0, 9000);
    const [warning] = test.told("session-warning");
    assertEquals(
      warning?.message,
      "frame 2 left out: RFC 2435 cannot carry this JPEG: progressive coding (SOF2)",
    );
  });
});
