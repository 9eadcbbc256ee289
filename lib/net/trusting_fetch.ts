import { serverCertificate } from "./server_certificate.ts";
import { CertificateError, certificateProblem, type TlsTrust } from "./tls_trust.ts";

/** HTTPS is said here where no port is. */
const HTTPS_PORT = 443;

/** The part of `fetch` that asks for something without a body. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A `fetch` for one server, that trusts more than the authorities that the machine knows. A server's name must be in
 * its certificate also where that is known by its SHA-256. It throws {@linkcode CertificateError} where
 * the certificate is why it does not go on; nothing has been said to that server then.
 */
export function trustingFetch({ authorities = [], fingerprint }: TlsTrust = {}): Fetch {
  let client: Deno.HttpClient | undefined;
  return async (url, init) => {
    try {
      // It is there for as long as the server may be asked: as long as the program, that is.
      client ??= Deno.createHttpClient({
        caCerts: fingerprint === undefined
          ? [...authorities]
          : [await serverCertificate(addressOf(url), fingerprint, signalOf(init))],
      });
      return await fetch(url, { ...init, client });
    } catch (error) {
      const known = error instanceof CertificateError;
      const problem = known ? error.message : certificateProblem((error as Error).cause ?? error);
      if (problem === undefined) throw error;
      throw new CertificateError(`cannot trust its certificate: ${problem}`, { cause: error });
    }
  };
}

function addressOf(url: string): { hostname: string; port: number } {
  const { hostname, port } = new URL(url);
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || HTTPS_PORT };
}

function signalOf({ signal }: RequestInit): AbortSignal {
  return signal ?? new AbortController().signal;
}
