import { LocalError, UsageError } from "../../cmd/exit_status.ts";
import { parseSources } from "../../cmd/serve_source_settings.ts";
import { readSourceTrust } from "../../cmd/serve_source_trust.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";

const BYTES = Uint8Array.from({ length: 32 }, (_, i) => i);
const HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SOURCES = parseSources(["a=rtsps://x/1", "b=https://y/", "c=http://z/", "d=-"]);

Deno.test("--source-trust names a certificate by its SHA-256, or by a file", async () => {
  const file = await Deno.makeTempFile({ prefix: "rtspkit-ca-" });
  try {
    await Deno.writeTextFile(file, TEST_CERTIFICATE.cert);
    const trusted = await readSourceTrust([`a=SHA256:${HEX}`, `b=${file}`], SOURCES);
    assertEquals(trusted.get("a"), { fingerprint: BYTES });
    assertEquals(trusted.get("b"), { authorities: [TEST_CERTIFICATE.cert.trim()] });
    assertEquals((await readSourceTrust(undefined, SOURCES)).size, 0);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("--source-trust that fits no source, or that cannot be read, is refused", async () => {
  for (
    const [values, says] of [
      [["a"], '"a": give NAME=SHA256 or NAME=FILE'],
      [["a="], '"a=": give NAME=SHA256'],
      [["e=x.pem"], "no --source is called e"],
      [[`c=${HEX}`], "--source-trust c: only rtsps:// and https:// show a certificate"],
      [[`d=${HEX}`], "--source-trust d: only rtsps://"],
      [[`a=${HEX}`, `a=${HEX}`], "two are for a"],
      [[`a=${HEX.slice(2)}`], "is no SHA-256: 64 hex digits"],
    ] as const
  ) await assertRejects(() => readSourceTrust(values, SOURCES), UsageError, says);
  await assertRejects(
    () => readSourceTrust(["a=/nonexistent/x.pem"], SOURCES),
    LocalError,
    "--source-trust a=/nonexistent/x.pem: cannot read it (name a PEM file)",
  );
});
