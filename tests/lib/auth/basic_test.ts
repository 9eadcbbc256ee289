import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { basicCredentials, readBasic, verifyBasic } from "../../../lib/auth/basic.ts";
import { formatCredentials, parseCredentials } from "../../../lib/auth/credentials.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

const GOLDEN = [
  // RFC 2617 section 2
  { username: "Aladdin", password: "open sesame", text: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
  // RFC 7617 section 2.1, in UTF-8
  { username: "test", password: "123\u00a3", text: "Basic dGVzdDoxMjPCow==" },
  { username: "", password: "a:b", text: "Basic OmE6Yg==" },
];

for (const { username, password, text } of GOLDEN) {
  Deno.test(`writes and reads ${text}`, () => {
    assertEquals(formatCredentials(basicCredentials({ username, password })), text);
    assertEquals(readBasic(parseCredentials(text)), { username, password });
    assertEquals(readBasic(parseCredentials(text.replace("Basic", "bASIC"))), {
      username,
      password,
    });
  });
}

Deno.test("bytes that are not UTF-8 are read as ISO 8859-1", () => {
  assertEquals(readBasic(parseCredentials("Basic dGVzdDoxMjOj")), {
    username: "test",
    password: "123\u00a3",
  });
});

Deno.test("credentials of another scheme are not Basic", () => {
  assertEquals(readBasic(parseCredentials("Bearer dGVzdDoxMjOj")), undefined);
  assertEquals(
    verifyBasic(parseCredentials("Bearer YTpi"), { username: "a", password: "b" }),
    false,
  );
});

Deno.test("Basic credentials without base64 or colon are malformed, and not shown", () => {
  for (const token of ["c2VjcmV0", "c2Vjc", "_-_-", ""]) {
    const credentials = { scheme: "Basic", token68: token, parameters: new Map() };
    const error = assertThrows(() => readBasic(credentials), MalformedError, "Basic credentials");
    if (token !== "") assertEquals(error.message.includes(token), false);
    assertEquals(error.message.includes("secret"), false);
  }
  const without = parseCredentials('Basic realm="x"');
  assertThrows(() => readBasic(without), MalformedError, "colon");
});

Deno.test("a user name with a colon is refused, and not shown", () => {
  const user = { username: "us:er", password: "hunter2" };
  const error = assertThrows(() => basicCredentials(user), RangeError, "colon");
  assertEquals(/us:er|hunter2/.test(error.message), false);
});

Deno.test("only the right user name with the right password passes", () => {
  const given = basicCredentials({ username: "a", password: "b" });
  assertEquals(verifyBasic(given, { username: "a", password: "b" }), true);
  assertEquals(verifyBasic(given, { username: "a", password: "B" }), false);
  assertEquals(verifyBasic(given, { username: "A", password: "b" }), false);
  assertEquals(verifyBasic(given, { username: "a", password: "" }), false);
});

Deno.test("what is written reads the same", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 20 });
  fc.assert(fc.property(word, word, (name, password) => {
    const user = { username: name.replaceAll(":", ""), password };
    const text = formatCredentials(basicCredentials(user));
    assertEquals(readBasic(parseCredentials(text)), user);
  }));
});
