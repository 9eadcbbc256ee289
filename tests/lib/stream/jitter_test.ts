import { IntervalJitterEstimator, JitterEstimator } from "../../../lib/stream/jitter.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function near(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

Deno.test("jitter is what RFC 3550 appendix A.8 computes", () => {
  // Every 40 ms at 90 kHz; transit differs by 8, then 4, then 0 ms from packet to packet:
  // J = 8/16 = 0.5; J += (4 - 0.5)/16 = 0.71875; J += (0 - 0.71875)/16 = 0.673828125.
  const jitter = new JitterEstimator(90_000);
  jitter.add(1000, 0);
  assertEquals(jitter.milliseconds, 0);
  jitter.add(4600, 48);
  near(jitter.milliseconds, 0.5);
  jitter.add(8200, 84);
  near(jitter.milliseconds, 0.71875);
  jitter.add(11800, 124);
  near(jitter.milliseconds, 0.673828125);
  near(jitter.most, 0.71875);
});

Deno.test("packets of one frame, with one timestamp, count as the RFC has it", () => {
  const jitter = new JitterEstimator(90_000);
  jitter.add(0, 0);
  jitter.add(0, 16);
  near(jitter.milliseconds, 1);
});

Deno.test("timestamps that wrap are no jitter", () => {
  const jitter = new JitterEstimator(90_000);
  jitter.add(0xffffffff - 1799, 0);
  jitter.add(1800, 40);
  jitter.add(5400, 80);
  assertEquals(jitter.milliseconds, 0);
});

Deno.test("a new stretch keeps the estimate and does not count the time between", () => {
  for (const jitter of [new JitterEstimator(1000), new IntervalJitterEstimator()]) {
    const add = (ticks: number, at: number): void => {
      if (jitter instanceof JitterEstimator) jitter.add(ticks, at);
      else jitter.add(1, at);
    };
    add(0, 0);
    add(40, 40);
    add(80, 96);
    const before = jitter.milliseconds;
    assert(before > 0);
    jitter.restart();
    add(9999, 100_000);
    assertEquals(jitter.milliseconds, before);
  }
});

Deno.test("intervals far from their mean are jitter where timestamps tell nothing", () => {
  const jitter = new IntervalJitterEstimator();
  for (const at of [0, 50, 100, 150]) jitter.add(1, at);
  assertEquals(jitter.milliseconds, 0);
  jitter.add(2, 250);
  assertEquals(jitter.milliseconds, 0, "a gap of one packet takes twice the time");
  jitter.add(1, 316);
  near(jitter.milliseconds, 1);
  near(jitter.most, 1);
});
