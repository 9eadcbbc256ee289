/** What bounds how much a server takes from strangers, by name; docs/limits.md says what each does. */
export const LIMIT_NAMES = [
  "connections",
  "connections-per-address",
  "connection-rate",
  "sessions",
  "sessions-per-address",
  "sessions-per-connection",
  "streams-per-file",
  "open-files",
  "descriptors",
  "request-rate",
  "request-bytes",
  "first-request",
  "request-time",
  "idle",
  "slow-reader",
  "queued-bytes",
  "queued-time",
  "send-buffers",
  "malformed-messages",
  "queued-plays",
  "failed-logins",
] as const;

/** One of {@linkcode LIMIT_NAMES}. */
export type LimitName = (typeof LIMIT_NAMES)[number];
