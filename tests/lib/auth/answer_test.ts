import { answerChallenge, type AnswerOptions } from "../../../lib/auth/answer.ts";
import { parseChallenges } from "../../../lib/auth/challenge.ts";
import { parseCredentials } from "../../../lib/auth/credentials.ts";
import { DIGEST_ALGORITHMS, readDigest, verifyDigest } from "../../../lib/auth/digest.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

const OPTIONS: AnswerOptions = {
  username: "Mufasa",
  password: "Circle of Life",
  method: "GET",
  uri: "/dir/index.html",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  nonceCount: 1,
};
const SHA256 = 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const MD5 = SHA256.replace("SHA-256", "MD5");
const BASIC = 'Basic realm="http-auth@example.org"';

function answer(values: string[], options: Partial<AnswerOptions> = {}): string | undefined {
  const answered = answerChallenge(parseChallenges(values), { ...OPTIONS, ...options });
  return answered?.authorization;
}

Deno.test("RFC 7616 section 3.9.1 is answered as there", () => {
  const expected = 'Digest username="Mufasa", realm="http-auth@example.org", ' +
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", ' +
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", ' +
    'algorithm=SHA-256, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", qop=auth, ' +
    'nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"';
  assertEquals(answer([MD5, SHA256]), expected);
  assertEquals(answer([SHA256, MD5]), expected);
  assertEquals(answer([`${BASIC}, ${MD5}, ${SHA256}`]), expected);
});

Deno.test("a challenge without qop is answered in the form of RFC 2069", () => {
  const expected = 'Digest username="Mufasa", realm="testrealm@host.com", ' +
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", ' +
    'response="670fd8c2df070c60b045671b8b24ff02"';
  const challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
  assertEquals(answer([challenge], { password: "Circle Of Life" }), expected);
});

Deno.test("the strongest challenge that can be answered is, of equals the first", () => {
  const basic = "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl";
  const rows: [string[], string | undefined][] = [
    [[], undefined],
    [['Bearer realm="x"'], undefined],
    [[BASIC], basic],
    [[BASIC, SHA256.replace("SHA-256", "SHA-512-256")], basic],
    [[BASIC, MD5.replace("auth, auth-int", "auth-int")], basic],
    [[BASIC, 'Digest realm="r"', 'Digest nonce="n"'], basic],
    [['Digest nonce="n", realm="first"', 'Digest nonce="n", realm="second"'], "first"],
    [[MD5, 'Digest nonce="n", realm="short", algorithm=sha-256'], "short"],
  ];
  for (const [values, expected] of rows) {
    const given = answer(values);
    const realm = given?.startsWith("Digest")
      ? parseCredentials(given).parameters.get("realm")
      : given;
    assertEquals(realm, expected, values.join());
  }
});

Deno.test("Basic is not answered when it is not allowed", () => {
  assertEquals(answer([BASIC], { allowBasic: false }), undefined);
  assertEquals(answer([BASIC, MD5], { allowBasic: false }), answer([MD5]));
});

Deno.test("the answer says which challenge and algorithm it is for", () => {
  const challenges = parseChallenges([BASIC, MD5]);
  const answered = answerChallenge(challenges, OPTIONS);
  assertEquals([answered?.challenge, answered?.algorithm], [challenges[1], "MD5"]);
  const basic = answerChallenge(challenges.slice(0, 1), OPTIONS);
  assertEquals([basic?.challenge, basic?.algorithm], [challenges[0], undefined]);
});

Deno.test("every answer to a Digest challenge verifies, whatever the names look like", () => {
  const username = 'a "quoted" \\ name ü';
  for (const algorithm of DIGEST_ALGORITHMS) {
    for (const qop of ["", ', qop="auth"', ', qop="auth-int,AUTH"']) {
      const given = answer([`Digest realm="r \\"s\\"", nonce="n", algorithm=${algorithm}${qop}`], {
        username,
        nonceCount: 0xffff_ffff,
      });
      const credentials = readDigest(parseCredentials(given!))!;
      assertEquals([credentials.username, credentials.nc], [
        username,
        qop ? "ffffffff" : undefined,
      ]);
      const { password, method } = OPTIONS;
      assertEquals(verifyDigest({ credentials, method, realm: 'r "s"', password }), "match");
    }
  }
});

Deno.test("a nonce count out of range is refused", () => {
  for (const nonceCount of [0, -1, 1.5, 0x1_0000_0000, NaN]) {
    assertThrows(() => answer([MD5], { nonceCount }), RangeError, "nonce count");
  }
});

Deno.test("an answer that cannot be written is refused without the password", () => {
  const error = assertThrows(() => answer([MD5], { username: "a\r\nb" }), RangeError);
  assertEquals(error.message.includes("Circle"), false);
});
