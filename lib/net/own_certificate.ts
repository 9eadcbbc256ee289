import { BindError, reasonOf } from "./errors.ts";

/** A certificate or key of this machine's that no server can use, so that nothing is bound. */
export class OwnCertificateError extends BindError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OwnCertificateError";
  }
}

/** What they may be wrong with, as Deno and rustls say it, in words that help. */
const PROBLEMS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/No certificates found/, "there is no certificate in its file (PEM is expected)"],
  [/Unable to decode certificate|invalid peer certificate/, "the certificate is damaged"],
  [/No keys found/, "there is no key in its file (PEM without a passphrase is expected)"],
  [/Unable to decode key/, "the key is damaged or has a passphrase (one without is expected)"],
  [/KeyMismatch/, "the key is not the certificate's"],
];

/** A failure to listen as an {@linkcode OwnCertificateError}; undefined when that is not why. */
export function ownCertificateError(error: unknown): OwnCertificateError | undefined {
  const message = error instanceof Error ? error.message : "";
  const known = PROBLEMS.find(([pattern]) => pattern.test(message));
  // What the system says of ports is never this.
  if (known === undefined && !(error instanceof Deno.errors.InvalidData)) return undefined;
  return new OwnCertificateError(known?.[1] ?? reasonOf(error), { cause: error });
}
