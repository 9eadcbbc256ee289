/**
 * Runs something where the runtime fires timers although they have been cleared, as it has been seen
 * to do with those cleared in the turn in which they fire.
 */
export async function whereClearedTimersFire(work: () => Promise<void>): Promise<void> {
  const { clearTimeout } = globalThis;
  globalThis.clearTimeout = () => {};
  try {
    await work();
  } finally {
    globalThis.clearTimeout = clearTimeout;
  }
}
