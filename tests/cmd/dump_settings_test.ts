import { dumpFormat } from "../../cmd/dump_formats.ts";
import { parseSegment } from "../../cmd/dump_settings.ts";
import { UsageError } from "../../cmd/exit_status.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

/** The output's name, and the format it means. */
const NAMES: [out: string, format: string][] = [
  ["frames", "jpg"],
  ["frames/", "jpg"],
  ["frames.v2", "jpg"],
  ["movie.Mjpeg", "lab"],
  ["movie.mjpeg", "mjpeg"],
  ["MOVIE.MJPEG", "mjpeg"],
  ["movie.mjpg", "mjpeg"],
  ["a/b.avi", "avi"],
  ["B.AVI", "avi"],
  ["b.Gif", "gif"],
  ["x.h264", "h264"],
  ["x.264", "h264"],
  ["x.hevc", "h265"],
  ["x.aac", "aac"],
  ["x.WAV", "wav"],
  ["x.opus", "opus"],
  ["x.ts", "ts"],
  ["x.xml", "xml"],
  ["x.mp4", "mp4"],
  ["x.pcapng", "pcapng"],
  ["x.rtpdump", "rtpdump"],
];

for (const [out, format] of NAMES) {
  Deno.test(`--out ${out} is written as ${format}`, () => {
    assertEquals(dumpFormat(undefined, out).name, format);
    assertEquals(dumpFormat("png", out).name, "png");
  });
}

Deno.test("only where nothing asks for a format the stream may choose one", () => {
  const usual = (name: string | undefined, out: string): boolean => {
    const chosen = dumpFormat(name, out);
    return chosen.kind === "frames" && chosen.usual;
  };
  assertEquals([usual(undefined, "frames"), usual("jpg", "frames")], [true, false]);
  assertEquals([usual(undefined, "a.avi"), usual(undefined, "a.h264")], [false, false]);
});

Deno.test("a format that nobody knows is refused with the nearest one", () => {
  assertThrows(() => dumpFormat("h246", "x"), UsageError, "did you mean h264?");
  assertThrows(() => dumpFormat("toString", "x"), UsageError, "unknown format");
});

for (const out of ["still.jpg", "still.PNG", "movie.mkv", "x.pcap", "x.mp3"]) {
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
