import { formatChallenge, parseChallenges } from "../../../lib/auth/challenge.ts";
import { formatCredentials, parseCredentials } from "../../../lib/auth/credentials.ts";
import { parseUsers, UserListError } from "../../../lib/server/users.ts";
import { assert } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import { header, type Target, text, valueOr } from "../target.ts";

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
