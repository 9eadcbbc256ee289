import {
  formatInterleavedHeader,
  formatRequest,
  formatResponse,
  interleave,
} from "../../../lib/rtsp/format.ts";
import { HeaderList } from "../../../lib/rtsp/headers.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";

const EMPTY = new Uint8Array(0);
const version = "RTSP/1.0";

function request(change: Record<string, unknown> = {}): Parameters<typeof formatRequest>[0] {
  const headers = new HeaderList([["CSeq", "1"]]);
  return { method: "PLAY", uri: "rtsp://h/m", version, headers, body: EMPTY, ...change };
}

function response(change: Record<string, unknown> = {}): Parameters<typeof formatResponse>[0] {
  const headers = new HeaderList([["CSeq", "1"]]);
  return { status: 200, reason: "OK", version, headers, body: EMPTY, ...change };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

Deno.test("writes a request with CRLF line ends", () => {
  assertEquals(text(formatRequest(request())), "PLAY rtsp://h/m RTSP/1.0\r\nCSeq: 1\r\n\r\n");
});

Deno.test("writes a response with CRLF line ends", () => {
  assertEquals(text(formatResponse(response())), "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
});

Deno.test("adds Content-Length in bytes, not characters", () => {
  const headers = new HeaderList([["CSeq", "1"]]);
  const bytes = formatResponse(response({ headers, body: ascii("äß€") }));
  assertEquals(text(bytes), "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 7\r\n\r\näß€");
  assertEquals([...headers], [["CSeq", "1"]]);
});

Deno.test("corrects a Content-Length in its place and keeps its spelling", () => {
  const headers = new HeaderList([["content-length", "9"], ["A", "b"], ["Content-Length", "8"]]);
  const bytes = formatRequest(request({ headers, body: ascii("xy") }));
  assertEquals(text(bytes), "PLAY rtsp://h/m RTSP/1.0\r\ncontent-length: 2\r\nA: b\r\n\r\nxy");
  assertEquals(headers.getAll("Content-Length"), ["9", "8"]);
  const twice = new HeaderList([["Content-Length", "2"], ["Content-Length", "8"]]);
  assertEquals(
    text(formatRequest(request({ headers: twice, body: ascii("xy") }))),
    "PLAY rtsp://h/m RTSP/1.0\r\nContent-Length: 2\r\n\r\nxy",
  );
});

Deno.test("keeps a Content-Length of 0 and corrects one without a body", () => {
  const zero = new HeaderList([["Content-Length", "0"]]);
  assertEquals(
    text(formatResponse(response({ headers: zero }))),
    "RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
  );
  const wrong = new HeaderList([["Content-Length", "5"]]);
  assertEquals(
    text(formatResponse(response({ headers: wrong }))),
    "RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
  );
});

const BAD_REQUESTS: [string, Record<string, unknown>, string][] = [
  ["a method with a space", { method: "PLAY NOW" }, 'Method "PLAY NOW" is not a token'],
  ["an empty method", { method: "" }, "Method"],
  ["an empty URI", { uri: "" }, "Request URI"],
  ["a URI with a space", { uri: "a b" }, 'Request URI "a b"'],
  ["a URI with a line end", { uri: "a\r\nX: y" }, "Request URI"],
  ["a version with a line end", { version: "RTSP/1.0\r\nX: y" }, "Version"],
  ["a value with CRLF", { headers: new HeaderList([["A", "b\r\nX: y"]]) }, "of A has a control"],
  ["a value with LF", { headers: new HeaderList([["A", "b\nX: y"]]) }, "of A has a control"],
  ["a value with CR", { headers: new HeaderList([["A", "b\rX: y"]]) }, "of A has a control"],
  ["a name with a colon", { headers: new HeaderList([["A:", "b"]]) }, 'Header name "A:"'],
  ["a name with a line end", { headers: new HeaderList([["A\n", "b"]]) }, "Header name"],
];

for (const [name, change, problem] of BAD_REQUESTS) {
  Deno.test(`refuses to write ${name}`, () => {
    assertThrows(() => formatRequest(request(change)), TypeError, problem);
  });
}

const BAD_RESPONSES: [string, Record<string, unknown>, string][] = [
  ["a status below 100", { status: 99 }, "Status 99"],
  ["a status above 999", { status: 1000 }, "Status 1000"],
  ["a broken status", { status: 200.5 }, "Status 200.5"],
  ["a reason with a line end", { reason: "OK\r\nX: y" }, "Reason"],
  ["another protocol", { version: "HTTP/1.1" }, "Version"],
];

for (const [name, change, problem] of BAD_RESPONSES) {
  Deno.test(`refuses to write ${name}`, () => {
    assertThrows(() => formatResponse(response(change)), TypeError, problem);
  });
}

Deno.test("writes an interleaved block", () => {
  assertEquals(
    interleave(1, ascii("abc")),
    hex`
      24        # $
      01        # channel
      00 03     # length
      61 62 63  # payload
    `,
  );
  assertEquals(interleave(0, new Uint8Array(0x1234)).slice(0, 4), hex`24 00 12 34`);
});

Deno.test("writes an interleaved header in place and nothing else", () => {
  const target = new Uint8Array(8).fill(0xee);
  formatInterleavedHeader(target, 2, 255, 65_535);
  assertEquals(target, hex`ee ee 24 ff ff ff ee ee`);
});

Deno.test("refuses an interleaved header that does not fit", () => {
  const target = new Uint8Array(8);
  assertThrows(() => formatInterleavedHeader(target, 0, 256, 0), RangeError, "Channel 256");
  assertThrows(() => formatInterleavedHeader(target, 0, -1, 0), RangeError, "Channel -1");
  assertThrows(() => formatInterleavedHeader(target, 0, 0, 65_536), RangeError, "Length 65536");
  assertThrows(() => formatInterleavedHeader(target, 5, 0, 0), RangeError, "do not fit 8");
  assertThrows(() => interleave(0, new Uint8Array(65_536)), RangeError, "Length 65536");
  assertEquals(target, new Uint8Array(8));
});
