import { dumpFormat } from "../../cmd/dump_formats.ts";
import { parseSegment } from "../../cmd/dump_settings.ts";
import { UsageError } from "../../cmd/exit_status.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

/** The end of the output's name, and the extension of the format it means. */
const NAMES: [out: string, extension: string][] = [
  ["frames", "jpg"],
  ["frames/", "jpg"],
  ["frames.v2", "jpg"],
  ["movie.Mjpeg", "Mjpeg"],
  ["movie.mjpeg", "mjpeg"],
  ["MOVIE.MJPEG", "mjpeg"],
  ["movie.mjpg", "mjpeg"],
  ["a/b.avi", "avi"],
  ["B.AVI", "avi"],
  ["b.Gif", "gif"],
];

for (const [out, extension] of NAMES) {
  Deno.test(`--out ${out} is written as ${extension}`, () => {
    assertEquals(dumpFormat(undefined, out).extension, extension);
    assertEquals(dumpFormat("png", out).extension, "png");
  });
}

for (const out of ["still.jpg", "still.PNG", "movie.mp4", "x.pcapng", "x.h264"]) {
  Deno.test(`--out ${out} is no folder, and no format is known by that name`, () => {
    assertThrows(() => dumpFormat(undefined, out), UsageError, "no format by that name");
  });
}

Deno.test("segments are as long as a time or as large as a size", () => {
  assertEquals(parseSegment("10m"), { ms: 600_000 });
  assertEquals(parseSegment("1h"), { ms: 3_600_000 });
  assertEquals(parseSegment("90"), { ms: 90_000 });
  assertEquals(parseSegment("100ms"), { ms: 100 });
  assertEquals(parseSegment("500M"), { bytes: 500 * 2 ** 20 });
  assertEquals(parseSegment("64k"), { bytes: 65_536 });
});

for (const text of ["", "0", "99ms", "63k", "10x", "-5s", "M"]) {
  Deno.test(`--segment ${text} is refused`, () => {
    assertThrows(() => parseSegment(text), UsageError, "--segment");
  });
}
