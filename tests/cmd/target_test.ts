import { UsageError } from "../../cmd/exit_status.ts";
import { parseTarget, targetName } from "../../cmd/target.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";

Deno.test("four words are a lab stream", () => {
  assertEquals(parseTarget(["localhost", "5678", "6666", "movie.Mjpeg"]), {
    form: "lab",
    hostname: "localhost",
    port: 5678,
    rtpPort: 6666,
    file: "movie.Mjpeg",
  });
  const bracketed = parseTarget(["[::1]", "5678", "0", "my movie.Mjpeg"]);
  assert(bracketed.form === "lab");
  assertEquals([bracketed.hostname, bracketed.rtpPort, bracketed.file], [
    "::1",
    0,
    "my movie.Mjpeg",
  ]);
});

Deno.test("one URL is a stream, named without its password", () => {
  for (const scheme of ["rtsp", "rtsps", "RTSP"]) {
    const target = parseTarget([`${scheme}://bob:secret@host:8554/movie`]);
    assert(target.form === "url");
    assertEquals([target.url.host, target.url.port], ["host", 8554]);
    assertEquals(targetName(target), `${scheme.toLowerCase()}://host:8554/movie`);
  }
});

/** What names no stream. */
const WRONG: { words: string[]; says: string }[] = [
  { words: [], says: "name a stream: rtsp://" },
  { words: ["movie.Mjpeg"], says: "got 1 word(s): movie.Mjpeg" },
  { words: ["http://host/movie"], says: "got 1 word(s): http://host/movie" },
  { words: ["rtsp://host/a", "b"], says: "got 2 word(s)" },
  { words: ["h", "1", "2", "f", "g"], says: "got 5 word(s)" },
  { words: ["h", "x", "2", "f"], says: 'PORT "x" is not a port number (1 to 65535)' },
  { words: ["h", "1", "-2", "f"], says: 'RTP_PORT "-2" is not a port number (0 to 65535)' },
  { words: ["rtsp://"], says: "" },
  { words: ["rtspu://host/movie"], says: "use rtsp://" },
];

for (const { words, says } of WRONG) {
  Deno.test(`what names no stream is refused in words: ${words.join(" ") || "nothing"}`, () => {
    assertThrows(() => parseTarget(words), UsageError, says);
  });
}
