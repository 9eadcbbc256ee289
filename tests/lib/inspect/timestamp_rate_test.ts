// What is said of a clock rate, and when nothing can be said of it.
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { findingOf, labPackets } from "./observations.ts";

/** The words on timestamps that advance by so many ticks from frame to frame, 20 a second. */
function toldOf(ticks: number): string | undefined {
  const packets = labPackets(1, 81, (number) => ({ timestamp: number * ticks }));
  return findingOf({ packets }, "timestamp-rate")?.message;
}

Deno.test("a usual clock rate is named", () => {
  assertStringIncludes(toldOf(2205) ?? "", "that is a clock of 44,100 Hz;");
  assertStringIncludes(toldOf(2210) ?? "", "that is a clock of 44,100 Hz;");
});

Deno.test("what is measured well and is no usual clock rate is not called one", () => {
  assertEquals(
    toldOf(2250),
    "Timestamps advance by 45,000 ticks a second, not by 90,000; players that keep time show it " +
      "at the wrong speed",
  );
});

Deno.test("timestamps that stand still while pictures come are told", () => {
  assertStringIncludes(toldOf(0) ?? "", "Timestamps advance by 0 ticks a second");
});

Deno.test("one picture that takes seconds over a slow link has no clock rate", () => {
  const packets = labPackets(1, 81, () => ({ timestamp: 4500, marker: false }));
  assertEquals(findingOf({ packets, frames: [] }, "timestamp-rate"), undefined);
});

Deno.test("neither have four pictures, each of which takes a second", () => {
  const packets = labPackets(1, 81, (number) => ({ timestamp: 4500 * Math.floor(number / 21) }));
  assertEquals(findingOf({ packets, frames: [] }, "timestamp-rate"), undefined);
});
