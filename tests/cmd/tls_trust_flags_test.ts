import { LocalError, UsageError } from "../../cmd/exit_status.ts";
import { explain } from "../../cmd/exit_status.ts";
import { readTrust } from "../../cmd/tls_trust_flags.ts";
import { CertificateError } from "../../lib/net/tls_trust.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../support/certificate.ts";

const NONE = { "tls-ca": undefined, "tls-fingerprint": undefined };
const BYTES = Uint8Array.from({ length: 32 }, (_, i) => i);
const PLAIN = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

Deno.test("--tls-ca: every certificate in the file, and nothing else of it", async () => {
  const file = await Deno.makeTempFile({ prefix: "rtspkit-ca-" });
  try {
    assertEquals(await readTrust(NONE), undefined);
    const { cert, key } = TEST_CERTIFICATE;
    await Deno.writeTextFile(file, `a remark\n${key}${cert}\r\n${OTHER_CERTIFICATE.cert}`);
    assertEquals(await readTrust({ ...NONE, "tls-ca": file }), {
      authorities: [cert.trim(), OTHER_CERTIFICATE.cert.trim()],
    });
    await Deno.writeTextFile(file, key);
    const noCertificate = (): Promise<unknown> => readTrust({ ...NONE, "tls-ca": file });
    await assertRejects(noCertificate, LocalError, "no certificate in it");
  } finally {
    await Deno.remove(file);
  }
  const missing = (): Promise<unknown> => readTrust({ ...NONE, "tls-ca": "/nonexistent/ca.pem" });
  await assertRejects(missing, LocalError, "--tls-ca /nonexistent/ca.pem: cannot read it");
});

Deno.test("--tls-fingerprint as serve, openssl and browsers write it", async () => {
  const colons = PLAIN.match(/../g)!.join(":");
  for (const text of [PLAIN, colons.toUpperCase(), `SHA256:${PLAIN}`, `sha-256=${colons}`]) {
    assertEquals(await readTrust({ ...NONE, "tls-fingerprint": text }), { fingerprint: BYTES });
  }
  for (const text of ["", PLAIN.slice(2), `${PLAIN}00`, PLAIN.replace("0", "g"), "12"]) {
    const read = (): Promise<unknown> => readTrust({ ...NONE, "tls-fingerprint": text });
    await assertRejects(read, UsageError, "is no SHA-256: 64 hex digits");
  }
});

Deno.test("one way to trust is enough", async () => {
  const both = { "tls-ca": "ca.pem", "tls-fingerprint": PLAIN };
  await assertRejects(() => readTrust(both), UsageError, "do not go together");
});

Deno.test("a certificate that is not trusted ends a command with status 3, saying which flags help", () => {
  const { line, status } = explain(new CertificateError("cannot trust the certificate of a:1: x"));
  assertEquals(status, 3);
  assertEquals(
    line,
    "cannot trust the certificate of a:1: x " +
      "(--tls-ca FILE names who signed it, --tls-fingerprint SHA256 the certificate itself)",
  );
});
