import { secretFor } from "../../../lib/server/authenticator.ts";
import { parseUsers, UserListError } from "../../../lib/server/users.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const REALM = "rtspkit";
/** What `htdigest` writes for anna, realm rtspkit and the password s3cret. */
const HASH = secretFor("anna", REALM, "s3cret");

Deno.test("the hash is htdigest's: MD5 of name, realm and password", () => {
  // printf 'Mufasa:testrealm@host.com:Circle Of Life' | md5sum (RFC 2617, 3.5)
  assertEquals(
    secretFor("Mufasa", "testrealm@host.com", "Circle Of Life"),
    "939e7578ed9e3c518a452acee763bce9",
  );
});

const LISTS: readonly [name: string, text: string, users: [string, string][]][] = [
  ["nobody", "", []],
  ["a password", "anna:s3cret", [["anna", HASH]]],
  ["a hash", `anna:${REALM}:${HASH}\n`, [["anna", HASH]]],
  ["a hash in capitals", `anna:${REALM}:${HASH.toUpperCase()}`, [["anna", HASH]]],
  ["a password with colons", "bert:a:b:c", [["bert", secretFor("bert", REALM, "a:b:c")]]],
  ["a password with blanks", "bert: a b ", [["bert", secretFor("bert", REALM, " a b ")]]],
  ["remarks and empty lines", `# who may\r\n\r\nanna:s3cret\r\n  \n`, [["anna", HASH]]],
  ["several", `anna:s3cret\nbert:x`, [["anna", HASH], ["bert", secretFor("bert", REALM, "x")]]],
];
for (const [name, text, users] of LISTS) {
  Deno.test(`a list of users with ${name}`, () => {
    assertEquals([...parseUsers(text, REALM)], users);
  });
}

const REFUSED: readonly [name: string, text: string, line: number, problem: string][] = [
  ["no password", "anna:s3cret\nhunter2", 2, "neither NAME:PASSWORD nor NAME:REALM:HASH"],
  ["an empty password", "hunter2:", 1, "neither"],
  ["an empty name", ":hunter2", 1, "neither"],
  ["a hash for another realm", `hunter2:cinema:${HASH}`, 1, 'another realm than "rtspkit"'],
  ["a name twice", `anna:hunter2\n\nanna:hunter2`, 3, "named before"],
  ["a control character", "anna:hunter2\x07", 1, "control character"],
  ["a password past the limit", `anna:${"hunter2".repeat(37)}`, 1, "more than 256"],
  ["a name past the limit", `${"n".repeat(257)}:hunter2`, 1, "more than 256"],
];
for (const [name, text, line, problem] of REFUSED) {
  Deno.test(`a list of users with ${name} is refused by line, without showing it`, () => {
    const error = assertThrows(() => parseUsers(text, REALM), UserListError, problem);
    assertEquals(error.line, line);
    assert(!error.message.includes("hunter2"), error.message);
  });
}

Deno.test("names and passwords may have 256 characters", () => {
  const long = "n".repeat(256);
  assertEquals(parseUsers(`${long}:${long}`, REALM).size, 1);
});
