import fc from "fast-check";
import { Slab } from "../../../lib/net/slab.ts";
import { assert, assertEquals } from "../../support/assert.ts";

Deno.test("what a slab keeps stays as it was, whatever comes after it", () => {
  const lengths = fc.array(fc.oneof(fc.nat(2000), fc.nat(70_000)), { maxLength: 200 });
  fc.assert(
    fc.property(lengths, (lengths) => {
      const slab = new Slab();
      const scratch = new Uint8Array(70_000);
      const kept = lengths.map((length, i) => slab.keep(scratch.subarray(0, length).fill(i)));
      for (const [i, length] of lengths.entries()) {
        assertEquals(kept[i]!.length, length);
        assert(kept[i]!.every((byte) => byte === (i & 0xff)));
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("small ones share memory, and no more than 64 KiB of it", () => {
  const slab = new Slab();
  const kept = Array.from({ length: 100 }, () => slab.keep(new Uint8Array(1400)));
  const buffers = new Set(kept.map(({ buffer }) => buffer));
  assertEquals(buffers.size, 3);
  for (const { byteLength } of buffers) assertEquals(byteLength, 64 * 1024);
});

Deno.test("one larger than a piece has memory of its own size", () => {
  assertEquals(new Slab().keep(new Uint8Array(65_537)).buffer.byteLength, 65_537);
});
