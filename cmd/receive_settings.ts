import type { Credentials } from "../lib/client/rtsp/requester.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import type { RECEIVE_FLAGS } from "./command.ts";
import { LocalError } from "./exit_status.ts";
import type { FlagValues } from "./flags.ts";
import { readTrust } from "./tls_trust_flags.ts";

/** What the flags of every receiving command say about how to receive. */
export interface ReceiveSettings {
  timeout: number | undefined;
  duration: number | undefined;
  dialect: string | undefined;
  transport: string | undefined;
  credentials: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that this machine knows. */
  trust: TlsTrust | undefined;
}

/**
 * Reads the flags that all receiving commands share.
 * @throws {UsageError} when a fingerprint is none
 * @throws {LocalError} when the password file or the certificates cannot be read
 */
export async function receiveSettings(
  flags: FlagValues<typeof RECEIVE_FLAGS>,
): Promise<ReceiveSettings> {
  const { timeout, duration, dialect, transport } = flags;
  return {
    ...{ timeout, duration, dialect, transport },
    credentials: await readCredentials(flags),
    trust: await readTrust(flags),
  };
}

/** Flags before environment; a password is never a word on the command line. */
async function readCredentials(
  flags: { user: string | undefined; "password-file": string | undefined },
): Promise<Credentials | undefined> {
  const username = flags.user ?? Deno.env.get("RTSPKIT_USER");
  if (username === undefined) return undefined;
  const file = flags["password-file"];
  if (file === undefined) return { username, password: Deno.env.get("RTSPKIT_PASSWORD") ?? "" };
  try {
    return { username, password: (await Deno.readTextFile(file)).replace(/\r?\n$/, "") };
  } catch (error) {
    throw new LocalError(`--password-file ${file}: cannot read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
