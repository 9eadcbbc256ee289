import fc from "fast-check";
import { type PacketPlace, ReceiveStatistics } from "../../../lib/stream/receive_statistics.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** One packet of 100 bytes every 40 ms, at 90 kHz, unless numbers say otherwise. */
class Reception {
  readonly statistics = new ReceiveStatistics(90_000);
  #now = 1000;

  receive(...sequences: number[]): PacketPlace[] {
    return sequences.map((sequence) => {
      this.#now += 40;
      return this.statistics.receive(sequence & 0xffff, sequence * 3600 >>> 0, 100, this.#now)
        .place;
    });
  }

  wait(milliseconds: number): void {
    this.#now += milliseconds;
  }

  get counts(): Record<string, number> {
    const { packets, lost, duplicated, reordered, restarts } = this.statistics;
    return { packets, lost, duplicated, reordered, restarts };
  }
}

/** What comes, and what it counts as. */
const CASES: {
  name: string;
  sequences: number[];
  places: PacketPlace[];
  lost?: number;
  duplicated?: number;
  reordered?: number;
  restarts?: number;
}[] = [
  { name: "all in order", sequences: [7, 8, 9], places: ["first", "next", "next"] },
  { name: "one lost", sequences: [7, 9, 10], places: ["first", "gap", "next"], lost: 1 },
  { name: "many lost", sequences: [7, 1007], places: ["first", "gap"], lost: 999 },
  {
    name: "two swapped",
    sequences: [7, 9, 8, 10],
    places: ["first", "gap", "reordered", "next"],
    reordered: 1,
  },
  {
    name: "one twice",
    sequences: [7, 8, 8, 7, 9],
    places: ["first", "next", "duplicate", "duplicate", "next"],
    duplicated: 2,
  },
  {
    name: "a late one twice",
    sequences: [7, 9, 8, 8],
    places: ["first", "gap", "reordered", "duplicate"],
    reordered: 1,
    duplicated: 1,
  },
  {
    name: "over the wrap",
    sequences: [65534, 65535, 65536, 65537],
    places: ["first", "next", "next", "next"],
  },
  {
    name: "a loss over the wrap, filled late",
    sequences: [65534, 65536, 65535],
    places: ["first", "gap", "reordered"],
    reordered: 1,
  },
  {
    name: "one that was sent before the first",
    sequences: [8, 7, 9],
    places: ["first", "reordered", "next"],
    reordered: 1,
  },
  {
    name: "one that was sent before number 0",
    sequences: [0, 65535, 65535, 1],
    places: ["first", "reordered", "duplicate", "next"],
    reordered: 1,
    duplicated: 1,
  },
  {
    name: "a stray far from the others",
    sequences: [7, 40000, 8, 9],
    places: ["first", "jump", "next", "next"],
  },
  {
    name: "a source that starts over",
    sequences: [40000, 40001, 7, 8, 9],
    places: ["first", "next", "jump", "first", "next"],
    restarts: 1,
  },
];

for (const { name, sequences, places, ...counts } of CASES) {
  Deno.test(`what arrives is counted for what it is: ${name}`, () => {
    const reception = new Reception();
    assertEquals(reception.receive(...sequences), places);
    assertEquals(reception.counts, {
      packets: sequences.length,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      restarts: 0,
      ...counts,
    });
    assertEquals(reception.statistics.bytes, 100 * sequences.length);
  });
}

Deno.test("before any packet there is nothing", () => {
  const { counts, statistics } = new Reception();
  assertEquals(counts, { packets: 0, lost: 0, duplicated: 0, reordered: 0, restarts: 0 });
  assertEquals([statistics.highest, statistics.firstArrival, statistics.activeMs], [
    undefined,
    undefined,
    0,
  ]);
  assertEquals([statistics.jitterMs, statistics.maxJitterMs], [0, 0]);
});

Deno.test("announced pauses and jumps are neither loss nor time nor jitter", () => {
  const reception = new Reception();
  reception.receive(1, 2, 3);
  reception.statistics.restart();
  reception.wait(60_000);
  reception.receive(4, 5);
  reception.statistics.restart();
  reception.wait(500);
  reception.receive(25, 26);
  reception.statistics.restart();
  reception.receive(1, 2, 4);
  assertEquals(reception.counts, {
    packets: 10,
    lost: 1,
    duplicated: 0,
    reordered: 0,
    restarts: 3,
  });
  assertEquals(reception.statistics.activeMs, 80 + 40 + 40 + 80);
  assertEquals(reception.statistics.maxJitterMs < 3, true, "only the gap's");
});

Deno.test("a source that starts over unannounced leaves no jitter of the jump", () => {
  const reception = new Reception();
  reception.receive(40000, 40001, 40002, 1, 2, 3, 4);
  assertEquals(reception.statistics.restarts, 1);
  assertEquals(reception.statistics.maxJitterMs, 0);
});

Deno.test("what is known of a packet says how far it is from the one before", () => {
  const statistics = new ReceiveStatistics(90_000);
  const { place: _, ...first } = statistics.receive(10, 1000, 50, 5);
  assertEquals(first, { sequence: 10, sequenceDelta: 0, timestampDelta: 0, arrivalDelta: 0 });
  const { place: __, ...third } = statistics.receive(12, 8200, 50, 85.5);
  assertEquals(third, {
    sequence: 12,
    sequenceDelta: 2,
    timestampDelta: 7200,
    arrivalDelta: 80.5,
  });
  const { place: ___, ...second } = statistics.receive(11, 4600, 50, 86);
  assertEquals(second, {
    sequence: 11,
    sequenceDelta: -1,
    timestampDelta: -3600,
    arrivalDelta: 0.5,
  });
});

/** How timestamps advance over three seconds of 25 packets each, and whether that is media time. */
const TIMESTAMPS: { name: string; ticks: (ms: number) => number; isMediaTime: boolean }[] = [
  { name: "90 kHz", ticks: (ms) => ms * 90, isMediaTime: true },
  { name: "90 kHz, a little fast", ticks: (ms) => ms * 100, isMediaTime: true },
  {
    name: "the lab's wall-clock seconds",
    ticks: (ms) => Math.floor(ms / 1000),
    isMediaTime: false,
  },
  { name: "milliseconds", ticks: (ms) => ms, isMediaTime: false },
  { name: "microseconds", ticks: (ms) => ms * 1000, isMediaTime: false },
  { name: "none", ticks: () => 0, isMediaTime: false },
];

for (const { name, ticks, isMediaTime } of TIMESTAMPS) {
  Deno.test(`timestamps are media time or not: ${name}`, () => {
    const statistics = new ReceiveStatistics(90_000);
    for (let i = 0; i < 75; i++) statistics.receive(i, ticks(i * 40), 100, i * 40);
    assertEquals(statistics.hasMediaTime, isMediaTime);
    assert(statistics.jitterMs < 5, "a steady stream has no jitter, whatever its timestamps");
  });
}

Deno.test("lost, duplicated and reordered packets are counted as a plain list has it", () => {
  const fate = fc.constantFrom("comes", "comes", "comes", "lost", "twice", "late");
  const start = fc.integer({ min: 0, max: 65535 });
  fc.assert(fc.property(start, fc.array(fate, { maxLength: 80 }), (start, fates) => {
    const reception = new Reception();
    reception.receive(start);
    const late: number[] = [];
    let reordered = 0;
    fates.forEach((fate, i) => {
      const sequence = start + 1 + i;
      if (fate === "late") late.push(sequence);
      else if (fate === "comes") reception.receive(sequence);
      else if (fate === "twice") reception.receive(sequence, sequence);
    });
    reception.receive(start + 1 + fates.length);
    for (const sequence of late) {
      reception.receive(sequence);
      reordered++;
    }
    const count = (fate: string): number => fates.filter((each) => each === fate).length;
    assertEquals(reception.counts, {
      packets: fates.length + 2 - count("lost") + count("twice"),
      lost: count("lost"),
      duplicated: count("twice"),
      reordered,
      restarts: 0,
    });
  }));
});

Deno.test("any packets at any time leave counts that make sense", () => {
  const packet = fc.tuple(fc.nat({ max: 65535 }), fc.nat(), fc.boolean());
  fc.assert(fc.property(fc.array(packet, { maxLength: 200 }), (packets) => {
    const statistics = new ReceiveStatistics(90_000);
    let now = 0;
    for (const [sequence, timestamp, restart] of packets) {
      if (restart) statistics.restart();
      statistics.receive(sequence, timestamp, 10, now++);
    }
    const { lost, duplicated, reordered, jitterMs, maxJitterMs, activeMs } = statistics;
    for (const count of [lost, duplicated, reordered, jitterMs, activeMs]) assert(count >= 0);
    assert(duplicated + reordered <= packets.length && jitterMs <= maxJitterMs);
    assertEquals(statistics.packets, packets.length);
  }));
});
