import { answerChallenge } from "../../../lib/auth/answer.ts";
import { basicCredentials } from "../../../lib/auth/basic.ts";
import { type Challenge, isStale, parseChallenges } from "../../../lib/auth/challenge.ts";
import { formatCredentials } from "../../../lib/auth/credentials.ts";
import { digestResponse } from "../../../lib/auth/digest.ts";
import {
  Authenticator,
  type AuthenticatorOptions,
  type AuthVerdict,
  secretFor,
} from "../../../lib/server/authenticator.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const REALM = "the cinema";
const USERS = new Map([["anna", secretFor("anna", REALM, "s3cret")]]);
const ALLOWED: AuthVerdict = { allowed: true, user: { name: "anna" } };
const LIFETIME_MS = 5 * 60_000;
const URI = "rtsp://127.0.0.1:8554/movie.Mjpeg";

/** Random bytes that differ from call to call and are the same in every run. */
function countingBytes(): (length: number) => Uint8Array {
  let next = 0;
  return (length) => new Uint8Array(length).fill(++next);
}

function make(options: Partial<AuthenticatorOptions> = {}): [Authenticator, FakeClock] {
  const clock = new FakeClock();
  const randomBytes = countingBytes();
  const authenticator = new Authenticator({
    realm: REALM,
    users: USERS,
    clock,
    randomBytes,
    ...options,
  });
  return [authenticator, clock];
}

function check(
  authenticator: Authenticator,
  authorization?: string,
  { method = "DESCRIBE", encrypted = false } = {},
): AuthVerdict {
  return authenticator.check({ method, authorization, encrypted });
}

/** The challenges of a refusal. */
function challengesOf(verdict: AuthVerdict): Challenge[] {
  assert(!verdict.allowed, "expected a refusal");
  return parseChallenges(verdict.challenges);
}

/** What a client with a password makes of a refusal. */
function answer(
  verdict: AuthVerdict,
  fields: Partial<Parameters<typeof answerChallenge>[1]> = {},
): string {
  const answered = answerChallenge(challengesOf(verdict), {
    username: "anna",
    password: "s3cret",
    method: "DESCRIBE",
    uri: URI,
    cnonce: "0a4f113b",
    nonceCount: 1,
    allowBasic: false,
    ...fields,
  });
  assert(answered !== undefined, "the challenge could not be answered");
  return answered.authorization;
}

/** An answer as rtspsrc and live555 write it: no qop although it was offered. */
function answerWithoutQop(verdict: AuthVerdict, uri = URI): string {
  const nonce = challengesOf(verdict)[0]!.parameters.get("nonce")!;
  const fields = { username: "anna", realm: REALM, nonce, uri };
  const response = digestResponse({
    ...fields,
    algorithm: "MD5",
    password: "s3cret",
    method: "DESCRIBE",
  });
  return formatCredentials({
    scheme: "Digest",
    parameters: new Map(Object.entries({ ...fields, response })),
  });
}

/** The same with the challenges of one algorithm alone, as a client that knows no other has it. */
function withOnly(verdict: AuthVerdict, algorithm: string): AuthVerdict {
  assert(!verdict.allowed);
  const challenges = verdict.challenges.filter((value) =>
    value.includes(`algorithm=${algorithm},`)
  );
  return { ...verdict, challenges };
}

/** Whether a verdict says that only the nonce is at fault. */
function isOnlyStale(verdict: AuthVerdict): boolean {
  return !verdict.allowed && verdict.failure === undefined && verdict.delayMs === 0 &&
    challengesOf(verdict).every(isStale);
}

Deno.test("who says nothing gets a Digest challenge for each algorithm with one nonce, at once", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  const challenges = challengesOf(verdict);
  assertEquals(challenges.map(({ scheme }) => scheme), ["Digest", "Digest"]);
  // ffmpeg takes the last and knows no other.
  const algorithms = challenges.map(({ parameters }) => parameters.get("algorithm"));
  assertEquals(algorithms, ["SHA-256", "MD5"]);
  const nonces = new Set(challenges.map(({ parameters }) => parameters.get("nonce")));
  assertEquals(nonces.size, 1);
  for (const { parameters } of challenges) {
    assertEquals([...parameters.keys()], ["realm", "nonce", "algorithm", "qop"]);
    assertEquals(parameters.get("realm"), REALM);
  }
  assert(!verdict.allowed && verdict.delayMs === 0 && verdict.failure === undefined);
});

Deno.test("the right answer to a challenge is allowed, also several times counting up", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  for (const nonceCount of [1, 2, 3, 0xff]) {
    assertEquals(check(authenticator, answer(verdict, { nonceCount })), ALLOWED);
  }
});

Deno.test("trap 12: an answer without qop, nc and cnonce is allowed although qop is offered", () => {
  const [authenticator] = make();
  const authorization = answerWithoutQop(check(authenticator));
  assertEquals(check(authenticator, authorization), ALLOWED);
  assertEquals(
    check(authenticator, authorization),
    ALLOWED,
    "there is no count to check",
  );
});

Deno.test("trap 11: the uri that was hashed need not be the request's", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  for (const uri of [`${URI}/`, "/movie.Mjpeg", `rtsp://anna:s3cret@host/movie.Mjpeg`]) {
    assertEquals(check(authenticator, answerWithoutQop(verdict, uri)), ALLOWED, uri);
  }
});

Deno.test("an answer for one method does not do for another", () => {
  const [authenticator] = make();
  const authorization = answer(check(authenticator));
  const verdict = check(authenticator, authorization, { method: "SETUP" });
  assert(!verdict.allowed && verdict.failure === "wrong user name or password");
});

const WRONG: readonly [name: string, fields: Partial<Parameters<typeof answerChallenge>[1]>][] = [
  ["a wrong password", { password: "S3cret" }],
  ["no password", { password: "" }],
  ["a user nobody knows", { username: "bert" }],
  ["a user's name in other case", { username: "Anna" }],
];
for (const [name, fields] of WRONG) {
  Deno.test(`${name} is refused a little later, in words that do not say what was wrong`, () => {
    const [authenticator] = make();
    const verdict = check(authenticator, answer(check(authenticator), fields));
    assert(!verdict.allowed && verdict.delayMs > 0);
    assertEquals(verdict.failure, "wrong user name or password");
    assert(!challengesOf(verdict).some(isStale), "the client must not try the same again");
  });
}

Deno.test("the secret an unknown user is checked against lets nobody in, whatever is random", () => {
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length);
  const [authenticator] = make({ randomBytes, users: new Map() });
  const password = "\0".repeat(16);
  const authorization = answer(check(authenticator), { username: "", password });
  assert(!check(authenticator, authorization).allowed);
});

Deno.test("a nonce is good for five minutes, then the client is told that only it was too old", async () => {
  const [authenticator, clock] = make();
  const verdict = check(authenticator);
  await clock.advance(LIFETIME_MS - 1);
  assertEquals(check(authenticator, answer(verdict)), ALLOWED);
  await clock.advance(1);
  const stale = check(authenticator, answer(verdict, { nonceCount: 2 }));
  assert(isOnlyStale(stale));
  assertEquals(check(authenticator, answer(stale)), ALLOWED, "with the new nonce");
});

Deno.test("a wrong password with an old nonce is not called stale", async () => {
  const [authenticator, clock] = make();
  const verdict = check(authenticator);
  await clock.advance(LIFETIME_MS);
  const refused = check(authenticator, answer(verdict, { password: "guess" }));
  assert(!refused.allowed && refused.failure !== undefined);
  assert(!challengesOf(refused).some(isStale));
});

Deno.test("what was recorded and is sent again is refused, and so is a count from before", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  const first = answer(verdict, { nonceCount: 1 });
  const fifth = answer(verdict, { nonceCount: 5 });
  assertEquals(check(authenticator, first), ALLOWED);
  assert(isOnlyStale(check(authenticator, first)));
  assertEquals(check(authenticator, fifth), ALLOWED);
  assert(isOnlyStale(check(authenticator, answer(verdict, { nonceCount: 4 }))));
});

Deno.test("a count does not count when the answer was wrong", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  check(authenticator, answer(verdict, { nonceCount: 9, password: "guess" }));
  assertEquals(check(authenticator, answer(verdict, { nonceCount: 1 })), ALLOWED);
});

Deno.test("a nonce of before the server was started again is stale, not wrong", () => {
  const [before] = make();
  const [after] = make({ randomBytes: (length) => new Uint8Array(length).fill(0xaa) });
  assert(isOnlyStale(check(after, answer(check(before)))));
});

Deno.test("nobody can make a nonce, nor make one younger", () => {
  const [authenticator] = make();
  const [challenge] = challengesOf(check(authenticator));
  const nonce = challenge!.parameters.get("nonce")!;
  const [time, random, signature] = nonce.split(".") as [string, string, string];
  const forged = [
    `${(parseInt(time, 16) + 1).toString(16)}.${random}.${signature}`,
    `${time}.${"0".repeat(32)}.${signature}`,
    `${time}.${random}.${"0".repeat(32)}`,
    `${time}.${random}`,
    "",
  ];
  for (const text of forged) {
    const parameters = new Map([...challenge!.parameters, ["nonce", text]]);
    const own = { allowed: false as const, delayMs: 0, challenges: [] as string[] };
    own.challenges = [`Digest ${[...parameters].map(([k, v]) => `${k}="${v}"`).join(", ")}`];
    assert(isOnlyStale(check(authenticator, answer(own))), text);
  }
});

Deno.test("nonces differ, also those issued in the same millisecond", () => {
  const [authenticator] = make();
  const nonces = Array.from({ length: 50 }, () => {
    return challengesOf(check(authenticator))[0]!.parameters.get("nonce");
  });
  assertEquals(new Set(nonces).size, 50);
});

Deno.test("Basic is not offered and not taken without TLS, even with the right password", () => {
  const [authenticator] = make();
  const authorization = formatCredentials(
    basicCredentials({ username: "anna", password: "s3cret" }),
  );
  const verdict = check(authenticator, authorization);
  assert(!verdict.allowed && verdict.delayMs > 0);
  assertEquals(challengesOf(verdict).map(({ scheme }) => scheme), ["Digest", "Digest"]);
});

for (
  const [where, options, encrypted] of [
    ["over TLS", {}, true],
    ["without TLS where that was asked for", { basicInTheClear: true }, false],
  ] as const
) {
  Deno.test(`Basic is offered behind Digest ${where}, and checked`, () => {
    const [authenticator] = make(options);
    const offered = challengesOf(check(authenticator, undefined, { encrypted }));
    assertEquals(offered.map(({ scheme }) => scheme), ["Digest", "Digest", "Basic"]);
    const tries: [string, string, boolean][] = [
      ["anna", "s3cret", true],
      ["anna", "S3cret", false],
      ["bert", "s3cret", false],
      ["", "", false],
    ];
    for (const [username, password, allowed] of tries) {
      const authorization = formatCredentials(basicCredentials({ username, password }));
      assertEquals(check(authenticator, authorization, { encrypted }).allowed, allowed, username);
    }
  });
}

Deno.test("what is no credentials at all is refused, and no failure repeats what was sent", () => {
  const values = [
    "",
    "hunter2",
    "Bearer hunter2",
    "Basic hunter2!",
    `Basic ${btoa("hunter2")}`,
    "Digest hunter2",
    'Digest username="hunter2"',
    'Digest username="hunter2", realm="hunter2", nonce="", uri="", response=""',
    'Digest username="anna", realm="the cinema", nonce="", uri="", response="", algorithm=hunter2',
    'Digest username="anna", realm="the cinema", nonce="", uri="", response="", qop=hunter2',
    'Digest username="anna", realm="the cinema", nonce="", uri="", response="", qop=auth',
    `Digest ${"x".repeat(10_000)}`,
  ];
  for (const value of values) {
    const [authenticator] = make({ basicInTheClear: true });
    const verdict = check(authenticator, value);
    assert(!verdict.allowed && verdict.failure !== undefined && verdict.delayMs > 0, value);
    assert(!verdict.failure.includes("hunter2"), verdict.failure);
  }
});

Deno.test("an answer with SHA-256 is taken, and one with MD5 that says SHA-256 is not", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  const text = answer(verdict);
  assert(text.includes("algorithm=SHA-256"), "the stronger is answered");
  assertEquals(check(authenticator, text), ALLOWED);
  const weak = answer(withOnly(verdict, "MD5")).replace("algorithm=MD5", "algorithm=SHA-256");
  assert(!check(authenticator, weak).allowed);
});

Deno.test("ffmpeg's answer with MD5 is taken too", () => {
  const [authenticator] = make();
  assertEquals(check(authenticator, answer(withOnly(check(authenticator), "MD5"))), ALLOWED);
});

Deno.test("what is kept for one algorithm only is offered, and taken, with that alone", () => {
  const { MD5 } = secretFor("anna", REALM, "s3cret").secrets;
  const [authenticator] = make({ users: new Map([["anna", { secrets: { MD5: MD5! } }]]) });
  const verdict = check(authenticator);
  assertEquals(challengesOf(verdict).map(({ parameters }) => parameters.get("algorithm")), ["MD5"]);
  assertEquals(check(authenticator, answer(verdict)), ALLOWED);
});

Deno.test("what another address recorded is of no use to this one", () => {
  const [authenticator] = make();
  const from = (hostname: string, authorization?: string): AuthVerdict =>
    authenticator.check({ method: "DESCRIBE", authorization, encrypted: false, hostname });
  const recorded = answerWithoutQop(from("192.0.2.1"));
  assertEquals(from("192.0.2.1", recorded), ALLOWED);
  assert(isOnlyStale(from("192.0.2.2", recorded)));
});

Deno.test("each wrong answer is refused later than the one before, whatever the connection", () => {
  const [authenticator] = make();
  const verdict = check(authenticator);
  const wrong = answer(verdict, { password: "guess" });
  const delays: number[] = [];
  for (;;) {
    const refused = check(authenticator, wrong);
    assert(!refused.allowed);
    if (refused.retryAfterMs !== undefined) break;
    delays.push(refused.delayMs);
  }
  assertEquals(delays, [500, 1500, 3500, 7500, 15500, 23500]);
});

Deno.test("who guessed too much is not listened to for a while, but who was right before is", async () => {
  const [authenticator, clock] = make();
  const verdict = check(authenticator);
  assertEquals(check(authenticator, answer(verdict, { nonceCount: 1 })), ALLOWED);
  for (let i = 0; i < 6; i++) check(authenticator, answer(check(authenticator), { password: "x" }));
  const locked = check(authenticator, answer(check(authenticator)));
  assert(!locked.allowed && locked.retryAfterMs === 7500 && locked.challenges.length === 0);
  assertEquals(check(authenticator, answer(verdict, { nonceCount: 2 })), ALLOWED);
  await clock.advance(7500);
  assertEquals(check(authenticator, answer(check(authenticator))), ALLOWED);
});
