import { formatChallenge, parseChallenges } from "../../../lib/auth/challenge.ts";
import { formatCredentials, parseCredentials } from "../../../lib/auth/credentials.ts";
import { Authenticator } from "../../../lib/server/authenticator.ts";
import { parseUsers, secretFor, UserListError } from "../../../lib/server/users.ts";
import { assert } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { header, type Target, text, valueOr } from "../target.ts";

/** Stands for a nonce that was issued just now. */
const NONCE = "NONCE";
const PASSWORD = "S3cretWord";
const HOSTNAME = "192.0.2.7";

/** Whoever does not know the password is never let in, and nothing of it is said to the log. */
function checkStranger(bytes: Uint8Array, random: Seeded): void {
  const clock = new FakeClock();
  const authenticator = new Authenticator({
    realm: REALM,
    users: new Map([["bob", secretFor("bob", REALM, PASSWORD)]]),
    clock,
    randomBytes: (length) => new Uint8Array(length).map(() => random.whole(0, 255)),
    basicInTheClear: true,
  });
  const request = { method: "DESCRIBE", encrypted: false, hostname: HOSTNAME };
  const asked = authenticator.check({ ...request, authorization: undefined });
  assert(!asked.allowed);
  const nonce = parseChallenges(asked.challenges)[0]!.parameters.get("nonce")!;
  for (const line of text(bytes).split("\n").slice(0, MOST_TRIES)) {
    const authorization = line.replaceAll(NONCE, nonce);
    const verdict = authenticator.check({ ...request, authorization });
    assert(!verdict.allowed, `let in: ${authorization}`);
    assert(!JSON.stringify(verdict).includes(PASSWORD), "the secret is told");
    assert((verdict.failure ?? "").length < MOST_WORDS, "the log stays short");
    clock.stall(random.whole(0, 60_000));
  }
}

const MOST_TRIES = 30;
const MOST_WORDS = 2000;

const REALM = "rtspkit";
const MD5 = "0123456789abcdef0123456789abcdef";

export const AUTH_TARGETS: readonly Target[] = [
  header(
    "challenge",
    (value) => parseChallenges(value),
    (all) => all.map(formatChallenge).join(", "),
    [
      'Digest realm="rtspkit", nonce="abc", algorithm=SHA-256, qop="auth,auth-int", stale=true',
      'Basic realm="a \\"b\\" c"',
    ],
  ),
  header("credentials", parseCredentials, formatCredentials, [
    'Digest username="bob", realm="r", nonce="n", uri="/x", response="00", nc=00000001',
    "Basic Ym9iOnNlY3JldA==",
  ]),
  {
    name: "authorization",
    seeds: [
      `Digest username="bob", realm="${REALM}", nonce="${NONCE}", uri="/x", response="${MD5}"`,
      `Digest username="bob", realm="${REALM}", nonce="${NONCE}", uri="/x", response="${MD5}", ` +
      `qop=auth, nc=00000001, cnonce="abc", algorithm=MD5`,
      `Digest username="bob", realm="${REALM}", nonce="${NONCE}", uri="/x", ` +
      `response="${MD5}${MD5}", qop=auth, nc=00000001, cnonce="abc", algorithm=SHA-256`,
      "Basic Ym9iOnNlY3JldA==\nBasic Ym9iOg==\nBearer x\nDigest\nBasic",
    ].map(ascii),
    check: checkStranger,
  },
  {
    name: "users-file",
    seeds: [
      ascii("# people\nbob:secret\n\nalice:pass:word\r\n"),
      ascii(`carol:${REALM}:${MD5}\nbob:secret /cam/* /movie.Mjpeg\n`),
      ascii(`dave:${REALM}:SHA-256=${MD5}${MD5}:MD5=${MD5} /a\n`),
    ],
    check: valueOr([UserListError], (bytes) => parseUsers(text(bytes), REALM), (users) => {
      for (const name of users.keys()) assert(name !== "" && !name.includes(":"), name);
    }),
  },
];
