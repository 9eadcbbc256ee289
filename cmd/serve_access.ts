import { isMulticastV4 } from "../lib/net/address.ts";
import type { Clock } from "../lib/net/clock.ts";
import type { TlsCertificate } from "../lib/net/tcp.ts";
import { Authenticator } from "../lib/server/authenticator.ts";
import type { MulticastOptions } from "../lib/server/rtsp/multicast_groups.ts";
import {
  formatUser,
  parseUsers,
  secretFor,
  type User,
  UserListError,
} from "../lib/server/users.ts";
import { LocalError, UsageError } from "./exit_status.ts";
import { parsePort } from "./flags.ts";

/** What people are told they log in to; hashes in a file of users are made for it. */
export const REALM = "rtspkit";

/** What decides who may use the server. */
export interface AccessFlags {
  /** `NAME:PASS`, or a file of users. */
  auth: string | undefined;
  "auth-basic": boolean | undefined;
}

/** Who may use the server. */
export interface AccessSettings {
  /** By name. */
  users: ReadonlyMap<string, User>;
  basicInTheClear: boolean;
}

/**
 * @returns undefined when everybody may
 * @throws {LocalError} when the file cannot be used; no message shows a password
 */
export async function readAccess(flags: AccessFlags): Promise<AccessSettings | undefined> {
  if (flags.auth === undefined) {
    if (flags["auth-basic"]) throw new UsageError("--auth-basic says how, --auth has to say who");
    return undefined;
  }
  const users = await readUsers(flags.auth);
  return { users, basicInTheClear: flags["auth-basic"] ?? false };
}

/** What decides by these settings. */
export function makeAuthenticator(
  settings: AccessSettings,
  clock: Clock,
  randomBytes: (length: number) => Uint8Array,
): Authenticator {
  return new Authenticator({ realm: REALM, ...settings, clock, randomBytes });
}

async function readUsers(auth: string): Promise<Map<string, User>> {
  const text = await readIfThere(auth);
  if (text === undefined && !auth.includes(":")) {
    // It may be a password without a name, so it is not repeated.
    throw new LocalError("--auth: neither a file nor NAME:PASS");
  }
  try {
    const users = parseUsers(text ?? auth, REALM);
    if (users.size > 0) return users;
  } catch (error) {
    if (!(error instanceof UserListError)) throw error;
    const where = text === undefined ? "NAME:PASS" : `${auth}, line ${error.line}`;
    throw new LocalError(`--auth: ${where} ${error.problem}`);
  }
  throw new LocalError(`--auth: ${text === undefined ? "NAME:PASS" : auth} names nobody`);
}

/**
 * The line that names a user in a file of users, without the password.
 * @param password what stdin says; its first line counts
 * @throws {UsageError} when the name or the password cannot be used
 */
export function userLine(name: string, password: string): string {
  const [line = ""] = password.split(/\r?\n/, 1);
  if (line === "") throw new UsageError("--hash-password: the password is expected on stdin");
  const text = formatUser(name, REALM, secretFor(name, REALM, line));
  if (namesOnly(text, name)) return text;
  throw new UsageError("--hash-password: NAME cannot have a colon or a control character in it");
}

/** Whether a file with this line has this user in it, and nobody else. */
function namesOnly(text: string, name: string): boolean {
  try {
    const users = parseUsers(text, REALM);
    return users.size === 1 && users.has(name);
  } catch (error) {
    if (error instanceof UserListError) return false;
    throw error;
  }
}

/** The file's text; undefined when there is no such file. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    // Editors on Windows begin with a byte order mark.
    return (await Deno.readTextFile(path)).replace(/^\ufeff/, "");
  } catch (error) {
    if (path.includes(":") || error instanceof Deno.errors.NotFound) return undefined;
    throw new LocalError(`--auth: cannot read ${path}`, { cause: error });
  }
}

/**
 * @returns undefined for plain TCP
 * @throws {UsageError} when only one of the two is there
 * @throws {LocalError} when one cannot be read
 */
export async function readCertificate(
  certFile: string | undefined,
  keyFile: string | undefined,
): Promise<TlsCertificate | undefined> {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new UsageError("--tls-cert and --tls-key go together");
  }
  return { cert: await readPem(certFile), key: await readPem(keyFile) };
}

async function readPem(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new LocalError(`cannot read ${path} (name a PEM file)`, { cause: error });
  }
}

/**
 * `A.B.C.D` or `A.B.C.D:PORT`.
 * @throws {UsageError} when it is no multicast group, or the port is odd, which is for RTCP
 */
export function parseMulticastGroup(text: string): Pick<MulticastOptions, "group" | "port"> {
  const [group = "", port, ...rest] = text.split(":");
  // 224.0.0.x is for routers and the like, and never leaves the network (RFC 5771, section 4).
  const usable = isMulticastV4(group) && !group.startsWith("224.0.0.") &&
    group.split(".").every((part) => Number(part) <= 255);
  if (!usable || rest.length > 0) {
    throw new UsageError(
      `--multicast-group ${JSON.stringify(text)} is not a group (such as 239.255.42.42:5004)`,
    );
  }
  if (port === undefined) return { group };
  const number = parsePort("--multicast-group port", port, 1024);
  if (number % 2 === 0) return { group, port: number };
  throw new UsageError(`--multicast-group port ${number} is odd (RTP takes even ports)`);
}
