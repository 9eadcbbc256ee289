import { UsageError } from "../../cmd/exit_status.ts";
import { LocalError } from "../../cmd/exit_status.ts";
import {
  makeAuthenticator,
  parseMulticastGroup,
  readAccess,
  readCertificate,
  userLine,
} from "../../cmd/serve_access.ts";
import { secretFor, type User } from "../../lib/server/users.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

const random = (length: number): Uint8Array => new Uint8Array(length);

/** The users that `--auth` names. */
async function usersOf(auth: string): Promise<[string, User][]> {
  const access = await readAccess({ auth, "auth-basic": undefined });
  return [...access!.users];
}

/** Runs `body` with a file of this text. */
async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "rtspkit-users-" });
  try {
    await Deno.writeTextFile(path, text);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("--auth NAME:PASS, and a file of users", async () => {
  const anna: [string, User] = ["anna", secretFor("anna", "rtspkit", "s3:cret")];
  assertEquals(await usersOf("anna:s3:cret"), [anna]);
  for (const text of ["# users\nanna:s3:cret\n", "\ufeffanna:s3:cret\r\n"]) {
    await withFile(text, async (path) => assertEquals(await usersOf(path), [anna]));
  }
});

Deno.test("without --auth everybody may, and --auth-basic alone is a slip", async () => {
  const none = { auth: undefined, "auth-basic": undefined };
  assertEquals(await readAccess(none), undefined);
  const slip = { auth: undefined, "auth-basic": true };
  await assertRejects(() => readAccess(slip), UsageError);
});

Deno.test("what --auth and --auth-basic say is what the server goes by", async () => {
  const access = await readAccess({ auth: "anna:s3cret", "auth-basic": true });
  const { options } = makeAuthenticator(access!, new FakeClock(), random);
  assertEquals([options.realm, options.basicInTheClear], ["rtspkit", true]);
  assertEquals([...options.users.keys()], ["anna"]);
});

Deno.test("an --auth that cannot be used is told without showing a password", async () => {
  const word = await assertRejects(() => usersOf("hunter2"), LocalError, "neither a file nor");
  assert(!word.message.includes("hunter2"));
  await assertRejects(() => usersOf(":hunter2"), LocalError, "neither NAME:PASSWORD");
  await withFile("anna:x\nhunter2\n", async (path) => {
    const error = await assertRejects(() => usersOf(path), LocalError, `${path}, line 2`);
    assert(!error.message.includes("hunter2"));
  });
  await withFile("# nobody yet\n", async (path) => {
    await assertRejects(() => usersOf(path), LocalError, "names nobody");
  });
  await assertRejects(() => usersOf("."), LocalError, "cannot read .");
});

Deno.test("--hash-password: a line without the password, for a file that lets in who knows it", async () => {
  for (const stdin of ["s3:cret", "s3:cret\n", "s3:cret\r\nmore", "s3:cret\n\n"]) {
    const line = userLine("anna", stdin);
    assertEquals(line.includes("cret"), false);
    await withFile(`# who may watch\n${line}\n`, async (path) => {
      assertEquals(await usersOf(path), await usersOf("anna:s3:cret"));
    });
  }
  // The paths that a user may watch are written behind it.
  await withFile(`${userLine("anna", "pw")} /cam/*\n`, async (path) => {
    const [[, user]] = await usersOf(path) as [[string, User]];
    assertEquals(user.paths, ["/cam/*"]);
  });
});

Deno.test("--hash-password without a password, or for a name that cannot be, is a slip", () => {
  for (const stdin of ["", "\n", "\r\n"]) {
    assertThrows(() => userLine("anna", stdin), UsageError, "the password is expected on stdin");
  }
  for (const name of ["an:na", "an\nna", "", "an\u0000na"]) {
    const error = assertThrows(() => userLine(name, "s3cret"), UsageError);
    assertEquals(error.message.includes("s3cret"), false);
  }
});

Deno.test("--tls-cert and --tls-key go together and must be there", async () => {
  assertEquals(await readCertificate(undefined, undefined), undefined);
  await assertRejects(() => readCertificate("cert.pem", undefined), UsageError, "together");
  await assertRejects(() => readCertificate(undefined, "key.pem"), UsageError, "together");
  await withFile("PEM", async (path) => {
    assertEquals(await readCertificate(path, path), { cert: "PEM", key: "PEM" });
    await assertRejects(() => readCertificate(path, `${path}.no`), LocalError, "cannot read");
  });
});

Deno.test("--multicast-group with and without a port", () => {
  assertEquals(parseMulticastGroup("239.255.42.42"), { group: "239.255.42.42" });
  assertEquals(parseMulticastGroup("224.0.1.0:65534"), { group: "224.0.1.0", port: 65_534 });
  assertEquals(parseMulticastGroup("239.1.1.1:1024"), { group: "239.1.1.1", port: 1024 });
});

for (
  const text of [
    "",
    "localhost",
    "192.0.2.1",
    "240.0.0.1",
    "224.0.0.251",
    "239.1.1.256",
    "239.1.1",
    "ff02::1",
    "239.1.1.1:",
    "239.1.1.1:5005",
    "239.1.1.1:1022",
    "239.1.1.1:65536",
    "239.1.1.1:5004:1",
  ]
) {
  Deno.test(`--multicast-group ${JSON.stringify(text)} is refused`, () => {
    assertThrows(() => parseMulticastGroup(text), UsageError);
  });
}
