import { toHex } from "../../../lib/bytes/hex.ts";
import { systemClock } from "../../../lib/net/clock.ts";
import { type SelfSigned, selfSigned } from "../../../lib/net/self_signed.ts";
import { closeQuietly, connectTls, listenTls, type TlsCertificate } from "../../../lib/net/tcp.ts";
import { CertificateError, certificateProblem, type TlsTrust } from "../../../lib/net/tls_trust.ts";
import { fromHex } from "../../../lib/bytes/hex.ts";
import { assertEquals, assertMatch, assertRejects } from "../../support/assert.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../support/certificate.ts";

const NOW = Date.now();
const DAY_MS = 24 * 3600_000;

function made(wallTime = NOW, hosts = ["localhost", "127.0.0.1", "::1"]): Promise<SelfSigned> {
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);
  return selfSigned({ hosts, wallTime, randomBytes });
}

/** Connects to a server with a certificate. @returns whether what was said to it came back */
async function echoes(certificate: TlsCertificate, trust?: TlsTrust): Promise<boolean> {
  const listener = listenTls("127.0.0.1", 0, certificate);
  const { port } = listener.addr as Deno.NetAddr;
  const serving = echoAll(listener);
  try {
    const options = { clock: systemClock, timeout: 5000, trust };
    const connection = await connectTls("127.0.0.1", port, options);
    try {
      await connection.write(new Uint8Array([7]));
      const bytes = new Uint8Array(1);
      return await connection.read(bytes) === 1 && bytes[0] === 7;
    } finally {
      connection.close();
    }
  } finally {
    listener.close();
    await serving;
  }
}

async function echoAll(listener: Deno.TlsListener): Promise<void> {
  const running: Promise<void>[] = [];
  for (;;) {
    try {
      running.push(echo(await listener.accept()));
    } catch {
      break;
    }
  }
  await Promise.all(running);
}

/** A client that does not like the certificate ends the handshake. */
async function echo(socket: Deno.TlsConn): Promise<void> {
  try {
    const bytes = new Uint8Array(1);
    if (await socket.read(bytes) !== null) await socket.write(bytes);
  } catch {
    // as said
  } finally {
    closeQuietly(socket);
  }
}

function fingerprintOf(hex: string): TlsTrust {
  return { fingerprint: fromHex(hex.replaceAll(":", "")) };
}

Deno.test("a certificate that was made is trusted by itself, and by its fingerprint", async () => {
  const { fingerprint, ...certificate } = await made();
  assertEquals(await echoes(certificate, { authorities: [certificate.cert] }), true);
  assertEquals(await echoes(certificate, fingerprintOf(fingerprint)), true);
});

Deno.test("a certificate known by its fingerprint need not be for the name", async () => {
  const { fingerprint, ...certificate } = await made(NOW, ["camera.example"]);
  assertEquals(await echoes(certificate, fingerprintOf(fingerprint)), true);
  await assertRejects(
    () => echoes(certificate, { authorities: [certificate.cert] }),
    CertificateError,
    'not valid for name "127.0.0.1"',
  );
});

Deno.test("nobody trusts a certificate that nobody has signed", async () => {
  const problem = "nobody whom this machine trusts has signed it";
  await assertRejects(() => echoes(TEST_CERTIFICATE), CertificateError, problem);
  const other = { authorities: [OTHER_CERTIFICATE.cert] };
  await assertRejects(() => echoes(TEST_CERTIFICATE, other), CertificateError, problem);
});

Deno.test("another fingerprint than the one that is known is told, and nothing said to the server", async () => {
  const { fingerprint } = await made();
  const digest = await crypto.subtle.digest("SHA-256", derOf(TEST_CERTIFICATE.cert));
  const found = toHex(new Uint8Array(digest), ":").toUpperCase();
  await assertRejects(
    () => echoes(TEST_CERTIFICATE, fingerprintOf(fingerprint)),
    CertificateError,
    `its SHA-256 is ${found}, not the one that is known`,
  );
});

Deno.test("a certificate whose time is over, or has not come, says so", async () => {
  const old = await made(NOW - 400 * DAY_MS);
  const early = await made(NOW + 3 * DAY_MS);
  for (
    const [{ fingerprint, ...certificate }, problem] of [[old, "expired"], [
      early,
      "not valid yet",
    ]] as const
  ) {
    for (const trust of [{ authorities: [certificate.cert] }, fingerprintOf(fingerprint)]) {
      await assertRejects(() => echoes(certificate, trust), CertificateError, problem);
    }
  }
});

Deno.test("a fingerprint of a server that speaks no TLS, or is gone, fails in time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const options = { clock: systemClock, timeout: 5000, trust: { fingerprint: new Uint8Array(32) } };
  const closing = listener.accept().then((socket) => socket.close());
  await assertRejects(() => connectTls("127.0.0.1", port, options), Error, "cannot reach");
  await closing;
  // One that answers nothing at all.
  const silent = listener.accept();
  const short = { ...options, timeout: 50 };
  await assertRejects(() => connectTls("127.0.0.1", port, short), Error, "no answer in 0.05 s");
  (await silent).close();
  listener.close();
  await assertRejects(() => connectTls("127.0.0.1", port, options), Error, "cannot reach");
});

Deno.test("a certificate is made for a year, from a day ago, and anew each time", async () => {
  const [one, two] = [await made(), await made()];
  assertMatch(one.fingerprint, /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
  assertEquals(one.fingerprint === two.fingerprint || one.key === two.key, false);
  for (const line of (one.cert + one.key).split("\n")) assertEquals(line.length <= 64, true, line);
});

Deno.test("what is wrong with a certificate is said in words, and what is no certificate's fault is not", () => {
  const said = (message: string): string | undefined => certificateProblem(new Error(message));
  assertMatch(said("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))")!, /CA:FALSE/);
  assertEquals(said("invalid peer certificate: something\nnew"), "something new");
  assertEquals(said("Connection reset by peer"), undefined);
  assertEquals(certificateProblem("invalid"), undefined);
});

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, "");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
