import { connect } from "node:tls";
import { toHex } from "../bytes/hex.ts";
import { toPem } from "./pem.ts";
import { CertificateError } from "./tls_trust.ts";

/**
 * Asks a server for its certificate, and sees whether it is the one that is known. Nothing is sent to
 * it and nothing taken from it: whether the server has the certificate's key too is for the
 * connection to find out that is made with it.
 * @param fingerprint the SHA-256 of the certificate, 32 bytes
 * @returns the certificate, in PEM
 * @throws {CertificateError} (as a rejection) when it has another
 */
export async function serverCertificate(
  address: { hostname: string; port: number },
  fingerprint: Uint8Array,
  signal: AbortSignal,
): Promise<string> {
  const der = await presented(address, signal);
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  if (toHex(found) !== toHex(fingerprint)) {
    throw new CertificateError(
      `its SHA-256 is ${toHex(found, ":").toUpperCase()}, not the one that is known`,
    );
  }
  return toPem("CERTIFICATE", der);
}

/** The certificate that a server shows, in DER. */
async function presented(
  { hostname, port }: { hostname: string; port: number },
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  // Whatever it shows is compared before anything is said to it.
  const socket = connect({ host: hostname, port, rejectUnauthorized: false });
  const abort = (): void => void socket.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("the server ended the connection")));
    });
    const { raw } = socket.getPeerCertificate();
    if (raw === undefined) throw new CertificateError("it shows none");
    return new Uint8Array(raw);
  } finally {
    signal.removeEventListener("abort", abort);
    socket.on("error", () => {}); // it is of no use any more
    socket.destroy();
  }
}
