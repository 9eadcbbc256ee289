import { secretFor } from "../../../lib/server/authenticator.ts";
import { formatUser, parseUsers, type User, UserListError } from "../../../lib/server/users.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const REALM = "rtspkit";
/** What `htdigest` writes for anna, realm rtspkit and the password s3cret. */
const ANNA = secretFor("anna", REALM, "s3cret");
const HASH = ANNA.secrets.MD5!;
const SHA = ANNA.secrets["SHA-256"]!;

Deno.test("the hash is htdigest's: MD5 of name, realm and password", () => {
  // printf 'Mufasa:testrealm@host.com:Circle Of Life' | md5sum (RFC 2617, 3.5)
  assertEquals(
    secretFor("Mufasa", "testrealm@host.com", "Circle Of Life").secrets.MD5,
    "939e7578ed9e3c518a452acee763bce9",
  );
});

const LISTS: readonly [name: string, text: string, users: [string, User][]][] = [
  ["nobody", "", []],
  ["a password", "anna:s3cret", [["anna", ANNA]]],
  ["a hash", `anna:${REALM}:${HASH}\n`, [["anna", { secrets: { MD5: HASH } }]]],
  ["a hash in capitals", `anna:${REALM}:${HASH.toUpperCase()}`, [["anna", {
    secrets: { MD5: HASH },
  }]]],
  ["a password with colons", "bert:a:b:c", [["bert", secretFor("bert", REALM, "a:b:c")]]],
  ["a password with blanks", "bert: a b ", [["bert", secretFor("bert", REALM, " a b ")]]],
  ["a hash for each algorithm", `anna:${REALM}:SHA-256=${SHA}:MD5=${HASH}`, [["anna", ANNA]]],
  ["a hash for the strong one", `anna:${REALM}:SHA-256=${SHA}`, [[
    "anna",
    { secrets: { "SHA-256": SHA } },
  ]]],
  ["paths", "anna:s3cret /cam/* /movie.Mjpeg", [["anna", {
    ...ANNA,
    paths: ["/cam/*", "/movie.Mjpeg"],
  }]]],
  ["paths behind a hash", `anna:${REALM}:${HASH}\t/cam/* `, [["anna", {
    secrets: { MD5: HASH },
    paths: ["/cam/*"],
  }]]],
  ["remarks and empty lines", `# who may\r\n\r\nanna:s3cret\r\n  \n`, [["anna", ANNA]]],
  ["several", `anna:s3cret\nbert:x`, [["anna", ANNA], ["bert", secretFor("bert", REALM, "x")]]],
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
  ["a hash cut short", `hunter2:${REALM}:SHA-256=${SHA.slice(1)}`, 1, "wrong length"],
  ["paths without a user", "/cam/* /hunter2", 1, "neither"],
  ["too many paths", `anna:hunter2${" /hunter2".repeat(257)}`, 1, "more than 256 paths"],
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

Deno.test("a line that is written for a user is read as the same user", () => {
  const line = formatUser("anna", REALM, ANNA);
  assertEquals([...parseUsers(line, REALM)], [["anna", ANNA]]);
  assert(!line.includes("s3cret"));
});
