import { FrameTimes } from "../../cmd/frame_times.ts";
import { assertEquals } from "../support/assert.ts";

/** When frames are shown that have these timestamps and came at these times, in ms. */
function timesOf(frames: [timestamp: number, arrivedAt: number][]): number[] {
  const times = new FrameTimes();
  return frames.map(([timestamp, arrivedAt]) =>
    Math.round(times.next({ timestamp: timestamp >>> 0, arrivedAt }))
  );
}

Deno.test("frames are shown by their timestamps, however they come", () => {
  assertEquals(timesOf([[7, 1000], [3607, 1090], [7207, 1091], [18_007, 1200]]), [0, 40, 80, 200]);
});

Deno.test("timestamps may pass their highest value", () => {
  assertEquals(timesOf([[2 ** 32 - 1800, 0], [1800, 40], [5400, 80]]), [0, 40, 80]);
});

Deno.test("timestamps that stand still, or count seconds, tell nothing: arrivals do", () => {
  assertEquals(timesOf([[0, 500], [0, 550], [0, 605], [0, 650]]), [0, 50, 105, 150]);
  assertEquals(timesOf([[1_700_000_000, 0], [1_700_000_000, 50], [1_700_000_001, 100]]), [
    ...[0, 50, 100],
  ]);
});

Deno.test("where timestamps jump, arrivals bridge it, and timestamps go on", () => {
  assertEquals(
    timesOf([[0, 0], [3600, 40], [900_000_000, 80], [900_003_600, 125], [0, 160], [3600, 300]]),
    [0, 40, 80, 120, 155, 195],
  );
});

Deno.test("a clock of another rate is found out after a while", () => {
  // 1 kHz in the stead of 90: steps of 100 ticks would be 1.1 ms.
  const frames = Array.from({ length: 100 }, (_, i): [number, number] => [i * 100, i * 100]);
  const end = timesOf(frames).at(-1)!;
  assertEquals(end < 9900 && end > 300, true);
});
