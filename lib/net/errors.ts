/** A peer that cannot be reached: no such name, refused, timed out, gone. */
export class UnreachableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnreachableError";
  }
}

/** A port of this machine that cannot be had. */
export class BindError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BindError";
  }
}

/** The cause of a failed network call in a few plain words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "address already in use";
  if (error instanceof Deno.errors.ConnectionRefused) return "connection refused";
  if (error instanceof Deno.errors.ConnectionReset) return "connection reset";
  if (error instanceof Deno.errors.AddrNotAvailable) return "no such address on this machine";
  if (error instanceof Deno.errors.TimedOut) return "timed out";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  const message = error instanceof Error ? error.message : String(error);
  if (/lookup|resolve|Name or service|nodename/i.test(message)) return "no such host name";
  // TLS errors end in the address of a page about them.
  return message.replace(/\s*\(os error \d+\)$/, "").replace(/: https:\/\/\S+$/, "").replace(
    /\s+/g,
    " ",
  );
}
