import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  basicChallenge,
  type Challenge,
  digestChallenge,
  formatChallenge,
  isStale,
  parseChallenges,
} from "../../../lib/auth/challenge.ts";
import { AUTH_LIMITS } from "../../../lib/auth/limits.ts";
import { assert, assertEquals, assertThrows, fail } from "../../support/assert.ts";

function challenge(scheme: string, ...parameters: [string, string][]): Challenge {
  return { scheme, parameters: new Map(parameters) };
}

/** Header values and what they ask for; `written` where formatting is not byte for byte. */
const GOLDEN: { name: string; text: string; values: Challenge[]; written?: string }[] = [
  {
    name: "Basic",
    text: 'Basic realm="WallyWorld"',
    values: [challenge("Basic", ["realm", "WallyWorld"])],
  },
  {
    name: "RFC 7616 section 3.9.1",
    text: 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
      'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    values: [challenge(
      "Digest",
      ["realm", "http-auth@example.org"],
      ["qop", "auth, auth-int"],
      ["algorithm", "SHA-256"],
      ["nonce", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"],
      ["opaque", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"],
    )],
  },
  {
    name: "RFC 7235 section 4.1: two schemes in one line",
    text: 'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
    values: [
      challenge("Newauth", ["realm", "apps"], ["type", "1"], ["title", 'Login to "apps"']),
      challenge("Basic", ["realm", "simple"]),
    ],
    written: 'Newauth realm="apps", type="1", title="Login to \\"apps\\"", Basic realm="simple"',
  },
  {
    name: "Hikvision: stale in quotes and upper case",
    text: 'Digest realm="IP Camera(C3138)", nonce="742a0bfc", stale="FALSE"',
    values: [
      challenge("Digest", ["realm", "IP Camera(C3138)"], ["nonce", "742a0bfc"], ["stale", "FALSE"]),
    ],
    written: 'Digest realm="IP Camera(C3138)", nonce="742a0bfc", stale=FALSE',
  },
  {
    name: "Amcrest: a comma at the end",
    text: 'Digest realm="Login to X", nonce="5ae6", ',
    values: [challenge("Digest", ["realm", "Login to X"], ["nonce", "5ae6"])],
    written: 'Digest realm="Login to X", nonce="5ae6"',
  },
  {
    name: "no spaces, spaces around =, names in any case",
    text: 'DIGEST Realm = "r",NONCE\t=\t"n",algorithm="MD5"',
    values: [challenge("DIGEST", ["realm", "r"], ["nonce", "n"], ["algorithm", "MD5"])],
    written: 'DIGEST realm="r", nonce="n", algorithm=MD5',
  },
  {
    name: "schemes without parameters, and one with a token",
    text: "Negotiate, NTLM TlRMTVNT==, Basic",
    values: [
      challenge("Negotiate"),
      { ...challenge("NTLM"), token68: "TlRMTVNT==" },
      challenge("Basic"),
    ],
  },
  {
    name: "a scheme followed by a space only",
    text: 'Negotiate , Basic realm="r"',
    values: [challenge("Negotiate"), challenge("Basic", ["realm", "r"])],
    written: 'Negotiate, Basic realm="r"',
  },
  { name: "nothing at all", text: " , ,", values: [], written: "" },
];

for (const { name, text, values, written } of GOLDEN) {
  Deno.test(`reads and writes ${name}`, () => {
    assertEquals(parseChallenges(text), values);
    assertEquals(values.map(formatChallenge).join(", "), written ?? text);
  });
}

Deno.test("challenges in several headers come in order", () => {
  const schemes = parseChallenges(['Digest realm="a", nonce="b"', 'Basic realm="c"'])
    .map((each) => each.scheme);
  assertEquals(schemes, ["Digest", "Basic"]);
});

Deno.test("a value of another form is malformed where it goes wrong", () => {
  const rows: [string, number][] = [
    ["=", 0],
    ['"Basic"', 0],
    ['Basic"r"', 5],
    ['Digest realm x="y"', 7],
    ['Digest realm="r', 13],
    ['Digest realm="r\\', 13],
    ['Digest realm="r" nonce="n"', 17],
    ["Digest realm=r/s", 14],
    ["Digest a=1, realm=, nonce=n", 18],
    ['Digest realm="r", realm="s"', 18],
  ];
  for (const [text, position] of rows) {
    const error = assertThrows(() => parseChallenges(text), MalformedError);
    assertEquals([error.element, error.position], ["WWW-Authenticate", position], text);
  }
});

Deno.test("the length of a value has a ceiling", () => {
  const value = (length: number): string => `Basic realm="${"x".repeat(length - 14)}"`;
  assertEquals(parseChallenges(value(AUTH_LIMITS.value)).length, 1);
  assertThrows(() => parseChallenges(value(AUTH_LIMITS.value + 1)), MalformedError, "Longer");
});

Deno.test("the number of challenges has a ceiling, over all headers", () => {
  const values = (count: number): string[] => Array(count).fill('Basic realm="r"');
  assertEquals(parseChallenges(values(AUTH_LIMITS.challenges)).length, AUTH_LIMITS.challenges);
  const tooMany = values(AUTH_LIMITS.challenges + 1);
  assertThrows(() => parseChallenges(tooMany), MalformedError, "challenges");
  assertThrows(() => parseChallenges(tooMany.join(",")), MalformedError, "challenges");
});

Deno.test("the number of parameters has a ceiling", () => {
  const value = (count: number): string =>
    `Digest ${Array.from({ length: count }, (_, i) => `p${i}=1`).join()}`;
  const read = parseChallenges(value(AUTH_LIMITS.parameters));
  assertEquals(read[0]?.parameters.size, AUTH_LIMITS.parameters);
  assertThrows(() => parseChallenges(value(AUTH_LIMITS.parameters + 1)), MalformedError, "32");
});

Deno.test("a server's challenges are written as RFC 7616 wants them", () => {
  assertEquals(formatChallenge(basicChallenge('a "b" \\c')), 'Basic realm="a \\"b\\" \\\\c"');
  assertEquals(
    formatChallenge(digestChallenge({ realm: "r", nonce: "n" })),
    'Digest realm="r", nonce="n"',
  );
  const full = digestChallenge({
    realm: "r",
    nonce: "n",
    algorithm: "MD5",
    qop: "auth",
    opaque: "o",
    stale: true,
  });
  assertEquals(
    formatChallenge(full),
    'Digest realm="r", nonce="n", opaque="o", stale=true, algorithm=MD5, qop="auth"',
  );
  assertEquals([isStale(full), isStale(basicChallenge("r"))], [true, false]);
  assertEquals(isStale(parseChallenges('Digest stale="TRUE"')[0]!), true);
  assertEquals(
    formatChallenge(digestChallenge({ realm: "r", nonce: "n", stale: false })).length,
    27,
  );
});

Deno.test("what a header cannot carry is refused", () => {
  const bad: Challenge[] = [
    basicChallenge("a\r\nb"),
    basicChallenge("a\0b"),
    challenge("Two words"),
    challenge("Digest", ["two words", "x"]),
    { ...challenge("Digest"), token68: "a b" },
  ];
  for (const value of bad) assertThrows(() => formatChallenge(value), RangeError);
});

Deno.test("random text is challenges or malformed", () => {
  const pieces = fc.array(
    fc.constantFrom("Digest", "Basic", " ", ",", "=", '"', "\\", "realm", "nonce=", "a", "/", "é"),
    { maxLength: 30 },
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(fc.oneof(pieces, fc.string()), (text) => {
    try {
      for (const value of parseChallenges(text)) assert(value.scheme !== "");
    } catch (error) {
      if (!(error instanceof MalformedError)) fail(`Not a MalformedError: ${error}`);
    }
  }));
});

Deno.test("what is written reads the same", () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,10}$/);
  const value = fc.stringMatching(/^[\t -~äöü€]{0,20}$/);
  const parameters = fc.uniqueArray(fc.tuple(token.map((name) => name.toLowerCase()), value), {
    minLength: 1,
    maxLength: 6,
    selector: ([name]) => name,
  });
  const values = fc.array(fc.tuple(token, parameters), { maxLength: 4 })
    .map((all) => all.map(([scheme, pairs]) => challenge(scheme, ...pairs)));
  fc.assert(fc.property(values, (all) => {
    assertEquals(parseChallenges(all.map(formatChallenge)), all);
    assertEquals(parseChallenges(all.map(formatChallenge).join(", ")), all);
  }));
});
