// Sessions are their owners' to command, and media goes to nobody who did not ask for it.
import { Authenticator } from "../../../../lib/server/authenticator.ts";
import { answerChallenge } from "../../../../lib/auth/answer.ts";
import { parseChallenges } from "../../../../lib/auth/challenge.ts";
import { parseUsers } from "../../../../lib/server/users.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { type RequestParts, RtspPeer } from "../../../support/rtsp_peer.ts";
import { pass, type TestServer, withServer } from "../../../support/rtsp_server.ts";
import type { RtspResponse } from "../../../../lib/rtsp/message.ts";

const METHODS = ["PLAY", "PAUSE", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN", "SETUP", "OPTIONS"];

/** A server on all addresses, since a client cannot choose its own: to `::1` it has another one. */
const everywhere = { host: "::" } as const;
const ignore = !hasIpv6();

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("identifiers are 128 random bits, none like another", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push((await test.setUp(peer)).id);
    for (const id of ids) assertMatch(id, /^[0-9a-f]{32}$/);
    assertEquals(new Set(ids).size, 20);
    for (let at = 0; at < 32; at++) {
      assert(new Set(ids.map((id) => id[at])).size > 1, `digit ${at} is always the same`);
    }
  }));

Deno.test("identifiers next to one that exists are nobody's", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { id } = await test.setUp(peer);
    const near = [id.slice(0, 31), `${id}0`, id.toUpperCase().replace(/^[0-9]+$/, "X"), "", "0"];
    near.push(
      ...[0, 15, 31].map((at) => id.slice(0, at) + (id[at] === "0" ? "1" : "0") + id.slice(at + 1)),
    );
    for (const guess of near.filter((guess) => guess !== id)) {
      const { status } = await peer.request("PLAY", test.url(), { headers: [`Session: ${guess}`] });
      assertEquals(status, 454, guess);
    }
  }));

Deno.test("a session over TCP obeys its own connection and no other, not even with its identifier", () =>
  withServer({}, async (test) => {
    const [owner, thief] = [await test.connect(), await test.connect()];
    const session = await test.setUp(owner);
    await test.play(owner, session);
    for (const method of METHODS) {
      const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
      const { status, headers: given } = await test.ask(thief, method, session, { headers });
      assertEquals(status, 454, method);
      assertEquals(given.get("Session"), undefined);
    }
    await test.clock.advance(0);
    await owner.frames(1);
    assertEquals(thief.blocks.length, 0);
    assertEquals((await test.ask(owner, "TEARDOWN", session)).status, 200);
  }));

Deno.test("trap 39: a session over UDP obeys other connections of its address, and no other's", {
  ignore,
}, () =>
  withServer(everywhere, async (test) => {
    const owner = await test.connect();
    const session = await test.setUp(owner, test.receiver());
    const thief = await RtspPeer.connect(test.port, "::1");
    for (const method of METHODS) {
      const headers = ["Transport: RTP/AVP;unicast;client_port=9000-9001"];
      assertEquals((await test.ask(thief, method, session, { headers })).status, 454, method);
    }
    await thief.close();
    await owner.close();
    const again = await test.connect();
    assertEquals((await test.ask(again, "GET_PARAMETER", session)).status, 200);
    assertEquals((await test.ask(again, "TEARDOWN", session)).status, 200);
  }));

Deno.test(
  "where that was asked for, a session obeys other addresses too",
  { ignore },
  () =>
    withServer({ ...everywhere, sessionAnyConnection: true }, async (test) => {
      const session = await test.setUp(await test.connect(), test.receiver());
      const other = await RtspPeer.connect(test.port, "::1");
      assertEquals((await test.ask(other, "TEARDOWN", session)).status, 200);
      await other.close();
    }),
);

const REALM = "rtspkit";
const USERS = parseUsers("anna:one /movie.Mjpeg /folder/*\nbert:two\n", REALM);

/** One client's requests with a password. */
class User {
  #challenges: ReturnType<typeof parseChallenges> = [];
  #count = 0;

  constructor(readonly peer: RtspPeer, readonly username: string, readonly password: string) {}

  async ask(method: string, uri: string, parts: RequestParts = {}): Promise<RtspResponse> {
    const first = await this.#send(method, uri, parts);
    if (first.status !== 401) return first;
    this.#challenges = parseChallenges(first.headers.getAll("WWW-Authenticate"));
    this.#count = 0;
    return await this.#send(method, uri, parts);
  }

  async #send(method: string, uri: string, { headers = [] }: RequestParts): Promise<RtspResponse> {
    const { username, password } = this;
    const nonceCount = ++this.#count;
    const answer = answerChallenge(this.#challenges, {
      ...{ username, password, method, uri, nonceCount },
      cnonce: "c",
    });
    const more = answer === undefined ? [] : [`Authorization: ${answer.authorization}`];
    return await this.peer.request(method, uri, { headers: [...headers, ...more] });
  }
}

function withUsers(
  body: (test: TestServer) => Promise<void>,
): Promise<void> {
  const randomBytes = (length: number): Uint8Array =>
    crypto.getRandomValues(new Uint8Array(length));
  const options = { realm: REALM, users: USERS, clock: new FakeClock(), randomBytes };
  return withServer({ authenticator: new Authenticator(options) }, body);
}

Deno.test("a session is its user's: another with a password of its own cannot command it", () =>
  withUsers(async (test) => {
    const [anna, bert] = [
      new User(await test.connect(), "anna", "one"),
      new User(await test.connect(), "bert", "two"),
    ];
    const headers = [`Transport: ${test.receiver().transport}`];
    const setUp = await anna.ask("SETUP", test.url(), { headers });
    const session = `Session: ${setUp.headers.get("Session")!.split(";")[0]}`;
    for (const method of METHODS) {
      const { status } = await bert.ask(method, test.url(), { headers: [session, ...headers] });
      assertEquals(status, 454, method);
    }
    assertEquals((await anna.ask("TEARDOWN", test.url(), { headers: [session] })).status, 200);
  }));

const RIGHTS: [name: string, status: number][] = [
  ["movie.Mjpeg", 200],
  ["movie.Mjpeg/track1", 200],
  ["%6Dovie.Mjpeg", 200],
  ["folder/my%20movie.mjpeg", 200],
  ["other.Mjpeg", 403],
  ["Movie.Mjpeg", 403],
  ["nothing.Mjpeg", 403],
  ["folder/../other.Mjpeg", 403],
  ["folder/%2e%2e/other.Mjpeg", 403],
  ["other.Mjpeg?/movie.Mjpeg", 403],
  ["folder/../other.Mjpeg?x=1", 403],
];
for (const [name, status] of RIGHTS) {
  Deno.test(`who may watch /movie.Mjpeg and /folder/* is answered ${status} for ${name}`, () =>
    withUsers(async (test) => {
      const anna = new User(await test.connect(), "anna", "one");
      const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
      for (const method of ["DESCRIBE", "SETUP"]) {
        assertEquals((await anna.ask(method, test.url(name), { headers })).status, status, method);
      }
      const bert = new User(await test.connect(), "bert", "two");
      assert((await bert.ask("DESCRIBE", test.url("other.Mjpeg"))).status === 200, "all is bert's");
    }));
}

const ELSEWHERE = ["192.0.2.1", "127.0.0.2", "localhost", "255.255.255.255", "239.1.2.3", "[::1]"];
for (const destination of ELSEWHERE) {
  Deno.test(`media is not sent to destination=${destination}, and to nobody before PLAY`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const receiver = test.receiver();
      const transport = `${receiver.transport};destination=${destination}`;
      const headers = [`Transport: ${transport}`];
      assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 462);
      assertEquals(test.server.sessionCount, 0);
    }));
}

Deno.test("a source or a client_ip of the client's own invention changes nothing", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const headers = [`Transport: ${receiver.transport};source=192.0.2.1;client_ip=192.0.2.2`];
    const response = await peer.request("SETUP", test.url(), { headers });
    assertEquals(response.status, 200);
    assert(!response.headers.get("Transport")!.includes("192.0.2."));
    const session = response.headers.get("Session")!.split(";")[0]!;
    await pass(test.clock, 1000);
    assertEquals(receiver.rtpDatagrams.length + receiver.rtcpDatagrams.length, 0, "no PLAY yet");
    await peer.request("PLAY", test.url(), { headers: [`Session: ${session}`] });
    await test.until("session-playing");
    await test.clock.advance(0);
    await receiver.frames(1);
  }));

Deno.test("a stream over UDP that nobody answers stops at the session timeout", () =>
  withServer({ loop: true, sessionTimeout: 10 }, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, 10_000);
    assertEquals(test.told("session-ended").map(({ reason }) => reason), ["timed out"]);
    assertEquals([test.server.sessionCount, test.server.scheduledCount], [0, 0]);
  }));
