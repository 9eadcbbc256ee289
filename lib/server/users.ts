import { secretFor } from "./authenticator.ts";

/** A list of users that cannot be used. The message never shows what the line says. */
export class UserListError extends Error {
  /** @param line from 1 */
  constructor(readonly line: number, readonly problem: string) {
    super(`line ${line} ${problem}`);
    this.name = "UserListError";
  }
}

/** Characters of a name or password at most. */
const LONGEST = 256;
const HASHED = /^([^:]+):([^:]*):([0-9a-f]{32})$/i;
const PLAIN = /^([^:]+):(.+)$/;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * The users of a list, one a line: `NAME:PASSWORD`, or `NAME:REALM:HASH` as `htdigest` writes it.
 * Empty lines and those that begin with `#` say nothing. A password that would pass for realm and hash
 * has to be given as a hash.
 * @param realm what hashes must have been made for
 * @returns by name, what an `Authenticator` checks against; the passwords are not kept
 * @throws {UserListError} naming the line
 */
export function parseUsers(text: string, realm: string): Map<string, string> {
  const users = new Map<string, string>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const [name, secret] = parseUser(line, i + 1, realm);
    if (users.has(name)) throw new UserListError(i + 1, "names a user who was named before");
    users.set(name, secret);
  });
  return users;
}

function parseUser(line: string, number: number, realm: string): [name: string, secret: string] {
  if (CONTROL.test(line)) throw new UserListError(number, "has a control character");
  const [, hashedName, hashedRealm, hash] = HASHED.exec(line) ?? [];
  if (hashedName !== undefined && hash !== undefined) {
    if (hashedRealm === realm) return [checkLength(hashedName, number), hash.toLowerCase()];
    throw new UserListError(number, `is hashed for another realm than ${JSON.stringify(realm)}`);
  }
  const [, name, password] = PLAIN.exec(line) ?? [];
  if (name === undefined || password === undefined) {
    throw new UserListError(number, "is neither NAME:PASSWORD nor NAME:REALM:HASH");
  }
  checkLength(password, number);
  return [checkLength(name, number), secretFor(name, realm, password)];
}

function checkLength(text: string, number: number): string {
  if (text.length <= LONGEST) return text;
  throw new UserListError(number, `has a name or password of more than ${LONGEST} characters`);
}
