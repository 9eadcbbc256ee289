import { answerChallenge } from "../../../../lib/auth/answer.ts";
import { type Challenge, isStale, parseChallenges } from "../../../../lib/auth/challenge.ts";
import type { RtspResponse } from "../../../../lib/rtsp/message.ts";
import { Authenticator, secretFor } from "../../../../lib/server/authenticator.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { requestText, type RtspPeer } from "../../../support/rtsp_peer.ts";
import { type TestServer, withServer } from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

const REALM = "the cinema";
const PASSWORD = "s3cret";

/** A server that asks for anna's password, and the clock its nonces age by. */
async function withPassword(
  body: (test: TestServer, nonceClock: FakeClock) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const users = new Map([["anna", secretFor("anna", REALM, PASSWORD)]]);
  const randomBytes = (length: number): Uint8Array =>
    crypto.getRandomValues(new Uint8Array(length));
  const authenticator = new Authenticator({ realm: REALM, users, clock, randomBytes });
  await withServer({ authenticator }, async (test) => {
    await body(test, clock);
    const log = JSON.stringify(test.events);
    assert(!log.includes(PASSWORD), "a password in the log");
    assert(!/nonce|response=/.test(log), "credentials in the log");
  });
}

/** A client that answers with what the last challenge was. */
class User {
  #challenges: Challenge[] = [];
  #nonceCount = 0;
  /** The credentials of every request, as somebody on the way sees them. */
  readonly sent: string[] = [];

  constructor(readonly peer: RtspPeer, readonly password = PASSWORD) {}

  /** One request, with credentials once a challenge has been seen. */
  async ask(method: string, uri: string, headers: string[] = []): Promise<RtspResponse> {
    const response = await this.peer.request(method, uri, {
      headers: [...headers, ...this.#authorization(method, uri)],
    });
    if (response.status === 401) this.#learn(response);
    return response;
  }

  #learn({ headers }: RtspResponse): void {
    this.#challenges = parseChallenges(headers.getAll("WWW-Authenticate"));
    this.#nonceCount = 0;
  }

  #authorization(method: string, uri: string): string[] {
    const { password } = this;
    const nonceCount = ++this.#nonceCount;
    const fields = { username: "anna", password, method, uri, cnonce: "c", nonceCount };
    const answered = answerChallenge(this.#challenges, fields);
    if (answered === undefined) return [];
    const header = `Authorization: ${answered.authorization}`;
    this.sent.push(header);
    return [header];
  }
}

const INTERLEAVED = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

Deno.test("401 with a challenge, then the whole way from DESCRIBE to TEARDOWN with the password", () =>
  withPassword(async (test) => {
    const peer = await test.connect();
    const user = new User(peer);
    const first = await user.ask("DESCRIBE", test.url());
    assertEquals(first.status, 401);
    assertEquals(first.body.length, 0);
    assertStringIncludes(
      first.headers.get("WWW-Authenticate")!,
      `Digest realm="${REALM}", nonce="`,
    );
    assertEquals((await user.ask("DESCRIBE", test.url())).status, 200);
    const setUp = await user.ask("SETUP", `${test.url()}/track1`, [INTERLEAVED]);
    assertEquals(setUp.status, 200);
    const session = [`Session: ${setUp.headers.get("Session")!.split(";")[0]}`];
    assertEquals((await user.ask("PLAY", test.url(), session)).status, 200);
    await test.until("session-playing");
    await test.clock.advance(0);
    await peer.rtp(1);
    for (const method of ["OPTIONS", "GET_PARAMETER", "PAUSE", "TEARDOWN"]) {
      assertEquals((await user.ask(method, test.url(), session)).status, 200, method);
    }
  }));

Deno.test("credentials that were recorded open nothing, on no connection, by no method and for no other file", () =>
  withPassword(async (test) => {
    const user = new User(await test.connect());
    await user.ask("DESCRIBE", test.url());
    assertEquals((await user.ask("DESCRIBE", test.url())).status, 200);
    const setUp = await user.ask("SETUP", `${test.url()}/track1`, [INTERLEAVED]);
    const session = `Session: ${setUp.headers.get("Session")!.split(";")[0]}`;
    const [described, setUpAs] = user.sent as [string, string];
    const thief = await test.connect();
    for (
      const [method, uri, headers] of [
        ["DESCRIBE", test.url(), [described]],
        ["DESCRIBE", test.url("other.Mjpeg"), [described]],
        ["SETUP", `${test.url()}/track1`, [setUpAs, INTERLEAVED]],
        ["PLAY", test.url(), [setUpAs, session]],
        ["TEARDOWN", test.url(), [described, session]],
      ] as const
    ) {
      for (const peer of [thief, user.peer]) {
        let status: number | undefined;
        peer.request(method, uri, { headers: [...headers] }).then((reply) => status = reply.status);
        // Wrong answers cost time.
        await eventually(`an answer to ${method}`, () => {
          test.clock.advanceAtOnce(10);
          return status !== undefined;
        });
        assert(status === 401 || status === 503, `${method} ${uri}: ${status}`);
      }
    }
    assertEquals(test.server.sessionCount, 1);
  }));

Deno.test("every method but OPTIONS wants credentials, and so does OPTIONS in a session", () =>
  withPassword(async (test) => {
    const peer = await test.connect();
    const methods = ["DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"];
    for (const method of [...methods, "SET_PARAMETER", "ANNOUNCE", "NONSENSE"]) {
      const headers = [INTERLEAVED];
      assertEquals((await peer.request(method, test.url(), { headers })).status, 401, method);
    }
    assertEquals((await peer.request("OPTIONS", test.url())).status, 200);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    const headers = ["Session: 1"];
    assertEquals((await peer.request("OPTIONS", test.url(), { headers })).status, 401);
    assertEquals(test.server.sessionCount, 0);
  }));

Deno.test("who has no password learns nothing of sessions, and cannot keep one alive", () =>
  withPassword(async (test) => {
    const user = new User(await test.connect());
    const receiver = test.receiver();
    await user.ask("DESCRIBE", test.url());
    const headers = [`Transport: ${receiver.transport}`];
    const setUp = await user.ask("SETUP", `${test.url()}/track1`, headers);
    const id = setUp.headers.get("Session")!.split(";")[0]!;
    const stranger = await test.connect();
    for (const named of [id, "0123456789abcdef"]) {
      const headers = [`Session: ${named}`];
      const response = await stranger.request("TEARDOWN", test.url(), { headers });
      assertEquals(response.status, 401);
      assertEquals(response.headers.get("Session"), undefined);
    }
    await test.clock.advance(59_000);
    assertEquals(
      (await stranger.request("GET_PARAMETER", test.url(), {
        headers: [`Session: ${id}`],
      })).status,
      401,
    );
    assertEquals(test.server.sessionCount, 1);
    await test.clock.advance(1_000);
    assertEquals(test.server.sessionCount, 0, "it timed out all the same");
  }));

Deno.test("a wrong password is answered half a second later, told in the log, and may be corrected", () =>
  withPassword(async (test) => {
    const peer = await test.connect();
    const user = new User(peer, "hunter2");
    await user.ask("DESCRIBE", test.url());
    const refused = user.ask("DESCRIBE", test.url());
    await test.until("error");
    await test.clock.advance(499);
    assertEquals(test.told("request").length, 1, "not answered yet");
    await test.clock.advance(1);
    assertEquals((await refused).status, 401);
    const [told] = test.told("error");
    assertEquals(told!.message, "DESCRIBE refused: wrong user name or password");
    const right = new User(peer);
    await right.ask("DESCRIBE", test.url());
    assertEquals((await right.ask("DESCRIBE", test.url())).status, 200);
  }));

Deno.test("an old nonce is answered with stale=true, and the new one does", () =>
  withPassword(async (test, nonceClock) => {
    const user = new User(await test.connect());
    await user.ask("DESCRIBE", test.url());
    await nonceClock.advance(5 * 60_000);
    const stale = await user.ask("DESCRIBE", test.url());
    assertEquals(stale.status, 401);
    // live555 reads realm, nonce and stale in this order and no other.
    const value = stale.headers.get("WWW-Authenticate")!;
    assert(/^Digest realm="[^"]*", nonce="[^"]*", stale=true/.test(value), value);
    assert(parseChallenges(value).every(isStale));
    assertEquals((await user.ask("DESCRIBE", test.url())).status, 200);
    assertEquals(test.told("error"), [], "nobody did anything wrong");
  }));

Deno.test("trap 11: a password in the request line, as openRTSP leaves it there, is not told on", () =>
  withPassword(async (test) => {
    const peer = await test.connect();
    const user = new User(peer);
    const uri = test.url().replace("://", `://anna:${PASSWORD}@`);
    await user.ask("DESCRIBE", uri);
    const response = await user.ask("DESCRIBE", uri);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("Content-Base"), `${test.url()}/`);
  }));

Deno.test("401 does not break the order of pipelined requests", () =>
  withPassword(async (test) => {
    const peer = await test.connect();
    const line = (method: string, cseq: number, more = ""): string =>
      `${method} ${test.url()} RTSP/1.0\r\nCSeq: ${cseq}\r\n${more}\r\n`;
    await peer.send(
      line("DESCRIBE", 1) + line("PLAY", 2, "Authorization: Digest x\r\n") + line("OPTIONS", 3),
    );
    assertEquals((await peer.response()).headers.get("CSeq"), "1");
    await test.until("error");
    await test.clock.advance(500);
    assertEquals((await peer.response()).headers.get("CSeq"), "2");
    const third = await peer.response();
    assertEquals([third.headers.get("CSeq"), third.status], ["3", 200]);
  }));

Deno.test("a lab client is turned away with 401 in the lab's own shape, and the log says why", () =>
  withPassword(async (test) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
    const request =
      "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 7\nTransport: RTP/UDP; client_port= 25000\n\n";
    await socket.write(new TextEncoder().encode(request));
    const reply = await new Response(socket.readable).text();
    assertEquals(reply, "RTSP/1.0 401 Unauthorized\nCSeq: 7\nSession: 0\n");
    assertStringIncludes(
      test.told("error")[0]!.message,
      "course-lab dialect has no authentication",
    );
    assertEquals(test.server.sessionCount, 0);
  }));

for (
  const [name, line] of [
    ["an Authorization header without a colon", `DESCRIBE * RTSP/1.0\r\nAuthorization ${PASSWORD}`],
    ["a user in a broken request line", `DESCRIBE rtsp://anna:${PASSWORD}@host/`],
  ] as const
) {
  Deno.test(`${name} is not repeated where the log says why a connection ended`, () =>
    withPassword(async (test) => {
      const peer = await test.connect();
      const whole = requestText("OPTIONS", "*", 1);
      for (let i = 0; i < 8; i++) await peer.send(`${line}\r\nCSeq: ${i}\r\n\r\n${whole}`);
      await peer.closed();
      await test.until("disconnected");
      assertStringIncludes(test.told("disconnected")[0]!.reason, "malformed");
    }));
}
