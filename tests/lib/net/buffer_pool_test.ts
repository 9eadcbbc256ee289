import { BufferPool } from "../../../lib/net/buffer_pool.ts";
import { assert, assertEquals } from "../../support/assert.ts";

Deno.test("a buffer is used again where it is large enough, and replaced where it is not", () => {
  const pool = new BufferPool();
  const first = pool.take(3000);
  assertEquals(first.length, 4096);
  pool.give(first);
  assert(pool.take(4096) === first);
  pool.give(first);
  const larger = pool.take(4097);
  assertEquals(larger.length, 8192);
  assert(pool.take(1) !== first, "what was too small is forgotten");
});

Deno.test("two takers never have the same buffer", () => {
  const pool = new BufferPool();
  assert(pool.take(10) !== pool.take(10));
});

Deno.test("no more is kept than the limit, however large buffers are", () => {
  const pool = new BufferPool(10_000);
  const buffers = [pool.take(8000), pool.take(2000), pool.take(1000)];
  for (const buffer of buffers) pool.give(buffer);
  assert(pool.take(1) === buffers[2]);
  assert(pool.take(1) !== buffers[1], "8,192 and 2,048 are above it together");
  assert(pool.take(8000) !== buffers[0]);
});
