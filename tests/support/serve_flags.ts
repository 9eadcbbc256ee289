/**
 * Flags for the number of workers of servers that are tested as programs: `RTSPKIT_TEST_WORKERS`, or as
 * many as they choose. A test that needs a number of them names it behind these.
 */
export const WORKER_FLAGS: readonly string[] = flagsOf(Deno.env.get("RTSPKIT_TEST_WORKERS") ?? "");

/**
 * Flags of Deno's for the same servers: with `RTSPKIT_TEST_SENDER=portable` they get along without
 * native code.
 */
export const SENDER_FLAGS: readonly string[] = Deno.env.get("RTSPKIT_TEST_SENDER") === "portable"
  ? ["--deny-ffi"]
  : [];

function flagsOf(count: string): string[] {
  return count === "" ? [] : ["--workers", count];
}
