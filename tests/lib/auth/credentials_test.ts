import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatCredentials,
  parseCredentials,
  redactAuthorization,
} from "../../../lib/auth/credentials.ts";
import { assertEquals, assertThrows, fail } from "../../support/assert.ts";
import { everyPrefix } from "../../support/split.ts";

const DIGEST = 'Digest username="Mufasa", realm="testrealm@host.com", ' +
  'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, ' +
  'cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1"';

Deno.test("credentials are read and written, qop and nc without quotes", () => {
  for (const text of ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", DIGEST]) {
    assertEquals(formatCredentials(parseCredentials(text)), text);
  }
});

Deno.test("quotes around any parameter are accepted", () => {
  const quoted = DIGEST.replace("=auth,", '="auth",').replace("=00000001", '="00000001"');
  assertEquals(parseCredentials(quoted), parseCredentials(DIGEST));
});

Deno.test("no credentials, and those of two schemes, are malformed", () => {
  assertThrows(() => parseCredentials(""), MalformedError, "no credentials");
  assertThrows(() => parseCredentials("Basic YTpi, Basic YTpi"), MalformedError, "more than one");
});

Deno.test("errors never show the value", () => {
  const secret = "c2VjcmV0OnNlY3JldA";
  const bad = [
    `Basic ${secret}!`,
    `Basic "${secret}"`,
    `Basic ${secret} ${secret}`,
    `Digest ${secret}="x", ${secret}="y"`,
    `Digest x="${secret}`,
    `Digest x="${secret}" y=1`,
    `"${secret}"`,
    `${secret}/`,
  ];
  for (const text of bad) {
    const error = assertThrows(() => parseCredentials(text), MalformedError);
    assertEquals([error.element, error.message.includes(secret)], ["Authorization", false], text);
  }
  const unwritable = [
    { scheme: "Basic", token68: `${secret}\n`, parameters: new Map() },
    { scheme: "Digest", parameters: new Map([["response", `${secret}\n`]]) },
    { scheme: `${secret}\n`, parameters: new Map() },
  ];
  for (const value of unwritable) {
    const error = assertThrows(() => formatCredentials(value), RangeError);
    assertEquals(error.message.includes(secret), false);
  }
});

Deno.test("credentials cut anywhere are a value or malformed", () => {
  everyPrefix(new TextEncoder().encode(DIGEST), (prefix) => {
    try {
      assertEquals(parseCredentials(new TextDecoder().decode(prefix)).scheme[0], "D");
    } catch (error) {
      if (!(error instanceof MalformedError)) fail(`Not a MalformedError: ${error}`);
    }
  });
});

Deno.test("redacted credentials show the scheme only", () => {
  assertEquals(redactAuthorization("Basic QWxhZGRpbjpvcGVu"), "Basic …");
  assertEquals(redactAuthorization(DIGEST), "Digest …");
  assertEquals(redactAuthorization("QWxhZGRpbjpvcGVu"), "…");
  assertEquals(redactAuthorization("Bearer abc"), "…");
});
