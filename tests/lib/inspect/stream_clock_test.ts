import { StreamClock } from "../../../lib/inspect/stream_clock.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** A clock that has seen frames, `[timestamp, arrival]`. */
function seen(frames: Iterable<[number, number]>, clockRate = 90_000): StreamClock {
  const clock = new StreamClock(clockRate);
  for (const [timestamp, arrival] of frames) clock.add(timestamp >>> 0, arrival, arrival, "next");
  return clock;
}

/** So many frames, 40 ms apart, whose clock is off by parts per million. */
function frames(count: number, ppm = 0, start = 0): [number, number][] {
  const ticks = 3600 * (1 + ppm / 1e6);
  return Array.from({ length: count }, (_, i) => [Math.round(start + i * ticks), i * 40]);
}

Deno.test("a clock that is right has no drift", () => {
  const clock = seen(frames(250));
  assertEquals([clock.measuredRate, clock.driftPpm, clock.driftErrorPpm], [90_000, 0, 0]);
  assertEquals([clock.frames, clock.mediaFps, clock.mediaFrames], [250, 25, 249]);
});

Deno.test("drift is measured to a few parts per million, over the wrap of timestamps too", () => {
  for (const ppm of [-300, 50, 1000]) {
    const { driftPpm = NaN } = seen(frames(2500, ppm, 0xffff_0000));
    assert(Math.abs(driftPpm - ppm) < 2, `${driftPpm} for ${ppm}`);
  }
});

Deno.test("what may be chance grows with jitter", () => {
  const shaken = frames(250).map(([timestamp, arrival], i): [number, number] => {
    return [timestamp, arrival + (i * 7919 % 13)];
  });
  const { driftPpm = NaN, driftErrorPpm = NaN } = seen(shaken);
  assert(driftErrorPpm > 10 && Math.abs(driftPpm) < driftErrorPpm, `${driftPpm} ${driftErrorPpm}`);
});

Deno.test("a burst at the beginning says nothing about the rate", () => {
  const burst = Array.from({ length: 25 }, (_, i): [number, number] => [i * 3600, 0]);
  const rest = frames(100).map(([ticks, at]): [number, number] => [ticks + 25 * 3600, at]);
  assertEquals(seen([...burst, ...rest]).measuredRate, 90_000);
});

Deno.test("pictures sent out of the order they are shown in are counted right", () => {
  const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12];
  const clock = seen(order.map((shown, i) => [shown * 3600, i * 40]));
  assertEquals(clock.mediaFps, 25);
});

Deno.test("after a jump everything is measured anew", () => {
  const clock = seen(frames(100));
  clock.restart();
  assertEquals([clock.measuredRate, clock.mediaFps], [undefined, undefined]);
  assertEquals(clock.mediaFrames, 0);
  for (const [ticks, at] of frames(100)) clock.add(ticks + 5_000_000, 9000 + at, 0, "next");
  assertEquals([clock.measuredRate, clock.mediaFps], [90_000, 25]);
});

Deno.test("packets of one frame count once, and late ones not at all", () => {
  const clock = seen([[0, 0], [0, 1], [3600, 40], [3600, 41]]);
  clock.add(0, 50, 50, "reordered");
  clock.add(3600, 51, 51, "duplicate");
  assertEquals([clock.frames, clock.lastTimestamp], [2, 3600]);
});

Deno.test("too little tells nothing", () => {
  const { measuredRate, driftPpm, driftErrorPpm, mediaFps, measuredMs } = seen([[0, 0]]);
  assertEquals([measuredRate, driftPpm, driftErrorPpm, mediaFps, measuredMs], [
    undefined,
    undefined,
    undefined,
    undefined,
    0,
  ]);
});
