import { BindError } from "../../../lib/net/errors.ts";
import { OwnCertificateError } from "../../../lib/net/own_certificate.ts";
import { listenTcp, listenTls } from "../../../lib/net/tcp.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../support/certificate.ts";

const { cert, key } = TEST_CERTIFICATE;

/** PEM that holds what is no certificate, key or anything else. */
function pem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

const UNUSABLE: { name: string; cert?: string; key?: string; says: string }[] = [
  {
    name: "an empty certificate file",
    cert: "",
    says: "there is no certificate in its file (PEM is expected)",
  },
  {
    name: "a key for a certificate",
    cert: key,
    says: "there is no certificate in its file (PEM is expected)",
  },
  { name: "no base64", cert: pem("CERTIFICATE", "!!!!"), says: "the certificate is damaged" },
  { name: "no DER", cert: pem("CERTIFICATE", "AAAA"), says: "the certificate is damaged" },
  {
    name: "an empty key file",
    key: "",
    says: "there is no key in its file (PEM without a passphrase is expected)",
  },
  {
    name: "no base64 for a key",
    key: pem("PRIVATE KEY", "!!!!"),
    says: "the key is damaged or has a passphrase (one without is expected)",
  },
  {
    name: "another certificate's key",
    key: OTHER_CERTIFICATE.key,
    says: "the key is not the certificate's",
  },
];

for (const { name, says, ...parts } of UNUSABLE) {
  Deno.test(`a certificate that cannot be used is told as such, and no port: ${name}`, () => {
    const listen = (): unknown => listenTls("127.0.0.1", 0, { cert, key, ...parts });
    assertEquals(assertThrows(listen, OwnCertificateError).message, says);
  });
}

Deno.test("a port that cannot be had is told as such over TLS too", () => {
  const listener = listenTcp("127.0.0.1", 0);
  const { port } = listener.addr;
  const error = assertThrows(() => listenTls("127.0.0.1", port, { cert, key }), BindError);
  assertEquals(error instanceof OwnCertificateError, false);
  listener.close();
  assertThrows(() => listenTls("192.0.2.1", 0, { cert, key }), BindError, "cannot bind");
});
