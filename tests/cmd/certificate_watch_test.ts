import { CertificateWatch } from "../../cmd/certificate_watch.ts";
import type { TlsCertificate } from "../../lib/net/tcp.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("a certificate is taken once when its files change, trouble is told once, and then it goes on", async () => {
  const clock = new FakeClock();
  const files = new Map([["c", "cert 1"], ["k", "key 1"]]);
  const taken: TlsCertificate[] = [];
  const told: string[] = [];
  const watch = new CertificateWatch({
    files: { cert: "c", key: "k" },
    current: { cert: "cert 1", key: "key 1" },
    clock,
    renew: (certificate) => {
      if (certificate.cert === "broken") throw new Error("no certificate");
      taken.push(certificate);
    },
    tell: (message) => told.push(message),
    read: (path) => {
      const text = files.get(path);
      return text === undefined ? Promise.reject(new Error("gone")) : Promise.resolve(text);
    },
  });
  await clock.advance(10_000);
  assertEquals([taken, told], [[], []]);
  files.set("c", "cert 2").set("k", "key 2");
  await clock.advance(2000);
  assertEquals(taken, [{ cert: "cert 2", key: "key 2" }]);
  files.set("c", "broken");
  await clock.advance(10_000);
  files.delete("k");
  await clock.advance(10_000);
  files.set("c", "cert 3").set("k", "key 3");
  await clock.advance(2000);
  assertEquals(taken.length, 2);
  assertEquals(told, [
    "the certificate of c is used from now on",
    "the certificate stays as it was: no certificate",
    "the certificate stays as it was: gone",
    "the certificate of c is used from now on",
  ]);
  watch.close();
  assertEquals(clock.pending, 0);
});
