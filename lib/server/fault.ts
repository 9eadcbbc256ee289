/** Whether an error is ours and not the network's or a file's. */
export function isDefect(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError ||
    error instanceof ReferenceError;
}

/** An error for the log: in one line, but of a defect with the place where it happened. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isDefect(error) ? error.stack ?? error.message : error.message;
}
