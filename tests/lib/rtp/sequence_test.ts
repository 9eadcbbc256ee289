import fc from "fast-check";
import {
  addToSequence,
  isNewer,
  MAX_DROPOUT,
  MAX_MISORDER,
  sequenceDelta,
  SequenceExtender,
} from "../../../lib/rtp/sequence.ts";
import { assertEquals } from "../../support/assert.ts";

/** Feeds all numbers and answers what came out. */
function extendAll(extender: SequenceExtender, sequences: number[]): (number | undefined)[] {
  return sequences.map((sequence) => extender.extend(sequence));
}

Deno.test("sequence numbers are subtracted and compared over the wrap", () => {
  const rows: [a: number, b: number, delta: number][] = [
    [5, 5, 0],
    [6, 5, 1],
    [5, 6, -1],
    [0, 65_535, 1],
    [65_535, 0, -1],
    [32_767, 0, 32_767],
    [32_768, 0, -32_768],
    [0, 32_768, -32_768],
    [32_769, 0, -32_767],
  ];
  for (const [a, b, delta] of rows) {
    assertEquals(sequenceDelta(a, b), delta, `${a} - ${b}`);
    assertEquals(isNewer(a, b), delta > 0, `${a} newer than ${b}`);
  }
});

Deno.test("a count added to a sequence number wraps, and the delta gives it back", () => {
  assertEquals(addToSequence(65_535, 1), 0);
  assertEquals(addToSequence(0, -1), 65_535);
  const sequences = fc.integer({ min: 0, max: 0xffff });
  fc.assert(fc.property(sequences, fc.integer({ min: -32_768, max: 32_767 }), (from, count) => {
    assertEquals(sequenceDelta(addToSequence(from, count), from), count);
  }));
});

Deno.test("numbers extend over the wrap, with gaps, duplicates and late packets", () => {
  const extender = new SequenceExtender();
  assertEquals([extender.base, extender.highest], [undefined, undefined]);
  const extended = extendAll(extender, [65_534, 65_535, 2, 2, 0, 65_533, 3]);
  assertEquals(extended, [65_534, 65_535, 65_538, 65_538, 65_536, 65_533, 65_539]);
  assertEquals([extender.base, extender.highest, extender.restarts], [65_534, 65_539, 0]);
});

Deno.test("a packet sent before the first one seen comes out below it, even below 0", () => {
  assertEquals(extendAll(new SequenceExtender(), [0, 65_535, 1]), [0, -1, 1]);
});

Deno.test("gap and lateness count as such up to their limits, and one past them is a jump", () => {
  const from = 10_000;
  const rows: [sequence: number, extended: number | undefined][] = [
    [from + MAX_DROPOUT - 1, from + MAX_DROPOUT - 1],
    [from + MAX_DROPOUT, undefined],
    [from - MAX_MISORDER + 1, from - MAX_MISORDER + 1],
    [from - MAX_MISORDER, undefined],
  ];
  for (const [sequence, extended] of rows) {
    assertEquals(extendAll(new SequenceExtender(), [from, sequence]), [from, extended]);
  }
});

Deno.test("a jump is believed when the next number follows it, and numbers carry on above", () => {
  const extender = new SequenceExtender();
  assertEquals(extendAll(extender, [100, 101, 40_000]), [100, 101, undefined]);
  assertEquals(extender.expectedAfterJump, 40_001);
  assertEquals(extendAll(extender, [40_001, 40_002]), [65_536 + 40_001, 65_536 + 40_002]);
  assertEquals(extender.expectedAfterJump, undefined);
  assertEquals([extender.base, extender.restarts], [65_536 + 40_001, 1]);
});

Deno.test("a restart at a lower number is a new cycle too", () => {
  const extender = new SequenceExtender();
  assertEquals(extendAll(extender, [60_000, 1, 2]), [60_000, undefined, 65_538]);
});

Deno.test("stray packets among good ones never become a restart", () => {
  const extender = new SequenceExtender();
  const extended = extendAll(extender, [100, 40_000, 101, 40_001, 102, 40_002, 103]);
  assertEquals(extended, [100, undefined, 101, undefined, 102, undefined, 103]);
  assertEquals(extender.restarts, 0);
});

Deno.test("a late packet of the old run does not hide a restart", () => {
  const extender = new SequenceExtender();
  assertEquals(
    extendAll(extender, [100, 101, 40_000, 100, 40_001]),
    [100, 101, undefined, 100, 65_536 + 40_001],
  );
});

Deno.test("after a seek the next packet begins a new run whatever its number", () => {
  const extender = new SequenceExtender();
  extender.restart();
  extendAll(extender, [500, 501]);
  assertEquals(extender.restarts, 0, "the first run is no restart");
  extender.restart();
  assertEquals(extendAll(extender, [480, 481]), [65_536 + 480, 65_536 + 481]);
  assertEquals([extender.base, extender.restarts], [65_536 + 480, 1]);
});

Deno.test("a steady sender is followed exactly through many cycles, whatever its gaps", () => {
  const steps = fc.array(fc.integer({ min: -MAX_MISORDER + 1, max: MAX_DROPOUT - 1 }), {
    minLength: 100,
    maxLength: 300,
  });
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffff }), steps, (first, gaps) => {
    const extender = new SequenceExtender();
    let highest = extender.extend(first)!;
    for (const gap of gaps) {
      const sent = highest + gap;
      assertEquals(extender.extend(sent & 0xffff), sent);
      highest = Math.max(highest, sent);
      assertEquals(extender.highest, highest);
    }
  }));
});
