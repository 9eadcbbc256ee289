import fc from "fast-check";
import {
  ImpairedLine,
  LONGEST_HOLD_MS,
  MOST_BYTES_UNDER_WAY,
  type PacketKind,
} from "../../../../lib/net/impairment/impaired_line.ts";
import { Impairments } from "../../../../lib/net/impairment/impairments.ts";
import {
  type ImpairmentSettings,
  NO_IMPAIRMENT,
  noCounts,
} from "../../../../lib/stream/impairment.ts";
import { ReceiveStatistics } from "../../../../lib/stream/receive_statistics.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const HEADER = 12;

interface Arrival {
  at: number;
  kind: PacketKind;
  bytes: Uint8Array;
}

/** A line, its clock, and what came out of it. */
class Trial {
  readonly clock = new FakeClock(0);
  readonly arrivals: Arrival[] = [];
  readonly line: ImpairedLine;
  closed = 0;

  constructor(settings: Partial<ImpairmentSettings>, stream = 0) {
    this.line = new ImpairedLine({
      settings: { ...NO_IMPAIRMENT, ...settings },
      stream,
      clock: this.clock,
      deliver: (kind, bytes) => this.arrivals.push({ at: this.clock.now(), kind, bytes }),
      onClosed: () => this.closed++,
    });
  }

  /** RTP packets that bear these numbers, so many ms apart. */
  send(count: number, { apart = 0, from = 0 } = {}): void {
    for (let i = 0; i < count; i++) {
      this.line.push("rtp", packet(from + i));
      this.clock.advanceAtOnce(apart);
    }
  }

  get numbers(): number[] {
    return this.arrivals.map(({ bytes }) => numberOf(bytes));
  }

  get times(): number[] {
    return this.arrivals.map(({ at }) => at);
  }

  /** What a receiver makes of what arrived. */
  get statistics(): ReceiveStatistics {
    const statistics = new ReceiveStatistics(90_000);
    for (const { at, bytes } of this.arrivals) {
      statistics.receive(numberOf(bytes) & 0xffff, 0, bytes.length, at);
    }
    return statistics;
  }
}

function packet(number: number): Uint8Array {
  const bytes = new Uint8Array(HEADER + 20);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i);
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

Deno.test("on a good network packets arrive before push returns, and no timer is set", () => {
  const trial = new Trial({});
  trial.send(3);
  trial.line.push("rtcp", packet(9));
  assertEquals(trial.numbers, [0, 1, 2, 9]);
  assertEquals(trial.arrivals.map(({ kind }) => kind), ["rtp", "rtp", "rtp", "rtcp"]);
  assertEquals(trial.clock.pending, 0);
  assertEquals(trial.line.counts, { ...noCounts(), packets: 3, controlPackets: 1 });
});

Deno.test("with a delay every packet arrives that much later, and one timer serves them all", () => {
  const trial = new Trial({ delayMs: 20 });
  trial.send(10, { apart: 5 });
  assertEquals(trial.clock.pending, 1);
  trial.clock.advanceAtOnce(1000);
  assertEquals(trial.times, [20, 25, 30, 35, 40, 45, 50, 55, 60, 65]);
  assertEquals([trial.clock.pending, trial.line.counts.lost], [0, 0]);
});

Deno.test("with jitter they arrive unevenly, within its bounds and in their order", () => {
  const trial = new Trial({ delayMs: 20, jitterMs: 15 });
  trial.send(500, { apart: 10 });
  trial.clock.advanceAtOnce(1000);
  assertEquals(trial.numbers, range(0, 500));
  const delays = trial.times.map((at, i) => at - 10 * i);
  assert(Math.min(...delays) >= 5 && Math.max(...delays) <= 35);
  assert(Math.max(...delays) - Math.min(...delays) > 25);
});

Deno.test("a rate spreads what comes at once, and the rest of it is lost and counted", () => {
  // A packet of 32 bytes is 256 ms at 1,000 bits a second.
  const trial = new Trial({ rate: 1000 });
  trial.send(1000);
  const { overflowed } = trial.line.counts;
  trial.clock.advanceAtOnce(1e6);
  assertEquals(trial.arrivals.length + overflowed, 1000);
  // 16 KiB wait and 3,000 bytes pass at once.
  assertEquals(trial.arrivals.length, Math.floor(16_384 / 32) + Math.floor(3000 / 32));
  assertEquals(trial.times.filter((at) => at === 0).length, Math.floor(3000 / 32));
  assertEquals(Math.round(trial.times.at(-1)! - trial.times.at(-2)!), 256);
});

Deno.test("a stall holds packets and lets them go at once", () => {
  const trial = new Trial({ stall: { lengthMs: 30, everyMs: 100 } });
  trial.send(20, { apart: 10 });
  trial.clock.advanceAtOnce(1000);
  const expected = Array.from({ length: 20 }, (_, i) => 10 * (i % 10) >= 70 ? 100 : 10 * (i % 10));
  assertEquals(trial.times, expected.map((at, i) => at + (i < 10 ? 0 : 100)));
});

Deno.test("what is under way is bounded", () => {
  const trial = new Trial({ delayMs: 60_000 });
  const bytes = new Uint8Array(65_507);
  for (let i = 0; i < 300; i++) trial.line.push("rtp", bytes);
  const most = Math.floor(MOST_BYTES_UNDER_WAY / bytes.length);
  assertEquals(trial.line.counts.overflowed, 300 - most);
  trial.clock.advanceAtOnce(60_000);
  assertEquals(trial.arrivals.length, most);
  trial.line.push("rtp", bytes);
  trial.clock.advanceAtOnce(60_000);
  assertEquals(trial.arrivals.length, most + 1, "there is room again");
});

Deno.test("a packet that is held back arrives behind others, and alone after a while", () => {
  const trial = new Trial({ reorder: 0.1, seed: 3 });
  trial.send(1000, { apart: 1 });
  trial.clock.advanceAtOnce(1000);
  assertEquals(trial.arrivals.length, 1000);
  const late = trial.numbers.filter((number, i) =>
    trial.numbers.slice(0, i).some((n) => n > number)
  );
  assertEquals(late.length, trial.line.counts.reordered);
  assert(late.length > 50, `${late.length} are late`);
  for (const [i, number] of trial.numbers.entries()) assert(Math.abs(i - number) <= 6);
  const alone = new Trial({ reorder: 1 });
  alone.send(1);
  assertEquals(alone.arrivals, []);
  alone.clock.advanceAtOnce(LONGEST_HOLD_MS);
  assertEquals([alone.times, alone.line.counts.reordered], [[LONGEST_HOLD_MS], 0]);
});

Deno.test("RTCP overtakes nothing: a BYE comes behind the last packet", () => {
  const trial = new Trial({ reorder: 1, delayMs: 20, jitterMs: 20 });
  trial.send(2);
  trial.line.push("rtcp", packet(9));
  trial.clock.advanceAtOnce(100);
  assertEquals(trial.numbers, [0, 1, 9]);
});

Deno.test("what RTP meets does not depend on RTCP between it", () => {
  const settings = { loss: 0.3, duplicate: 0.2, seed: 5 };
  const plain = new Trial(settings);
  plain.send(100);
  const mixed = new Trial(settings);
  for (let i = 0; i < 100; i++) {
    mixed.send(1, { from: i });
    mixed.line.push("rtcp", packet(i));
  }
  const media = mixed.arrivals.filter(({ kind }) => kind === "rtp");
  assertEquals(media.map(({ bytes }) => numberOf(bytes)), plain.numbers);
  assert(mixed.line.counts.controlLost > 0);
});

Deno.test("corruption leaves the header, the length and the sender's bytes alone", () => {
  const trial = new Trial({ corrupt: 0.5 });
  const sent = Array.from({ length: 200 }, (_, i) => packet(i));
  for (const bytes of sent) trial.line.push("rtp", bytes);
  assertEquals(sent, Array.from({ length: 200 }, (_, i) => packet(i)));
  const wrong = trial.arrivals.filter(({ bytes }) => bytes.subarray(HEADER).some((b) => b !== 0));
  assertEquals(wrong.length, trial.line.counts.corrupted);
  assert(wrong.length > 50);
  assertEquals(trial.numbers, range(0, 200));
});

const share = fc.double({ min: 0, max: 0.4, noNaN: true });
const anySettings = fc.record({
  loss: share,
  reorder: share,
  duplicate: share,
  corrupt: share,
  delayMs: fc.nat(50),
  jitterMs: fc.nat(50),
  rate: fc.oneof(fc.constant(Infinity), fc.integer({ min: 10_000, max: 1_000_000 })),
  stall: fc.option(fc.constant({ lengthMs: 50, everyMs: 300 }), { nil: undefined }),
  seed: fc.nat(),
});

Deno.test("a receiver's statistics say what the line says it did", () => {
  fc.assert(
    fc.property(anySettings, fc.integer({ min: 1, max: 5 }), (settings, apart) => {
      const trial = new Trial(settings);
      trial.send(300, { apart });
      trial.clock.advanceAtOnce(1e6);
      const { counts } = trial.line;
      const { statistics } = trial;
      assertEquals(statistics.duplicated, counts.duplicated);
      assertEquals(
        trial.arrivals.length,
        300 - counts.lost - counts.overflowed + counts.duplicated,
      );
      if (trial.arrivals.length === 0) return;
      // What is lost before the first and behind the last that arrive, no receiver can know of.
      const arrived = new Set(trial.numbers);
      const lost = range(0, 300).filter((number) => !arrived.has(number));
      assertEquals(lost.length, counts.lost + counts.overflowed);
      const last = Math.max(...arrived);
      const known = lost.filter((number) => number > trial.numbers[0]! && number < last);
      assertEquals(statistics.lost, known.length);
      assertEquals(statistics.reordered, counts.reordered);
    }),
    { numRuns: 60 },
  );
});

Deno.test("the same packets at the same times arrive the same way", () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      const [one, two] = [new Trial(settings), new Trial(settings)];
      for (const trial of [one, two]) {
        trial.send(60, { apart: 3 });
        trial.clock.advanceAtOnce(1e6);
      }
      assertEquals(one.arrivals, two.arrivals);
      assertEquals(one.line.counts, two.line.counts);
    }),
    { numRuns: 40 },
  );
});

Deno.test("when it finishes, what is under way arrives in its time, and then it is closed", () => {
  const trial = new Trial({ delayMs: 20, reorder: 1 });
  trial.send(2);
  trial.line.finish();
  trial.line.push("rtp", packet(7));
  assertEquals([trial.arrivals.length, trial.closed], [0, 0]);
  trial.clock.advanceAtOnce(20);
  assertEquals([trial.numbers, trial.closed, trial.clock.pending], [[0, 1], 1, 0]);
  trial.line.close();
  assertEquals(trial.closed, 1);
});

Deno.test("when it is flushed everything arrives at once, when it is closed nothing does", () => {
  const flushed = new Trial({ delayMs: 20 });
  flushed.send(3);
  flushed.line.flush();
  assertEquals([flushed.numbers, flushed.closed, flushed.clock.pending], [[0, 1, 2], 1, 0]);
  const closed = new Trial({ delayMs: 20 });
  closed.send(3);
  closed.line.close();
  closed.clock.advanceAtOnce(100);
  assertEquals([closed.numbers, closed.closed, closed.clock.pending], [[], 1, 0]);
});

Deno.test("when it is hurried what is under way arrives at once, and so does what comes after", () => {
  const trial = new Trial({ delayMs: 20, reorder: 1 });
  trial.send(2);
  trial.line.hurry();
  assertEquals([trial.numbers, trial.closed], [[0, 1], 0]);
  trial.line.push("rtp", packet(7));
  assertEquals(trial.numbers, [0, 1, 7]);
  trial.line.close();
  trial.line.hurry();
  assertEquals([trial.numbers, trial.closed, trial.clock.pending], [[0, 1, 7], 1, 0]);
});

Deno.test("all lines of a program are counted together, and ended together", () => {
  const clock = new FakeClock();
  const settings = { ...NO_IMPAIRMENT, loss: 0.5, delayMs: 10 };
  const all = new Impairments(settings, clock);
  const arrived: number[][] = [[], []];
  const lines = arrived.map((numbers) => {
    return all.line({ deliver: (_kind, bytes) => numbers.push(numberOf(bytes)) });
  });
  const [first, second] = [lines[0]!, lines[1]!];
  for (const number of range(0, 100)) for (const line of lines) line.push("rtp", packet(number));
  const lost = first.counts.lost + second.counts.lost;
  first.flush();
  assertEquals(arrived.map(({ length }) => length), [100 - first.counts.lost, 0]);
  assertEquals([all.counts.packets, all.counts.lost], [200, lost]);
  all.flush();
  assertEquals([all.counts.packets, all.counts.lost, clock.pending], [200, lost, 0]);
  assert(arrived[0]!.join() !== arrived[1]!.join(), "each has a fate of its own");
  all.line({ deliver: () => {} }).push("rtp", packet(0));
  all.close();
  assertEquals([all.counts.packets, clock.pending], [201, 0]);
});
