// reflect-metadata has to be there before what builds certificates is loaded.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { toHex } from "../bytes/hex.ts";
import { toPem } from "./pem.ts";
import type { TlsCertificate } from "./tcp.ts";

/** The curve and hash that every TLS peer knows (RFC 8446, section 9.1). */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Peers' clocks may be slow by that much, in ms. */
const EARLIER_MS = 24 * 3600_000;
/** How long a certificate is valid, in ms: a year. */
const VALID_MS = 365 * 24 * 3600_000;
const SERIAL_BYTES = 16;

/** What a certificate is made of. */
export interface SelfSignedOptions {
  /** Names and addresses it is for. */
  hosts: readonly string[];
  /** Now, in ms since 1970. */
  wallTime: number;
  randomBytes: (length: number) => Uint8Array;
}

/** A certificate that nobody but itself has signed. */
export interface SelfSigned extends TlsCertificate {
  /** The SHA-256 of the certificate as people compare it: `AB:CD:…`. */
  fingerprint: string;
}

/** Makes a key and a certificate for it, a server's and not an authority's. */
export async function selfSigned(
  { hosts, wallTime, randomBytes }: SelfSignedOptions,
): Promise<SelfSigned> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: toHex(serial(randomBytes)),
    name: "CN=rtspkit self-signed",
    notBefore: new Date(wallTime - EARLIER_MS),
    notAfter: new Date(wallTime + VALID_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(nameOf)),
    ],
  });
  return {
    cert: toPem("CERTIFICATE", new Uint8Array(certificate.rawData)),
    key: toPem(
      "PRIVATE KEY",
      new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey)),
    ),
    fingerprint: toHex(new Uint8Array(await certificate.getThumbprint("SHA-256")), ":")
      .toUpperCase(),
  };
}

/** Positive and in its shortest form, as RFC 5280, section 4.1.2.2, wants it. */
function serial(randomBytes: (length: number) => Uint8Array): Uint8Array {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function nameOf(host: string): JsonGeneralName {
  const isAddress = /^[0-9.]+$/.test(host) || host.includes(":");
  return { type: isAddress ? "ip" : "dns", value: host };
}
