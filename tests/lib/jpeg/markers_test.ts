import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  isRestart,
  isStartOfFrame,
  Marker,
  markerName,
  segments,
} from "../../../lib/jpeg/markers.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

const walk = (bytes: Uint8Array): [number, string, number, number][] => {
  return Array.from(segments(bytes), ({ offset, marker, payload, end }) => {
    return [offset, markerName(marker), payload.length, end];
  });
};

Deno.test("a file is walked segment by segment, entropy-coded data included", () => {
  const bytes = hex`
    ff d8               # SOI
    ff fe 00 04 61 62   # COM "ab"
    ff da 00 03 00      # SOS with one byte of parameters
    12 ff 00 34         # data with a stuffed byte
    ff d0 56            # RST0 and data
    ff d9               # EOI
    99                  # behind it`;
  assertEquals(walk(bytes), [
    [0, "SOI", 0, 2],
    [2, "COM", 2, 8],
    [8, "SOS", 1, 20],
    [20, "EOI", 0, 22],
  ]);
});

Deno.test("payloads are views of the file", () => {
  const bytes = hex`ff d8 ff fe 00 04 61 62`;
  const [, comment] = [...segments(bytes)];
  assertEquals(comment!.payload.buffer, bytes.buffer);
  assertEquals([comment!.payloadOffset, comment!.payload.byteOffset], [6, 6]);
});

Deno.test("fill bytes before a marker are skipped, also at the end of a scan", () => {
  const bytes = hex`ff d8 ff ff ff fe 00 02 ff da 00 02 11 ff ff d1 22 ff ff ff d9`;
  assertEquals(walk(bytes), [
    [0, "SOI", 0, 2],
    [4, "COM", 0, 8],
    [8, "SOS", 0, 17],
    [19, "EOI", 0, 21],
  ]);
});

Deno.test("a file that ends between segments or within a scan is walked to its end", () => {
  assertEquals(walk(hex`ff d8`), [[0, "SOI", 0, 2]]);
  for (const cut of [hex`ff d8 ff da 00 02 11 22`, hex`ff d8 ff da 00 02 11 ff`]) {
    assertEquals(walk(cut), [[0, "SOI", 0, 2], [2, "SOS", 0, 8]]);
  }
});

Deno.test("errors name the byte where something else than a marker stands", () => {
  for (
    const [bytes, position, says] of [
      [hex``, 0, "Begins with the end"],
      [hex`47 49 46`, 0, "Begins with 47 49, not with SOI (FF D8)"],
      [hex`ff d9`, 0, "Begins with FF D9"],
      [hex`ff d8 00 ff`, 2, "A marker is due, not 00 FF"],
      [hex`ff d8 ff 00 12`, 2, "A marker is due, not FF 00"],
      [hex`ff d8 ff ff`, 3, "A marker is due, not FF"],
      [hex`ff d8 ff db`, 4, "DQT needs 2 bytes, only 0 are left"],
      [hex`ff d8 ff db 00`, 4, "DQT needs 2 bytes, only 1 are left"],
      [hex`ff d8 ff db 00 01`, 4, "DQT has length 1, less than its length field"],
      [hex`ff d8 ff db 00 05 11 22`, 4, "DQT needs 5 bytes, only 4 are left"],
      [hex`ff d8 ff fe 00 02 12`, 6, "A marker is due, not 12"],
    ] as const
  ) {
    const error = assertThrows(() => walk(bytes), MalformedError, says);
    assertEquals([error.element, error.position], ["JPEG", position], says);
  }
});

Deno.test("a segment of the greatest length is walked, one byte less of it is not", () => {
  const bytes = new Uint8Array(4 + 65_535);
  bytes.set(hex`ff d8 ff ef ff ff`);
  assertEquals(walk(bytes)[1], [2, "APP15", 65_533, bytes.length]);
  assertThrows(() => walk(bytes.subarray(0, -1)), MalformedError, "APP15 needs 65535 bytes");
});

Deno.test("all 256 codes have a name, and the names are the standard's", () => {
  const names = Array.from({ length: 256 }, (_, code) => markerName(code));
  assertEquals(new Set(names).size, 256);
  const some = { 0x02: "RES02", 0xc6: "SOF6", 0xca: "SOF10", 0xd3: "RST3", 0xe7: "APP7" };
  for (const [code, name] of Object.entries(some)) assertEquals(names[Number(code)], name);
  for (const [name, code] of Object.entries(Marker)) assertEquals(names[code], name);
  const frames = names.filter((_, code) => isStartOfFrame(code));
  assertEquals(frames.length, 13);
  assert(frames.every((name) => name.startsWith("SOF")));
  assertEquals(
    names.filter((_, code) => isRestart(code)).join(),
    [0, 1, 2, 3, 4, 5, 6, 7].map(
      (n) => `RST${n}`,
    ).join(),
  );
});

Deno.test("random bytes are walked or refused with a position inside the input", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (tail) => {
      const bytes = Uint8Array.of(0xff, 0xd8, 0xff, ...tail);
      const before = bytes.slice();
      try {
        let end = 0;
        for (const segment of segments(bytes)) {
          assert(segment.offset >= end && segment.end > segment.offset);
          end = segment.end;
        }
        assert(end <= bytes.length);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        assert(error.position <= bytes.length);
      }
      assertEquals(bytes, before);
    }),
    { numRuns: 500 },
  );
});
