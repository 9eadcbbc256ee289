import fc from "fast-check";
import { ByteReader } from "../../../lib/bytes/reader.ts";
import { ByteWriter } from "../../../lib/bytes/writer.ts";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

/** Each kind of field: how it is written and read back. */
const FIELDS = {
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u24: fc.integer({ min: 0, max: 0xffffff }),
  u32: fc.integer({ min: 0, max: 0xffffffff }),
} as const;

Deno.test("fields of any kinds and number read back as written, whatever the first capacity", () => {
  const field = fc.oneof(
    ...Object.entries(FIELDS).map(([kind, value]) => fc.tuple(fc.constant(kind), value)),
  );
  fc.assert(fc.property(fc.array(field), fc.integer({ min: 1, max: 9 }), (fields, capacity) => {
    const writer = new ByteWriter(capacity);
    for (const [kind, value] of fields) writer[kind as keyof typeof FIELDS](value);
    const reader = new ByteReader(writer.finish(), "fields");
    for (const [kind, value] of fields) {
      assertEquals(reader[kind as keyof typeof FIELDS](), value);
    }
    assertEquals(reader.remaining, 0);
  }));
});

Deno.test("bytes, zeros and 64-bit fields survive the buffer's growth", () => {
  const writer = new ByteWriter(1);
  writer.bytes(Uint8Array.of(1, 2, 3)).zeros(2).u64(0x0102030405060708n).bytes(Uint8Array.of(9));
  writer.patchU16(3, 0xabcd);
  assertEquals(
    writer.finish(),
    Uint8Array.of(1, 2, 3, 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  );
});

Deno.test("a value that does not fit its field is refused", () => {
  const writer = new ByteWriter();
  assertThrows(() => writer.u8(256), RangeError, "256 does not fit 8 bits");
  assertThrows(() => writer.u16(-1), RangeError);
  assertThrows(() => writer.u24(2 ** 24), RangeError);
  assertThrows(() => writer.u32(1.5), RangeError);
  assertThrows(() => writer.u64(2n ** 64n), RangeError);
});

Deno.test("reading past the end names the element and the byte", () => {
  const reader = new ByteReader(Uint8Array.of(1, 2, 3), "RTP header");
  reader.u16();
  const error = assertThrows(() => reader.u32(), MalformedError);
  assertEquals([error.element, error.position], ["RTP header", 2]);
  assertEquals(reader.position, 2);
});
