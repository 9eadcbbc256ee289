import fc from "fast-check";
import {
  MAX_HELD_BYTES,
  MAX_HELD_SEGMENTS,
  TcpStream,
} from "../../../../lib/media/capture/tcp_stream.ts";
import { assertEquals } from "../../../support/assert.ts";
import { concat } from "../../jpeg/pictures.ts";

interface Heard {
  stream: TcpStream;
  /** Numbers for gaps. */
  parts: (Uint8Array | number)[];
}

function listen(): Heard {
  const parts: (Uint8Array | number)[] = [];
  const stream = new TcpStream({
    data: (bytes) => parts.push(bytes.slice()),
    gap: (length) => parts.push(length),
  });
  return { stream, parts };
}

const bytesOf = (parts: readonly (Uint8Array | number)[]): Uint8Array => {
  return concat(...parts.filter((part) => typeof part !== "number"));
};

Deno.test("bytes come out in order however segments are cut, doubled and mixed, over the wrap", () => {
  const text = Uint8Array.from({ length: 300 }, (_, i) => i);
  const segment = fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 60 }));
  fc.assert(fc.property(fc.array(segment, { maxLength: 60 }), fc.nat(), (segments, start) => {
    const isn = (0xffff_ff80 + start % 200) >>> 0;
    const { stream, parts } = listen();
    stream.place(isn);
    for (const [at, length] of segments) stream.push((isn + at) >>> 0, text.slice(at, at + length));
    // Everything once more, backwards: whatever was missing comes.
    for (let at = 290; at >= 0; at -= 10) stream.push((isn + at) >>> 0, text.slice(at, at + 10));
    assertEquals(bytesOf(parts), text);
    assertEquals(parts.some((part) => typeof part === "number"), false);
  }));
});

Deno.test("a gap is skipped once the receiver acknowledges what is behind it, and not before", () => {
  const { stream, parts } = listen();
  stream.place(100);
  stream.push(110, Uint8Array.of(1, 2));
  stream.acknowledged(100);
  stream.acknowledged(110);
  assertEquals(parts, []);
  stream.acknowledged(112);
  assertEquals(parts, [10, Uint8Array.of(1, 2)]);
  stream.push(112, Uint8Array.of(3));
  assertEquals(parts.length, 3);
});

Deno.test("a gap is given up when too much waits behind it", () => {
  const many = listen();
  many.stream.place(0);
  for (let i = 0; i < MAX_HELD_SEGMENTS; i++) many.stream.push(10 + i, Uint8Array.of(1));
  assertEquals(many.parts, []);
  many.stream.push(10 + MAX_HELD_SEGMENTS, Uint8Array.of(1));
  assertEquals(many.parts[0], 10);
  const large = listen();
  large.stream.place(0);
  large.stream.push(10, new Uint8Array(MAX_HELD_BYTES));
  assertEquals(large.parts, []);
  large.stream.push(10 + MAX_HELD_BYTES, Uint8Array.of(1));
  assertEquals(large.parts[0], 10);
});

Deno.test("at the end what waits is delivered, with its gaps", () => {
  const { stream, parts } = listen();
  stream.place(0);
  stream.push(5, Uint8Array.of(5));
  stream.push(9, Uint8Array.of(9));
  stream.flush();
  assertEquals(parts, [5, Uint8Array.of(5), 3, Uint8Array.of(9)]);
});
