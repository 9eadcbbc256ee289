import fc from "fast-check";
import { ByteQueue } from "../../../lib/rtsp/byte_queue.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";

Deno.test("a chunk is read in place", () => {
  const chunk = ascii("abcdef");
  const queue = new ByteQueue();
  queue.push(chunk);
  assert(queue.gather(6));
  assert(queue.view(1, 3).buffer === chunk.buffer);
  assertEquals(queue.view(1, 3), ascii("bc"));
  queue.consume(4);
  assertEquals([queue.length, queue.offset, queue.byte(0), queue.byte(2)], [2, 4, 0x65, undefined]);
  assertEquals(queue.copied, 0);
});

Deno.test("only what is asked for is joined", () => {
  const second = ascii("defghi");
  const queue = new ByteQueue();
  queue.push(ascii("abc"));
  queue.push(second);
  assertEquals(queue.contiguous, 3);
  assert(queue.gather(4));
  assertEquals(queue.view(0, 4), ascii("abcd"));
  queue.consume(4);
  assert(queue.view(0, 5).buffer === second.buffer);
  assertEquals(queue.view(0, 5), ascii("efghi"));
});

Deno.test("what is missing is gathered as far as it is there", () => {
  const queue = new ByteQueue();
  queue.push(ascii("ab"));
  queue.push(ascii("c"));
  assertEquals(queue.gather(5), false);
  assertEquals(queue.contiguous, 3);
  queue.push(ascii("defg"));
  assert(queue.gather(5));
  assertEquals([queue.contiguous, queue.length], [5, 7]);
});

Deno.test("a line is gathered to its LF and no further than asked", () => {
  const queue = new ByteQueue();
  assertEquals(queue.gatherLine(10), false);
  queue.push(ascii("ab"));
  queue.push(ascii("cd\nef"));
  queue.push(ascii("ghijkl"));
  assert(queue.gatherLine(10));
  assertEquals(queue.view(0, queue.contiguous), ascii("abcd\n"));
  assert(queue.gatherLine(10));
  assertEquals(queue.view(0, queue.contiguous), ascii("abcd\nef"));
  assert(queue.gatherLine(3));
  assertEquals(queue.view(0, queue.contiguous), ascii("abcd\nefghi"));
  queue.gatherAll();
  assertEquals(queue.view(0, queue.contiguous), ascii("abcd\nefghijkl"));
});

Deno.test("views handed out stay as they were while the queue goes on", () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1 });
  const steps = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 });
  fc.assert(fc.property(chunks, steps, (pushed, takes) => {
    const whole = pushed.flatMap((chunk) => [...chunk]);
    const queue = new ByteQueue();
    const views: Uint8Array[] = [];
    let turn = 0;
    for (const chunk of pushed) {
      queue.push(chunk);
      for (;;) {
        const count = takes[turn % takes.length]!;
        if (!queue.gather(count)) break;
        views.push(queue.view(0, count));
        queue.consume(count);
        turn++;
      }
    }
    queue.gatherAll();
    views.push(queue.view(0, queue.contiguous));
    assertEquals(views.flatMap((view) => [...view]), whole);
    assertEquals(queue.offset + queue.length, whole.length);
  }));
});

Deno.test("chunks that were read are forgotten", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 1000; i++) queue.push(Uint8Array.of(i & 0xff));
  for (let i = 0; i < 1000; i++) {
    assertEquals(queue.byte(0), i & 0xff);
    queue.consume(1);
    queue.push(Uint8Array.of(0));
  }
  assertEquals(queue.length, 1000);
  assertEquals(queue.copied, 0);
});
