import type { Credentials } from "../lib/client/rtsp/requester.ts";
import type { RECEIVE_FLAGS } from "./command.ts";
import { LocalError } from "./exit_status.ts";
import type { FlagValues } from "./flags.ts";

/** What the flags of every receiving command say about how to receive. */
export interface ReceiveSettings {
  timeout: number | undefined;
  duration: number | undefined;
  dialect: string | undefined;
  transport: string | undefined;
  credentials: Credentials | undefined;
}

/**
 * Reads the flags that all receiving commands share.
 * @throws {LocalError} when the password file cannot be read
 */
export async function receiveSettings(
  flags: FlagValues<typeof RECEIVE_FLAGS>,
): Promise<ReceiveSettings> {
  const { timeout, duration, dialect, transport } = flags;
  return { timeout, duration, dialect, transport, credentials: await readCredentials(flags) };
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
