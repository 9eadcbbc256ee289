/**
 * Flags for the number of workers of servers that are tested as programs: `RTSPKIT_TEST_WORKERS`, or as
 * many as they choose. A test that needs a number of them names it behind these.
 */
export const WORKER_FLAGS: readonly string[] = flagsOf(Deno.env.get("RTSPKIT_TEST_WORKERS") ?? "");

function flagsOf(count: string): string[] {
  return count === "" ? [] : ["--workers", count];
}
