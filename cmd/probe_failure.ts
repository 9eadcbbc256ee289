import {
  AuthenticationError,
  NoMediaError,
  NoReplyError,
  ProtocolError,
  RedirectionError,
  StatusError,
  UnreadableReplyError,
} from "../lib/client/errors.ts";
import type { SessionFailure } from "../lib/inspect/failure.ts";
import { TimeoutError } from "../lib/net/clock.ts";
import { UnreachableError } from "../lib/net/errors.ts";

/** What URLs, shells and cameras get wrong in a password. */
const SPECIAL = /[^A-Za-z0-9._~-]/;

/** What an error means for the verdict. @param password that was given, if one was */
export function failureOf(error: unknown, password: string | undefined): SessionFailure {
  const message = error instanceof Error ? error.message : String(error);
  const specialPassword = SPECIAL.test(password ?? "");
  return { kind: kindOf(error), message, ...(specialPassword ? { specialPassword } : {}) };
}

function kindOf(error: unknown): SessionFailure["kind"] {
  if (error instanceof AuthenticationError) return "authentication";
  if (error instanceof StatusError) return "status";
  if (error instanceof RedirectionError) return "redirection";
  if (error instanceof UnreadableReplyError) return "unreadable-reply";
  if (error instanceof ProtocolError) return "protocol";
  if (error instanceof NoMediaError) return "no-media";
  if (error instanceof NoReplyError) return "no-reply";
  if (error instanceof UnreachableError) return unreachable(error);
  return error instanceof TimeoutError ? "unreachable" : "other";
}

function unreachable({ message, cause }: Error): SessionFailure["kind"] {
  if (cause instanceof Deno.errors.ConnectionRefused) return "connection-refused";
  if (/no such host name/.test(message)) return "host-unknown";
  return /connection refused/.test(message) ? "connection-refused" : "unreachable";
}
