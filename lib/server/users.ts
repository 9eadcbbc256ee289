import { digestSecret } from "../auth/digest.ts";

/** The algorithms that passwords are kept for, the stronger first. */
export const SECRET_ALGORITHMS = ["SHA-256", "MD5"] as const;
export type SecretAlgorithm = (typeof SECRET_ALGORITHMS)[number];

/** What is known of a user. Plain values, which go between threads. */
export interface User {
  /** What is kept of the password, by algorithm: H(A1) of RFC 7616, section 3.4.2. */
  readonly secrets: Readonly<Partial<Record<SecretAlgorithm, string>>>;
  /** What the user may watch, as `/cam/*`; everything when left out. */
  readonly paths?: readonly string[];
}

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
/** Paths of one user at most. */
const MOST_PATHS = 256;
const MD5_HASH = /^[0-9a-f]{32}$/i;
const HASHED =
  /^([^:]+):([^:]*):([0-9a-f]{32}|(?:MD5|SHA-256)=[0-9a-f]+(?::(?:MD5|SHA-256)=[0-9a-f]+)?)$/i;
const PLAIN = /^([^:]+):(.+)$/;
/** Words at the end of a line that begin with a slash. */
const PATHS = /^(.*?)((?:[ \t]+\/\S*)+)[ \t]*$/;
const HASH_DIGITS: Readonly<Record<SecretAlgorithm, number>> = { MD5: 32, "SHA-256": 64 };
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/** A user whose password is known: what a server keeps of it. */
export function secretFor(username: string, realm: string, password: string): User {
  const of = (algorithm: SecretAlgorithm): string =>
    digestSecret(algorithm, { username, realm, password });
  return { secrets: { "SHA-256": of("SHA-256"), MD5: of("MD5") } };
}

/** The line of a list that names a user without showing the password. */
export function formatUser(username: string, realm: string, { secrets }: User): string {
  const hashes = SECRET_ALGORITHMS.flatMap((algorithm) => {
    const secret = secrets[algorithm];
    return secret === undefined ? [] : [`${algorithm}=${secret}`];
  });
  return [username, realm, ...hashes].join(":");
}

/**
 * The users of a list, one a line: `NAME:PASSWORD`, or `NAME:REALM:HASH` as `htdigest` writes it, or
 * `NAME:REALM:SHA-256=HASH:MD5=HASH`; behind it, where not everything may be watched, the paths that
 * may: `/cam/* /movie.Mjpeg`. Empty lines and those that begin with `#` say nothing. A password that
 * would pass for realm and hash, or ends in what would pass for paths, has to be given as a hash.
 * @param realm what hashes must have been made for
 * @returns by name; the passwords are not kept
 * @throws {UserListError} naming the line
 */
export function parseUsers(text: string, realm: string): Map<string, User> {
  const users = new Map<string, User>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const [name, user] = parseUser(line, i + 1, realm);
    if (users.has(name)) throw new UserListError(i + 1, "names a user who was named before");
    users.set(name, user);
  });
  return users;
}

function parseUser(line: string, number: number, realm: string): [name: string, user: User] {
  if (CONTROL.test(line)) throw new UserListError(number, "has a control character");
  const [, before, words] = PATHS.exec(line) ?? [];
  const paths = words?.trim().split(/[ \t]+/);
  if (paths !== undefined && paths.length > MOST_PATHS) {
    throw new UserListError(number, `has more than ${MOST_PATHS} paths`);
  }
  const [name, user] = parseSecrets(before ?? line, number, realm);
  return [name, paths === undefined ? user : { ...user, paths }];
}

function parseSecrets(line: string, number: number, realm: string): [name: string, user: User] {
  const [, hashedName, hashedRealm, hashes] = HASHED.exec(line) ?? [];
  if (hashedName !== undefined && hashes !== undefined) {
    if (hashedRealm !== realm) {
      throw new UserListError(number, `is hashed for another realm than ${JSON.stringify(realm)}`);
    }
    return [checkLength(hashedName, number), { secrets: parseHashes(hashes, number) }];
  }
  const [, name, password] = PLAIN.exec(line) ?? [];
  if (name === undefined || password === undefined) {
    throw new UserListError(number, "is neither NAME:PASSWORD nor NAME:REALM:HASH");
  }
  checkLength(password, number);
  return [checkLength(name, number), secretFor(name, realm, password)];
}

function parseHashes(text: string, number: number): User["secrets"] {
  if (MD5_HASH.test(text)) return { MD5: text.toLowerCase() };
  const secrets: Partial<Record<SecretAlgorithm, string>> = {};
  for (const each of text.split(":")) {
    const [algorithm = "", hash = ""] = each.split("=");
    const known = SECRET_ALGORITHMS.find((name) => name === algorithm.toUpperCase());
    if (known === undefined || hash.length !== HASH_DIGITS[known]) {
      throw new UserListError(number, "has a hash of the wrong length");
    }
    secrets[known] = hash.toLowerCase();
  }
  return secrets;
}

function checkLength(text: string, number: number): string {
  if (text.length <= LONGEST) return text;
  throw new UserListError(number, `has a name or password of more than ${LONGEST} characters`);
}
