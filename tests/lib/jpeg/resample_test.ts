import fc from "fast-check";
import { resamplingTaps } from "../../../lib/jpeg/resample.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function resampled(line: number[], to: number, length: number, step: number): number[] {
  const { count, index, weight } = resamplingTaps(line.length, to, { length, step });
  return Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += weight[i * count + n]! * line[index[i * count + n]!]!;
    return Math.round(1e6 * sum) / 1e6;
  });
}

Deno.test("each sample is the average of what it covers, the last one is repeated", () => {
  const line = [0, 10, 40, 60, 90];
  assertEquals(resampled(line, 5, 6, 1), [0, 10, 40, 60, 90, 90]);
  assertEquals(resampled(line, 3, 4, 2), [5, 50, 90, 90]);
  assertEquals(resampled(line, 10, 10, 0.5), [0, 0, 10, 10, 40, 40, 60, 60, 90, 90]);
  assertEquals(resampled([0, 30, 90], 4, 4, 2 / 3), [0, 15, 30, 90]);
  assertEquals(resampled([0, 30, 90, 60], 3, 3, 4 / 3), [7.5, 60, 67.5]);
  assertEquals(resampled([7], 1, 3, 2), [7, 7, 7]);
});

Deno.test("a flat line stays flat, and no sample beyond the line is looked at", () => {
  const steps = fc.constantFrom(0.5, 2 / 3, 0.75, 1, 4 / 3, 1.5, 2);
  fc.assert(fc.property(fc.integer({ min: 1, max: 70 }), steps, fc.nat(20), (from, step, more) => {
    const to = Math.max(1, Math.ceil(from / step));
    const taps = resamplingTaps(from, to, { length: to + more, step });
    assert(taps.index.every((at) => at >= 0 && at < from));
    assertEquals(
      resampled(new Array(from).fill(12), to, to + more, step),
      new Array(to + more).fill(12),
    );
  }));
});
