import { RtpClock } from "../../../lib/stream/rtp_clock.ts";
import { assertEquals } from "../../support/assert.ts";

const HZ = 90_000;

Deno.test("RFC 2326 appendix B: a stretch begins where the one before would have gone on", () => {
  const clock = new RtpClock(0, HZ);
  clock.begin(100);
  assertEquals([0, 1, 49].map((tick) => clock.use(tick)), [0, 9000, 441_000]);
  assertEquals(clock.nextStart, 450_000);
  clock.begin(50);
  assertEquals([0, 1].map((tick) => clock.use(tick)), [450_000, 454_500]);
  assertEquals(clock.nextStart, 459_000);
});

Deno.test("before anything was shown the next stretch begins at the start", () => {
  const clock = new RtpClock(77, HZ);
  clock.begin(50);
  clock.begin(100);
  assertEquals([clock.nextStart, clock.use(0)], [77, 77]);
});

Deno.test("reading a tick does not use it", () => {
  const clock = new RtpClock(0, HZ);
  clock.begin(100);
  assertEquals([clock.at(2.5), clock.nextStart], [22_500, 0]);
});

Deno.test("timestamps wrap after 32 bits", () => {
  const clock = new RtpClock(0xffff_ffff, HZ);
  clock.begin(100);
  assertEquals([clock.use(0), clock.use(1), clock.nextStart], [0xffff_ffff, 8999, 17_999]);
});

Deno.test("no rounding adds up, and ticks that were left out leave their time", () => {
  const clock = new RtpClock(0, HZ);
  clock.begin(1000 / 29.97);
  for (let tick = 0; tick < 29_970; tick += 3) clock.use(tick);
  assertEquals(clock.at(29_970), 1000 * HZ);
});
