import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { parseCredentials } from "../../../lib/auth/credentials.ts";
import {
  DIGEST_ALGORITHMS,
  digestAlgorithm,
  type DigestCredentials,
  type DigestInput,
  digestResponse,
  readDigest,
  verifyDigest,
} from "../../../lib/auth/digest.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const RFC2617: DigestInput = {
  algorithm: "MD5",
  username: "Mufasa",
  realm: "testrealm@host.com",
  password: "Circle Of Life",
  method: "GET",
  uri: "/dir/index.html",
  nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
  qop: "auth",
  nc: "00000001",
  cnonce: "0a4f113b",
};
const RFC7616: DigestInput = {
  ...RFC2617,
  realm: "http-auth@example.org",
  password: "Circle of Life", // erratum 4495
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
};
const { qop: _qop, nc: _nc, cnonce: _cnonce, ...RFC2069 } = RFC2617;

/** The last three were computed with an implementation independent of this one. */
const GOLDEN: { name: string; input: DigestInput; response: string }[] = [
  {
    name: "RFC 2617 section 3.5",
    input: RFC2617,
    response: "6629fae49393a05397450978507c4ef1",
  },
  {
    name: "RFC 7616 section 3.9.1, MD5",
    input: RFC7616,
    response: "8ca523f5e9506fed4657c9700eebdbec",
  },
  {
    name: "RFC 7616 section 3.9.1, SHA-256",
    input: { ...RFC7616, algorithm: "SHA-256" },
    response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  },
  { name: "no qop, as in RFC 2069", input: RFC2069, response: "670fd8c2df070c60b045671b8b24ff02" },
  {
    name: "MD5-sess",
    input: { ...RFC7616, algorithm: "MD5-sess" },
    response: "e783283f46242139c486a698fec7211d",
  },
  {
    name: "SHA-256-sess",
    input: { ...RFC7616, algorithm: "SHA-256-sess" },
    response: "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
  },
];

/** Credentials a client would send for `input`. */
function credentialsFor(input: DigestInput): DigestCredentials {
  const { method: _method, password: _password, ...rest } = input;
  return { ...rest, response: digestResponse(input) };
}

for (const { name, input, response } of GOLDEN) {
  Deno.test(`computes and verifies ${name}`, () => {
    assertEquals(digestResponse(input), response);
    const { method, realm, password } = input;
    const credentials = { ...credentialsFor(input), response };
    assertEquals(verifyDigest({ credentials, method, realm, password }), "match");
  });
}

Deno.test("a response without what its form needs is refused, and no password shown", () => {
  const { nc: _1, ...noCount } = RFC7616;
  const { cnonce: _2, ...noCnonce } = RFC7616;
  const session: DigestInput = { ...RFC2069, algorithm: "MD5-sess" };
  for (const input of [noCount, noCnonce, session]) {
    const error = assertThrows(() => digestResponse(input), RangeError, "needs");
    assertEquals(error.message.includes("Circle"), false);
  }
});

Deno.test("algorithms are named in any case, and MD5 when not at all", () => {
  assertEquals(DIGEST_ALGORITHMS.map((name) => digestAlgorithm(name)), [...DIGEST_ALGORITHMS]);
  assertEquals(digestAlgorithm("sha-256-SESS"), "SHA-256-sess");
  assertEquals(digestAlgorithm(undefined), "MD5");
  assertEquals(digestAlgorithm("SHA-512-256"), undefined);
});

Deno.test("credentials of scheme Digest are read, others are not", () => {
  const text = 'digest username="a", realm="b", nonce="c", uri="d", response="e", ' +
    'algorithm=MD5, cnonce="f", opaque="g", qop=auth, nc=00000001, x=y';
  assertEquals(readDigest(parseCredentials(text)), {
    username: "a",
    realm: "b",
    nonce: "c",
    uri: "d",
    response: "e",
    algorithm: "MD5",
    cnonce: "f",
    opaque: "g",
    qop: "auth",
    nc: "00000001",
  });
  assertEquals(readDigest(parseCredentials("Basic YTpi")), undefined);
});

Deno.test("Digest credentials with a part missing are malformed", () => {
  const parts = ["username", "realm", "nonce", "uri", "response"];
  for (const missing of parts) {
    const text = parts.filter((name) => name !== missing).map((name) => `${name}="x"`).join();
    const credentials = parseCredentials(`Digest ${text}`);
    assertThrows(() => readDigest(credentials), MalformedError, `no ${missing}`);
  }
});

Deno.test("credentials are refused for a reason", () => {
  const credentials = credentialsFor(RFC7616);
  const { method, realm, password } = RFC7616;
  const expected = { credentials, method, realm, password };
  const { cnonce: _1, ...noCnonce } = credentials;
  const { nc: _2, ...noCount } = credentials;
  const { nc: _3, cnonce: _4, qop: _5, ...plain } = credentials;
  const verdicts = {
    match: verifyDigest(expected),
    otherPassword: verifyDigest({ ...expected, password: "Circle Of Life" }),
    otherMethod: verifyDigest({ ...expected, method: "POST" }),
    otherRealm: verifyDigest({ ...expected, realm: "x" }),
    otherUri: verifyDigest({ ...expected, credentials: { ...credentials, uri: "/" } }),
    otherCount: verifyDigest({ ...expected, credentials: { ...credentials, nc: "00000002" } }),
    otherAlgorithm: verifyDigest({ ...expected, algorithms: ["SHA-256"] }),
    unknownAlgorithm: verifyDigest({
      ...expected,
      credentials: { ...credentials, algorithm: "SHA-512-256" },
    }),
    otherQop: verifyDigest({ ...expected, credentials: { ...credentials, qop: "auth-int" } }),
    noCnonce: verifyDigest({ ...expected, credentials: noCnonce }),
    noCount: verifyDigest({ ...expected, credentials: noCount }),
    sessionWithoutCnonce: verifyDigest({
      ...expected,
      credentials: { ...plain, algorithm: "MD5-sess" },
    }),
    empty: verifyDigest({ ...expected, credentials: { ...credentials, response: "" } }),
  };
  assertEquals(verdicts, {
    match: "match",
    otherPassword: "wrong-response",
    otherMethod: "wrong-response",
    otherRealm: "wrong-realm",
    otherUri: "wrong-response",
    otherCount: "wrong-response",
    otherAlgorithm: "unsupported-algorithm",
    unknownAlgorithm: "unsupported-algorithm",
    otherQop: "unsupported-qop",
    noCnonce: "incomplete",
    noCount: "incomplete",
    sessionWithoutCnonce: "incomplete",
    empty: "wrong-response",
  });
});

Deno.test("the uri that counts is the credentials' own: openRTSP sends the base URL in SETUP", () => {
  const input: DigestInput = {
    ...RFC2069,
    method: "SETUP",
    uri: "rtsp://user:pass@192.0.2.1:8554/movie/",
  };
  const { method, realm, password } = input;
  const credentials = credentialsFor(input);
  assertEquals(verifyDigest({ credentials, method, realm, password }), "match");
});

Deno.test("a response in upper case and one without a named algorithm pass", () => {
  const { algorithm: _, ...unnamed } = credentialsFor(RFC7616);
  const credentials = { ...unnamed, qop: "AUTH", response: unnamed.response.toUpperCase() };
  const { method, realm, password } = RFC7616;
  assertEquals(verifyDigest({ credentials, method, realm, password }), "match");
});

Deno.test("any change to the secret or the request changes the response", () => {
  const text = fc.string({ minLength: 1, maxLength: 12 });
  const changed = fc.constantFrom("username", "realm", "password", "method", "uri", "nonce");
  fc.assert(
    fc.property(fc.constantFrom(...DIGEST_ALGORITHMS), changed, text, (algorithm, part, value) => {
      const input = { ...RFC7616, algorithm };
      const other = { ...input, [part]: `${value}~` };
      assert(digestResponse(input) !== digestResponse(other));
    }),
  );
});
