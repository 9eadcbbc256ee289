import { QuietReader } from "../../../lib/net/quiet_reader.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A connection that brings what a test gives it. */
class Source {
  #give: ((bytes: Uint8Array | null | Error) => void) | undefined;
  reads = 0;

  /** Those who wait for what is being read. */
  waiting = 0;

  read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    const reading = new Promise<number | null>((resolve, reject) => {
      this.#give = (given) => {
        if (given instanceof Error) return reject(given);
        if (given !== null) buffer.set(given);
        resolve(given === null ? null : given.length);
      };
    });
    const then = reading.then.bind(reading) as typeof reading.then;
    reading.then = (...given) => {
      this.waiting++;
      return then(...given);
    };
    return reading;
  }

  give(given: Uint8Array | null | Error): void {
    this.#give?.(given);
  }
}

function setUp(): { source: Source; clock: FakeClock; reader: QuietReader } {
  const source = new Source();
  const clock = new FakeClock();
  return { source, clock, reader: new QuietReader(source, clock) };
}

Deno.test("bytes come as a copy, and the timer is gone", async () => {
  const { source, clock, reader } = setUp();
  const first = reader.read(100);
  source.give(Uint8Array.of(1, 2));
  const bytes = await first;
  const second = reader.read(100);
  source.give(Uint8Array.of(3));
  assertEquals([bytes, await second], [Uint8Array.of(1, 2), Uint8Array.of(3)]);
  assertEquals(clock.pending, 0);
});

Deno.test("a wait that runs out is quiet, and its bytes come with the next", async () => {
  const { source, clock, reader } = setUp();
  const first = reader.read(100);
  await clock.advance(99);
  assertEquals(clock.pending, 1);
  await clock.advance(1);
  assertEquals(await first, "quiet");
  source.give(Uint8Array.of(7));
  assertEquals(await reader.read(100), Uint8Array.of(7));
  assertEquals([source.reads, clock.pending], [1, 0]);
});

Deno.test("the end is told, also after a wait that ran out", async () => {
  const { source, clock, reader } = setUp();
  const first = reader.read(10);
  await clock.advance(10);
  assertEquals(await first, "quiet");
  source.give(null);
  assertEquals(await reader.read(Infinity), "end");
});

Deno.test("a connection that breaks rejects, with or without a bound", async () => {
  for (const bound of [100, Infinity]) {
    const { source, clock, reader } = setUp();
    const reading = reader.read(bound);
    source.give(new Error("gone"));
    await assertRejects(() => reading, Error, "gone");
    assertEquals(clock.pending, 0);
  }
});

Deno.test("a peer that is quiet for days is waited for once", async () => {
  const { source, clock, reader } = setUp();
  for (let i = 0; i < 100; i++) {
    const reading = reader.read(1000);
    await clock.advance(1000);
    assertEquals([await reading, reader.lastLength], ["quiet", 0]);
  }
  assertEquals([source.reads, source.waiting], [1, 1]);
  const reading = reader.read(1000);
  source.give(Uint8Array.of(1, 2, 3));
  assertEquals([await reading, reader.lastLength], [Uint8Array.of(1, 2, 3), 3]);
  assertEquals(clock.pending, 0);
});

Deno.test("a connection that broke after a wait says so to the next, and to nobody before", async () => {
  const { source, clock, reader } = setUp();
  const reading = reader.read(10);
  await clock.advance(10);
  assertEquals(await reading, "quiet");
  source.give(new Error("gone"));
  // Long enough for the runtime to tell of an error that nobody takes.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await assertRejects(() => reader.read(10), Error, "gone");
  assertEquals(clock.pending, 0);
});
