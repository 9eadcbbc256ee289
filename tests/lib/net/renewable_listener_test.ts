import { OwnCertificateError } from "../../../lib/net/own_certificate.ts";
import { RenewableListener } from "../../../lib/net/renewable_listener.ts";
import { closeQuietly } from "../../../lib/net/tcp.ts";
import { assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../support/certificate.ts";

/** Echoes one byte to everybody who connects. */
async function echoAll(listener: RenewableListener): Promise<void> {
  const serve = async (socket: Deno.TcpConn | Deno.TlsConn): Promise<void> => {
    const buffer = new Uint8Array(1);
    try {
      while (await socket.read(buffer) !== null) await socket.write(buffer);
    } catch {
      // It did not trust the certificate.
    } finally {
      closeQuietly(socket);
    }
  };
  const serving: Promise<void>[] = [];
  try {
    for (;;) serving.push(serve(await listener.accept()));
  } catch {
    await Promise.all(serving);
  }
}

/** Connects, trusting one certificate, and says something. */
async function connect(port: number, cert: string): Promise<Deno.TlsConn> {
  const socket = await Deno.connectTls({ hostname: "localhost", port, caCerts: [cert] });
  try {
    await say(socket);
    return socket;
  } catch (error) {
    closeQuietly(socket);
    throw error;
  }
}

async function say(socket: Deno.TlsConn): Promise<void> {
  const bytes = Uint8Array.of(7);
  await socket.write(bytes);
  assertEquals(await socket.read(new Uint8Array(1)), 1);
}

Deno.test("a certificate is renewed for those who come later, and nobody is cut off", async () => {
  const listener = new RenewableListener("127.0.0.1", 0, TEST_CERTIFICATE);
  const echoing = echoAll(listener);
  const { port } = listener.addr;
  const before = await connect(port, TEST_CERTIFICATE.cert);
  listener.renew(OTHER_CERTIFICATE);
  assertEquals(listener.addr.port, port);
  // The listener before is gone when this turn of the event loop is over.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const after = await connect(port, OTHER_CERTIFICATE.cert);
  await assertRejects(() => connect(port, TEST_CERTIFICATE.cert), Deno.errors.InvalidData);
  await say(before);
  before.close();
  after.close();
  listener.close();
  await echoing;
});

Deno.test("a certificate that is none is refused, and the one before stays", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const listener = new RenewableListener("127.0.0.1", 0, TEST_CERTIFICATE);
  const echoing = echoAll(listener);
  const { key } = TEST_CERTIFICATE;
  assertThrows(() => listener.renew({ cert: "none", key }), OwnCertificateError);
  (await connect(listener.addr.port, TEST_CERTIFICATE.cert)).close();
  listener.close();
  listener.renew(OTHER_CERTIFICATE);
  await echoing;
});
