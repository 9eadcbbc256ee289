import fc from "fast-check";
import { JpegEnd, MAX_JPEG_BYTES } from "../../../lib/media/jpeg_end.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { everyPrefix, everySplit } from "../../support/split.ts";
import { join, jpegWithThumbnail, tinyJpeg } from "./frames.ts";

/** The length found in `pieces`, a problem, or undefined when there is no end yet. */
function endOf(pieces: readonly Uint8Array[]): number | string | undefined {
  const end = new JpegEnd();
  for (const piece of pieces) {
    const answer = end.feed(piece);
    if (answer.kind === "value") return answer.value;
    if (answer.kind === "malformed") return `${answer.error.problem} @${answer.error.position}`;
  }
  return undefined;
}

const WHOLE: { name: string; jpeg: Uint8Array }[] = [
  { name: "stuffing, restarts and fill bytes in the scan", jpeg: tinyJpeg(1) },
  { name: "a thumbnail that begins and ends inside", jpeg: jpegWithThumbnail(2) },
  {
    name: "two scans with a table between them",
    jpeg: hex`
      ff d8
      ff da 00 02 11 22     # first scan
      ff c4 00 03 d9        # table
      ff ff ff da 00 02 33  # fill bytes, second scan
      ff d9
    `,
  },
  { name: "empty segments and TEM", jpeg: hex`ff d8 ff fe 00 02 ff 01 ff d0 ff d9` },
];

for (const { name, jpeg } of WHOLE) {
  Deno.test(`the end of a JPEG is found however it is cut: ${name}`, () => {
    const followed = join(jpeg, tinyJpeg(9));
    everySplit(followed, (pieces, cut) => assertEquals(endOf(pieces), jpeg.length, cut));
    everyPrefix(jpeg, (prefix) => assertEquals(endOf([prefix]), undefined));
  });
}

const BROKEN: { name: string; jpeg: Uint8Array; problem: string }[] = [
  {
    name: "no SOI",
    jpeg: hex`ff d9 00`,
    problem: "Has no marker where image start code belongs @1",
  },
  { name: "text", jpeg: hex`31 32`, problem: "Has no marker where image start belongs @0" },
  { name: "no marker", jpeg: hex`ff d8 12`, problem: "Has no marker where marker belongs @2" },
  { name: "short segment", jpeg: hex`ff d8 ff e0 00 01`, problem: "Has a segment of 1 bytes @4" },
  {
    name: "SOI in a scan",
    jpeg: hex`ff d8 ff da 00 02 55 ff d8`,
    problem: "Has another start of image inside @7",
  },
  {
    name: "stuffing before a scan",
    jpeg: hex`ff d8 ff 00`,
    problem: "Has a stuffed zero outside a scan @3",
  },
];

for (const { name, jpeg, problem } of BROKEN) {
  Deno.test(`a broken JPEG is malformed at its byte: ${name}`, () => {
    everySplit(jpeg, (pieces, cut) => assertEquals(endOf(pieces), problem, cut));
  });
}

Deno.test("where the scan begins is known once it has been reached", () => {
  const end = new JpegEnd();
  end.feed(hex`ff d8 ff e0 00 04 aa bb`);
  assertEquals(end.entropyStart, undefined);
  end.feed(hex`ff da 00 04 11 22 33`);
  assertEquals(end.entropyStart, 14);
  end.feed(hex`44 ff da 00 02 55`);
  assertEquals(end.entropyStart, 14, "of the first scan");
});

Deno.test("a JPEG may be as long as the ceiling and no longer", () => {
  const scan = new Uint8Array(1024 * 1024);
  for (const extra of [0, 1]) {
    const end = new JpegEnd();
    let left = MAX_JPEG_BYTES + extra - 6;
    let kind = end.feed(hex`ff d8 ff da 00 02`).kind;
    for (; left > 0; left -= scan.length) kind = end.feed(scan.subarray(0, left)).kind;
    assertEquals(kind, extra === 0 ? "more" : "malformed");
  }
});

Deno.test("any bytes get an answer, the same however they are cut, and stay untouched", () => {
  const start = fc.constantFrom(hex``, hex`ff d8`, hex`ff d8 ff da 00 02`);
  const bytes = fc.array(fc.oneof(fc.constantFrom(0xff, 0xd9, 0), fc.nat(255)), { maxLength: 80 });
  fc.assert(fc.property(start, bytes, fc.nat(80), (start, bytes, cut) => {
    const input = join(start, Uint8Array.from(bytes));
    const copy = input.slice();
    const whole = endOf([input]);
    assertEquals(endOf([input.subarray(0, cut), input.subarray(cut)]), whole);
    assertEquals(input, copy);
    assert(typeof whole !== "number" || whole <= input.length);
  }));
});
