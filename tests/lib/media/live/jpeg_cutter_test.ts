import fc from "fast-check";
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { JpegCutter, trimJpeg } from "../../../../lib/media/live/jpeg_cutter.ts";
import { LIVE_LIMITS } from "../../../../lib/media/live/live_limits.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { hex } from "../../../support/golden.ts";
import { everyPrefix, everySplit } from "../../../support/split.ts";
import { join, jpegWithThumbnail, tinyJpeg } from "../frames.ts";

function cut(pieces: Uint8Array[]): { pictures: Uint8Array[]; errors: MalformedError[] } {
  const cutter = new JpegCutter();
  const pictures: Uint8Array[] = [], errors: MalformedError[] = [];
  for (const piece of pieces) {
    cutter.push(piece);
    for (let outcome = cutter.next(); outcome.kind !== "more"; outcome = cutter.next()) {
      if (outcome.kind === "value") pictures.push(outcome.value);
      else errors.push(outcome.error);
    }
  }
  return { pictures, errors };
}

const A = tinyJpeg(1), B = jpegWithThumbnail(2), C = tinyJpeg(3, 90);

Deno.test("pictures are found wherever the stream is cut", () => {
  everySplit(join(A, B, new Uint8Array(7), C), (pieces, where) => {
    const { pictures, errors } = cut(pieces);
    assertEquals(errors, [], where);
    assertEquals(pictures.map((bytes) => [...bytes]), [A, B, C].map((bytes) => [...bytes]), where);
  });
});

Deno.test("a damaged picture is told with its byte and the next one is found", () => {
  const broken = A.subarray(0, A.length - 2);
  everySplit(join(B, broken, C), (pieces, where) => {
    const { pictures, errors } = cut(pieces);
    assertEquals(pictures.map((bytes) => [...bytes]), [B, C].map((bytes) => [...bytes]), where);
    assertEquals(errors.map(({ position }) => position), [B.length], where);
  });
});

Deno.test("noise is told once and not kept", () => {
  const cutter = new JpegCutter();
  let told = 0;
  for (let i = 0; i < 8; i++) {
    cutter.push(new Uint8Array(LIVE_LIMITS.betweenBytes / 2 + 1));
    for (let outcome = cutter.next(); outcome.kind !== "more"; outcome = cutter.next()) told++;
    assert(cutter.held < 3);
  }
  assertEquals(told, 1);
  cutter.push(A);
  assertEquals(cutter.next().kind, "value");
});

Deno.test("a picture past the ceiling is given up", () => {
  const endless = A.subarray(0, A.length - 2);
  const fill = new Uint8Array(LIVE_LIMITS.frameBytes - endless.length).fill(0x41);
  const cutter = new JpegCutter();
  cutter.push(endless);
  cutter.push(fill);
  assertEquals(cutter.next().kind, "more");
  cutter.push(Uint8Array.of(0x41));
  const outcome = cutter.next();
  assert(outcome.kind === "malformed" && outcome.error.problem.includes("longer than"));
});

Deno.test("padding before and behind a picture is cut off, and one without an end is refused", () => {
  assertEquals([...trimJpeg(join(new Uint8Array(2), A, new Uint8Array(5)))], [...A]);
  everyPrefix(A, (prefix, length) => {
    if (length > 0) assertThrows(() => trimJpeg(prefix.slice()), MalformedError);
  });
});

Deno.test("whatever comes gives pictures or errors, and stays as it is", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(A, B, A.subarray(0, 20)),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const before = pieces.map((bytes) => [...bytes]);
    for (const picture of cut(pieces).pictures) assertEquals(trimJpeg(picture.slice()), picture);
    assertEquals(pieces.map((bytes) => [...bytes]), before);
  }));
});

Deno.test("pictures that seem to begin in each other's segments are walked through a few times only", () => {
  // SOI and a segment that leads to the marker behind the next SOI.
  const unit = hex`ff d8 ff e0 00 0e 01 02 03 04 05 06 07 08 09 0a`;
  const units = 100_000;
  const cutter = new JpegCutter();
  cutter.push(join(...Array<Uint8Array>(units).fill(unit), hex`00 00`, A));
  let damages = 0;
  let outcome = cutter.next();
  for (; outcome.kind === "malformed"; outcome = cutter.next()) damages++;
  assert(damages < 100, `${damages} damages`);
  assertEquals(outcome, { kind: "value", value: A });
});
