import fc from "fast-check";
import { type ByteSource, MemoryBytes } from "../../../lib/media/byte_source.ts";
import { ReadAhead } from "../../../lib/media/read_ahead.ts";
import { SourceClosedError } from "../../../lib/stream/frame_source.ts";
import { assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

/** Notes every read, and answers later as a file does. */
class SlowBytes implements ByteSource {
  readonly reads: [at: number, length: number][] = [];
  failing = false;
  readonly #bytes = new MemoryBytes(CONTENT);
  readonly size = CONTENT.length;

  async read(at: number, length: number): Promise<Uint8Array> {
    this.reads.push([at, length]);
    await Promise.resolve();
    if (this.failing) throw new Error("The disk fails");
    return this.#bytes.read(at, length);
  }

  close(): void {
    this.#bytes.close();
  }
}

Deno.test("whoever reads on gets a stretch of which the next reads are views", async () => {
  const source = new SlowBytes();
  const ahead = new ReadAhead(source, { windowBytes: 100 });
  await ahead.read(0, 10);
  await ahead.read(15, 10); // behind a small gap, as of a length between frames
  assertEquals(source.reads, [[0, 10], [15, 100]]);
  const next = ahead.read(30, 80);
  assertEquals(next, CONTENT.subarray(30, 110), "at hand at once");
  await ahead.read(110, 20);
  assertEquals(source.reads.slice(2), [[110, 100]]);
});

Deno.test("reads here and there are made as asked for", async () => {
  const source = new SlowBytes();
  const ahead = new ReadAhead(source, { windowBytes: 100 });
  const reads: [number, number][] = [[900, 8], [500, 8], [100, 8], [0, 4]];
  for (const [at, length] of reads) {
    assertEquals(await ahead.read(at, length), CONTENT.subarray(at, at + length));
  }
  assertEquals(source.reads, reads);
});

Deno.test("what is on its way is read once for all who want it", async () => {
  const source = new SlowBytes();
  const ahead = new ReadAhead(source, { windowBytes: 100 });
  const [wide, inside] = await Promise.all([ahead.read(200, 100), ahead.read(220, 30)]);
  assertEquals(wide, CONTENT.subarray(200, 300));
  assertEquals(inside, CONTENT.subarray(220, 250));
  assertEquals(source.reads, [[200, 100]]);
});

Deno.test("a stretch that could not be read is tried again", async () => {
  const source = new SlowBytes();
  const ahead = new ReadAhead(source, { windowBytes: 100 });
  source.failing = true;
  await assertRejects(() => Promise.resolve(ahead.read(0, 100)), Error, "The disk fails");
  source.failing = false;
  assertEquals(await ahead.read(0, 100), CONTENT.subarray(0, 100));
});

Deno.test("only so many stretches are held", async () => {
  const source = new SlowBytes();
  const ahead = new ReadAhead(source, { windowBytes: 50 });
  for (let at = 0; at < 10; at++) await ahead.read(at * 100, 50);
  await ahead.read(0, 50);
  assertEquals(source.reads.length, 11, "the first had to make room");
  await ahead.read(900, 50);
  assertEquals(source.reads.length, 11, "the last is held");
});

Deno.test("any reads give the bytes of the source", () =>
  fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(1010), fc.nat(300)), { maxLength: 30 }),
    fc.integer({ min: 1, max: 200 }),
    async (reads, windowBytes) => {
      const ahead = new ReadAhead(new MemoryBytes(CONTENT), { windowBytes });
      for (const [at, length] of reads) {
        assertEquals(await ahead.read(at, length), CONTENT.subarray(at, at + length));
      }
    },
  )));

Deno.test("nothing is read after close, not even what is held", async () => {
  const ahead = new ReadAhead(new MemoryBytes(CONTENT), { windowBytes: 100 });
  await ahead.read(0, 100);
  ahead.close();
  assertThrows(() => ahead.read(0, 10), SourceClosedError);
});
