import { UnitTimes } from "../../cmd/dump_unit_times.ts";
import { ntpFromUnixMilliseconds } from "../../lib/rtcp/ntp.ts";
import type { SenderReport } from "../../lib/rtcp/sender_report.ts";
import { assertEquals } from "../support/assert.ts";

const NOW = 1_700_000_000_000;
const WRAP = 2 ** 32;

/** A sender report: at that wall time, in ms, the RTP clock shows that. */
function report(wallTime: number, rtpTimestamp: number): SenderReport {
  const ntpTimestamp = ntpFromUnixMilliseconds(wallTime);
  const counts = { packetCount: 0, octetCount: 0 };
  return { type: "SR", ssrc: 1, ntpTimestamp, rtpTimestamp, ...counts, reports: [] };
}

/** The times of one track's units, from the first. */
function timesOf(units: [timestamp: number, arrivedAt: number][], clockRate = 90_000): number[] {
  const times = new UnitTimes([clockRate]);
  const all = units.map(([timestamp, after]) => {
    return times.at(0, { timestamp, arrivedAt: NOW + after });
  });
  return all.map((at) => Math.round(at - all[0]!));
}

Deno.test("timestamps tell when units are presented, over the wrap and out of order", () => {
  assertEquals(timesOf([[WRAP - 3600, 0], [7200, 50], [0, 55], [3600, 300]]), [0, 120, 40, 80]);
});

Deno.test("a burst, a stall and a pause keep the time that timestamps tell", () => {
  const burst: [number, number][] = Array.from({ length: 200 }, (_, i) => [3600 * i, 0]);
  assertEquals(timesOf(burst).at(-1), 199 * 40);
  assertEquals(timesOf([[0, 0], [3600, 20_000]]), [0, 40]);
  assertEquals(timesOf([[0, 0], [900_000, 10_100]]), [0, 10_000]);
});

Deno.test("where timestamps jump, arrivals tell the time, once", () => {
  assertEquals(timesOf([[0, 0], [1_000_000_000, 40], [1_000_003_600, 90]]), [0, 40, 80]);
  assertEquals(timesOf([[900_000, 0], [0, 40], [3600, 80]]), [0, 40, 80]);
});

Deno.test("tracks lie side by side as they came until sender reports tell better", () => {
  const times = new UnitTimes([90_000, 8000]);
  const video = (ticks: number, after: number): number => {
    return times.at(0, { timestamp: ticks, arrivedAt: NOW + after }) - NOW;
  };
  const audio = (ticks: number, after: number): number => {
    return times.at(1, { timestamp: ticks, arrivedAt: NOW + after }) - NOW;
  };
  assertEquals([video(0, 0), audio(1000, 100)], [0, 100]);
  times.report(0, report(NOW, 0));
  assertEquals(audio(1160, 120), 120);
  // The sender sent what came at 100 ms 70 ms after the first picture.
  times.report(1, report(NOW + 70 + 1000, 1000 + 8000));
  assertEquals([Math.round(audio(1320, 140)), video(3600, 40)], [110, 40]);
  // It is done once: later reports only tell how clocks drift.
  times.report(1, report(NOW + 9000, 1000));
  assertEquals(Math.round(audio(1480, 160)), 130);
});

Deno.test("reports that came before the first units count from the first unit on", () => {
  const times = new UnitTimes([90_000, 8000]);
  times.report(1, report(NOW, 0));
  times.report(0, report(NOW, 0));
  const first = times.at(0, { timestamp: 9000, arrivedAt: NOW });
  assertEquals(Math.round(times.at(1, { timestamp: 0, arrivedAt: NOW + 500 }) - first), -100);
});

Deno.test("clocks that have nothing in common, or no time, move nothing", () => {
  for (const wrong of [report(NOW + 3_600_000, 0), { ...report(NOW, 0), ntpTimestamp: ZERO }]) {
    const times = new UnitTimes([90_000, 8000]);
    times.report(0, report(NOW, 0));
    times.report(1, wrong);
    times.at(0, { timestamp: 0, arrivedAt: NOW });
    assertEquals(times.at(1, { timestamp: 0, arrivedAt: NOW + 7 }), NOW + 7);
  }
});

const ZERO = { seconds: 0, fraction: 0 };
