import { UnreachableError } from "./errors.ts";

/** What a client trusts beside the authorities that its machine knows. */
export interface TlsTrust {
  /** Certificates in PEM: of authorities, or a server's own where no authority signed it. */
  authorities?: readonly string[] | undefined;
  /** The server's own certificate is known by its SHA-256, 32 bytes; its name does not matter then. */
  fingerprint?: Uint8Array | undefined;
}

/** A server whose certificate is not to be trusted, or is none. */
export class CertificateError extends UnreachableError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CertificateError";
  }
}

/** What certificates may be wrong with, as rustls says it, in words that help. */
const PROBLEMS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/UnknownIssuer|BadSignature/, "nobody whom this machine trusts has signed it"],
  [/certificate expired|Expired/, "it has expired"],
  [/not valid yet|NotValidYet/, "it is not valid yet (is this machine's clock right?)"],
  [
    /CaUsedAsEndEntity/,
    "it is an authority's, not a server's (make it with basicConstraints=critical,CA:FALSE)",
  ],
];

/** A failed TLS handshake as a {@linkcode CertificateError}; undefined when that is not why. */
export function certificateProblem(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  const [, problem] = /invalid peer certificate: (.*)/s.exec(message) ?? [];
  if (problem === undefined) return undefined;
  const known = PROBLEMS.find(([pattern]) => pattern.test(problem));
  return known?.[1] ?? problem.replace(/\s+/g, " ");
}
