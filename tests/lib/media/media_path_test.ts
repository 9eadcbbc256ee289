import fc from "fast-check";
import {
  MAX_MEDIA_NAME_LENGTH,
  MAX_MEDIA_NAME_SEGMENTS,
  mediaPath,
} from "../../../lib/media/media_path.ts";
import { MediaNotFoundError } from "../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const MEANT: [string, string[]][] = [
  ["movie.Mjpeg", ["movie.Mjpeg"]],
  ["/movie.Mjpeg", ["movie.Mjpeg"]],
  ["///lab//movie.Mjpeg", ["lab", "movie.Mjpeg"]],
  ["./lab/./movie.Mjpeg", ["lab", "movie.Mjpeg"]],
  ["my%20movie.mjpeg", ["my movie.mjpeg"]],
  ["lab%2fmovie.Mjpeg", ["lab", "movie.Mjpeg"]],
  ["caf%C3%A9.mjpeg", ["café.mjpeg"]],
  ["100%.mjpeg", ["100%.mjpeg"]],
  ["movie..mjpeg", ["movie..mjpeg"]],
  ["...", ["..."]],
  ["%252e%252e/x", ["%2e%2e", "x"]],
];

for (const [name, segments] of MEANT) {
  Deno.test(`a media name is read as folders and a file: ${name}`, () => {
    assertEquals(mediaPath(name), segments);
  });
}

/** Spellings that lead out of a folder somewhere. */
const TRAVERSALS = [
  "..",
  "../secret.mjpeg",
  "lab/../../secret.mjpeg",
  "/../secret.mjpeg",
  "lab/..",
  "%2e%2e/secret.mjpeg",
  "%2E%2e%2Fsecret.mjpeg",
  "..%2fsecret.mjpeg",
  ".%2e/secret.mjpeg",
  "..\\secret.mjpeg",
  "..%5csecret.mjpeg",
  "lab\\movie.Mjpeg",
  "secret.mjpeg\0.png",
  "secret.mjpeg%00",
  "line\nbreak",
  "",
  "/",
  "./.",
];

for (const name of TRAVERSALS) {
  Deno.test(`a media name that could lead out is not found: ${JSON.stringify(name)}`, () => {
    const error = assertThrows(() => mediaPath(name), MediaNotFoundError);
    assertEquals(error.media, name);
  });
}

Deno.test("a media name may be as long and as deep as the ceilings and no more", () => {
  const name = "a".repeat(MAX_MEDIA_NAME_LENGTH);
  assertEquals(mediaPath(name), [name]);
  assertThrows(() => mediaPath(name + "a"), MediaNotFoundError);
  const deep = Array.from({ length: MAX_MEDIA_NAME_SEGMENTS }, () => "a");
  assertEquals(mediaPath(deep.join("/")), deep);
  assertThrows(() => mediaPath([...deep, "a"].join("/")), MediaNotFoundError);
});

Deno.test("on Windows a colon leads to drives and streams", () => {
  assertEquals(mediaPath("12:30.mjpeg"), ["12:30.mjpeg"]);
  for (const name of ["C:/secret", "movie.Mjpeg::$DATA", "c%3a/secret"]) {
    assertThrows(() => mediaPath(name, true), MediaNotFoundError);
  }
});

Deno.test("no name whatever yields a segment that leads out", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom("..", "/", "%2e", "%2f", "%", "\\", "%5C", "%00", ".", "%25", "%c0%ae"),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    let segments: string[];
    try {
      segments = mediaPath(pieces.join(""));
    } catch (error) {
      assert(error instanceof MediaNotFoundError);
      return;
    }
    assert(segments.length > 0);
    for (const segment of segments) {
      assert(![".", "..", ""].includes(segment), segment);
      assert(!/[/\\\0]/.test(segment), segment);
    }
  }));
});
