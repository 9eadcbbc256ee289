import fc from "fast-check";
import { detectDialect, type Dialect } from "../../../lib/rtsp/dialect.ts";
import { LAB_METHODS, LAB_ONLY_METHODS } from "../../../lib/rtsp/lab/methods.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii, everyPrefix } from "../../support/split.ts";
import { LAB_REQUESTS } from "./lab/goldens.ts";

/** First lines whose dialect is certain once the line has ended. */
const FIRST_LINES: { peer: string; line: string; dialect: Dialect }[] = [
  { peer: "ffmpeg, GStreamer", line: "OPTIONS rtsp://h:8554/m RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "openRTSP, VLC", line: "DESCRIBE rtsp://h:8554/m/ RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "VLC's TCP rollover", line: "SETUP rtsp://h/m/trackID=0 RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "SAT>IP", line: "SETUP rtsp://h:554/?src=1&freq=11538 RTSP/1.0\r\n", dialect: "rtsp" },
  {
    peer: "openRTSP with a password",
    line: "DESCRIBE rtsp://u:p@h/m RTSP/1.0\r\n",
    dialect: "rtsp",
  },
  { peer: "an rtsps client", line: "OPTIONS rtsps://h/m RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "a client behind a proxy", line: "OPTIONS RTSP://H/M RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "a server's own requests", line: "OPTIONS * RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "a path alone", line: "DESCRIBE /movie.Mjpeg RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "RFC 2326 in LF lines", line: "OPTIONS rtsp://h/m RTSP/1.0\n", dialect: "rtsp" },
  { peer: "GET_PARAMETER first", line: "GET_PARAMETER rtsp://h/m RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "RTSP 2.0", line: "PLAY_NOTIFY rtsp://h/m RTSP/2.0\r\n", dialect: "rtsp" },
  { peer: "RTSP over HTTP", line: "GET /movie HTTP/1.0\r\n", dialect: "rtsp" },
  { peer: "a browser", line: "GET / HTTP/1.1\r\n", dialect: "rtsp" },
  { peer: "HTTP in LF lines", line: "POST /x HTTP/1.1\n", dialect: "rtsp" },
  { peer: "nobody's method on a URL", line: "RESTART rtsp://h/m RTSP/1.4\r\n", dialect: "rtsp" },
  { peer: "nobody's method", line: "FROB movie.Mjpeg RTSP/1.0\r\n", dialect: "rtsp" },
  { peer: "nobody's method on a path", line: "FROB /movie.Mjpeg RTSP/1.0\n", dialect: "rtsp" },
  { peer: "nobody's, URL in LF lines", line: "FROB rtsp://h/m RTSP/1.0\n", dialect: "rtsp" },
  { peer: "any stream, in LF lines", line: "OPTIONS * RTSP/1.0\n", dialect: "rtsp" },
  { peer: "keep-alive in LF lines", line: "GET_PARAMETER * RTSP/1.0\n", dialect: "rtsp" },
  { peer: "a proxy's client in LF lines", line: "CONNECT h:443 HTTP/1.1\n", dialect: "rtsp" },
  { peer: "a reply in LF lines", line: "RTSP/1.0 200 OK\n", dialect: "rtsp" },
  { peer: "noise", line: "\u0001\u0002\u0003\n", dialect: "rtsp" },
  {
    peer: "blank lines, then a URL",
    line: "\r\n\r\nOPTIONS rtsp://h RTSP/1.0\r\n",
    dialect: "rtsp",
  },
  { peer: "the course lab", line: "SETUP movie.Mjpeg RTSP/1.0\n", dialect: "lab" },
  { peer: "its port to Java", line: "SETUP movie.Mjpeg RTSP/1.0\r\n", dialect: "lab" },
  { peer: "the seven buttons", line: "SETUP movie.Mjpeg RTSP/1.4\n", dialect: "lab" },
  { peer: "seven buttons with a path", line: "SETUP /movie.Mjpeg RTSP/1.4\r\n", dialect: "lab" },
  { peer: "a blank before the LF", line: "SETUP movie.Mjpeg RTSP/1.0 \n", dialect: "lab" },
  { peer: "the three-line variant", line: "SETUP video.mjpeg\n", dialect: "lab" },
  { peer: "its PLAY", line: "PLAY \n", dialect: "lab" },
  { peer: "a path in an LF line", line: "SETUP /movie.Mjpeg RTSP/1.0\n", dialect: "lab" },
  { peer: "an extended exercise", line: "CONNECT movie.Mjpeg RTSP/1.0\n", dialect: "lab" },
  { peer: "nobody's method, in an LF line", line: "FROB m.Mjpeg RTSP/1.0\n", dialect: "lab" },
  { peer: "a method in lower case", line: "setup movie.Mjpeg RTSP/1.0 \n", dialect: "lab" },
  { peer: "a blank line first", line: "\nSETUP movie.Mjpeg RTSP/1.0\n", dialect: "lab" },
];

for (const { peer, line, dialect } of FIRST_LINES) {
  Deno.test(`${peer} speaks ${dialect}: ${JSON.stringify(line)}`, () => {
    const bytes = ascii(line);
    assertEquals(detectDialect(bytes), dialect);
    assertEquals(detectDialect(bytes, true), dialect);
    everyPrefix(bytes, (prefix, length) => {
      assertEquals(detectDialect(prefix), undefined, `${length} bytes`);
      assert(detectDialect(prefix, true) !== undefined, `${length} bytes, then silence`);
    });
  });
}

Deno.test("every lab client is known by its first line", () => {
  for (const { name, bytes } of LAB_REQUESTS) assertEquals(detectDialect(bytes), "lab", name);
});

Deno.test("a method of the lab's own tells a lab client whatever else the line says", () => {
  for (const method of LAB_ONLY_METHODS) {
    assertEquals(detectDialect(ascii(`${method}\r\n`)), "lab", method);
    assertEquals(detectDialect(ascii(`${method} /x RTSP/1.0\r\n`)), "lab", method);
  }
});

Deno.test("a TLS hello is no lab client, decided without a line end", () => {
  const hello = hex`
    16 03 01 02 00    # handshake, TLS 1.0 record, 512 bytes
    01 00 01 fc 03 03 # client hello, TLS 1.2
  `;
  assertEquals(detectDialect(hello), undefined);
  assertEquals(detectDialect(hello, true), "rtsp");
});

Deno.test("a first line, or blank lines, of 4,096 bytes are enough to decide", () => {
  for (const [filling, dialect] of [["a", "rtsp"], ["\n", "rtsp"], ["SETUP f", "lab"]] as const) {
    const bytes = ascii(filling.padEnd(4096, filling.at(-1)!));
    assertEquals(detectDialect(bytes), dialect, filling);
    assertEquals(detectDialect(bytes.subarray(0, 4095)), undefined, filling);
  }
});

Deno.test("any bytes have a dialect once the socket is quiet, and keep it as more come", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.tuple(fc.constantFrom(...LAB_METHODS), fc.string()).map(([a, b]) => ascii(`${a} ${b}\n`)),
  );
  fc.assert(fc.property(bytes, fc.uint8Array(), (bytes, more) => {
    const untouched = bytes.slice();
    const dialect = detectDialect(bytes);
    assert(detectDialect(bytes, true) !== undefined);
    if (dialect !== undefined) {
      assertEquals(detectDialect(Uint8Array.of(...bytes, ...more)), dialect);
    }
    assertEquals(bytes, untouched);
  }));
});
