import { AuthenticationError, NoMediaError, StatusError } from "../../../lib/client/errors.ts";
import { mayPass, Reconnection } from "../../../lib/client/reconnection.ts";
import { TimeoutError } from "../../../lib/net/clock.ts";
import { BindError, UnreachableError } from "../../../lib/net/errors.ts";
import { CertificateError } from "../../../lib/net/tls_trust.ts";
import { assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** The longest waits there may be. */
const patient = { random: () => 1, mostMs: Infinity };

Deno.test("waits grow to half a minute, and begin anew once media comes", () => {
  const reconnection = new Reconnection({ clock: new FakeClock(), ...patient });
  const waits = Array.from({ length: 9 }, () => reconnection.next());
  assertEquals(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assertEquals(reconnection.attempt, 9);
  reconnection.reset();
  assertEquals([reconnection.attempt, reconnection.next()], [0, 500]);
});

Deno.test("a stream is given up when it has been asked for again for long enough", async () => {
  const clock = new FakeClock();
  const reconnection = new Reconnection({ clock, random: () => 1, mostMs: 2500 });
  const waits: (number | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    const wait = reconnection.next();
    waits.push(wait);
    await clock.advance(wait ?? 0);
  }
  assertEquals(waits, [500, 1000, 1000], "the last attempt comes when the time is up");
  assertEquals(reconnection.next(), undefined);
  reconnection.reset();
  assertEquals(reconnection.next(), 500, "the time counts from when it broke off");
});

Deno.test("with no time to ask again there is not one attempt", () => {
  const reconnection = new Reconnection({ clock: new FakeClock(), random: () => 1, mostMs: 0 });
  assertEquals(reconnection.next(), undefined);
});

Deno.test("a server that is gone may come back; wrong credentials and defects stay", () => {
  const passing = [
    new UnreachableError("gone"),
    new TimeoutError("a reply to SETUP", 1000),
    new NoMediaError("nothing comes"),
    new StatusError("SETUP", 503, "Service Unavailable"),
  ];
  assertEquals(passing.map(mayPass), passing.map(() => true));
  const staying = [
    new AuthenticationError("no"),
    new CertificateError("not trusted"),
    new BindError("taken"),
    new TypeError("oops"),
  ];
  assertEquals(staying.map(mayPass), staying.map(() => false));
});
