import {
  AuthenticationError,
  NoMediaError,
  ProtocolError,
  StatusError,
} from "../lib/client/errors.ts";
import { CertificateError } from "../lib/net/tls_trust.ts";
import { FrameRefusedError } from "../lib/media/frame_writer.ts";
import { TimeoutError } from "../lib/net/clock.ts";
import { BindError, reasonOf, UnreachableError } from "../lib/net/errors.ts";
import { MediaNotFoundError, MediaUnreadableError } from "../lib/stream/media_provider.ts";

/** How a command ends; scripts are written against these numbers. */
export const EXIT = {
  /** It did what was asked. */
  ok: 0,
  /** A defect in rtspkit. */
  defect: 1,
  /** Bad flag, argument or value. */
  usage: 2,
  /** The peer cannot be reached: name, refused, timed out. */
  unreachable: 3,
  /** The peer answered with an error status. */
  refused: 4,
  /** Authentication missing or refused. */
  authentication: 5,
  /** RTSP worked but no media arrived. */
  noMedia: 6,
  /** Media arrived but an expectation did not hold. */
  expectation: 7,
  /** A problem of this machine: port in use, file unreadable, disk full. */
  local: 8,
} as const;

/** The person's words were not understood. The message says which, and what would do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Something of this machine's: a file, a folder, a port. */
export class LocalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LocalError";
  }
}

/** An expectation that did not hold. */
export class ExpectationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExpectationError";
  }
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Which class of error ends a command how; the first that fits. */
const STATUS_OF: readonly [ErrorClass, number][] = [
  [UsageError, EXIT.usage],
  [UnreachableError, EXIT.unreachable],
  [TimeoutError, EXIT.unreachable],
  [StatusError, EXIT.refused],
  [ProtocolError, EXIT.refused],
  [AuthenticationError, EXIT.authentication],
  [NoMediaError, EXIT.noMedia],
  [ExpectationError, EXIT.expectation],
  [LocalError, EXIT.local],
  [BindError, EXIT.local],
  [FrameRefusedError, EXIT.local],
  [MediaNotFoundError, EXIT.local],
  [MediaUnreadableError, EXIT.local],
];

/** The one line and the exit status for whatever ended a command. */
export function explain(error: unknown): { line: string; status: number } {
  const message = error instanceof Error ? error.message : String(error);
  for (const [errorClass, status] of STATUS_OF) {
    if (error instanceof errorClass) return { line: oneLine(message + adviceOn(error)), status };
  }
  if (isSystemError(error)) return { line: oneLine(reasonOf(error)), status: EXIT.local };
  const place = error instanceof Error ? error.stack?.split("\n")[1]?.trim() ?? "" : "";
  return {
    line: oneLine(`this is a defect, please report it: ${message} ${place}`),
    status: EXIT.defect,
  };
}

/** What flags would help, for errors that come from where no flags are known. */
function adviceOn(error: Error): string {
  if (!(error instanceof CertificateError)) return "";
  return " (--tls-ca FILE names who signed it, --tls-fingerprint SHA256 the certificate itself)";
}

/** Errors the system raises about files and the network; those without a class have its code. */
function isSystemError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && /^E[A-Z0-9]+$/.test(String(error.code))) return true;
  return Object.values(Deno.errors).some((errorClass) => error instanceof errorClass);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}
