import { toHex } from "../../../lib/bytes/hex.ts";
import fc from "fast-check";
import { formatRequest, formatResponse, interleave } from "../../../lib/rtsp/format.ts";
import { HeaderList } from "../../../lib/rtsp/headers.ts";
import type { RtspMessage } from "../../../lib/rtsp/message.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import type { ToleranceCode } from "../../../lib/rtsp/tolerance.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import type { Golden } from "../../support/golden.ts";
import { ascii, everyPrefix, everySplit } from "../../support/split.ts";
import { drain, plain } from "./drain.ts";

type Pairs = [string, string][];

function request(method: string, uri: string, headers: Pairs, body = ""): RtspMessage {
  const list = new HeaderList(headers);
  return { kind: "request", method, uri, version: "RTSP/1.0", headers: list, body: ascii(body) };
}

function response(status: number, reason: string, headers: Pairs, body = ""): RtspMessage {
  const list = new HeaderList(headers);
  return {
    kind: "response",
    status,
    reason,
    version: "RTSP/1.0",
    headers: list,
    body: ascii(body),
  };
}

function format(message: RtspMessage): Uint8Array {
  if (message.kind === "request") return formatRequest(message);
  if (message.kind === "response") return formatResponse(message);
  return interleave(message.channel, message.payload);
}

const join = (...parts: Uint8Array[]): Uint8Array => {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
};

interface Row extends Golden<RtspMessage> {
  tolerances?: ToleranceCode[];
}

const BASE = "rtsp://127.0.0.1:8554/test";

const GOLDEN: Row[] = [
  {
    name: "OPTIONS from ffmpeg",
    bytes: ascii(`OPTIONS ${BASE} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n`),
    value: request("OPTIONS", BASE, [["CSeq", "1"], ["User-Agent", "Lavf59.27.100"]]),
  },
  {
    name: "DESCRIBE from ffmpeg",
    bytes: ascii(
      `DESCRIBE ${BASE} RTSP/1.0\r\nAccept: application/sdp\r\nCSeq: 2\r\n` +
        "User-Agent: Lavf59.27.100\r\n\r\n",
    ),
    value: request("DESCRIBE", BASE, [
      ["Accept", "application/sdp"],
      ["CSeq", "2"],
      ["User-Agent", "Lavf59.27.100"],
    ]),
  },
  {
    name: "SETUP over TCP from GStreamer, with Date",
    bytes: ascii(
      `SETUP ${BASE}/stream=0 RTSP/1.0\r\nCSeq: 3\r\nUser-Agent: GStreamer/1.22.0\r\n` +
        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n" +
        "Date: Sat, 21 Nov 2026 07:43:31 GMT\r\n\r\n",
    ),
    value: request("SETUP", `${BASE}/stream=0`, [
      ["CSeq", "3"],
      ["User-Agent", "GStreamer/1.22.0"],
      ["Transport", "RTP/AVP/TCP;unicast;interleaved=0-1"],
      ["Date", "Sat, 21 Nov 2026 07:43:31 GMT"],
    ]),
  },
  {
    name: "PLAY from VLC with live555",
    bytes: ascii(
      `PLAY ${BASE}/ RTSP/1.0\r\nCSeq: 5\r\n` +
        "User-Agent: LibVLC/3.0.24 (LIVE555 Streaming Media v2026.06.24)\r\n" +
        "Session: 3C6EF372\r\nRange: npt=0.000-\r\n\r\n",
    ),
    value: request("PLAY", `${BASE}/`, [
      ["CSeq", "5"],
      ["User-Agent", "LibVLC/3.0.24 (LIVE555 Streaming Media v2026.06.24)"],
      ["Session", "3C6EF372"],
      ["Range", "npt=0.000-"],
    ]),
  },
  {
    name: "SETUP from the SAT>IP module of Debian's VLC, CSeq 0",
    bytes: ascii(`SETUP ${BASE} RTSP/1.0\r\nCSeq: 0\r\n\r\n`),
    value: request("SETUP", BASE, [["CSeq", "0"]]),
  },
  {
    name: "GET_PARAMETER reply with a body from live555MediaServer",
    bytes: ascii(
      "RTSP/1.0 200 OK\r\nCSeq: 9\r\nSession: 4B0A15F2\r\nContent-Length: 10\r\n\r\n2026.06.24",
    ),
    value: response(200, "OK", [
      ["CSeq", "9"],
      ["Session", "4B0A15F2"],
      ["Content-Length", "10"],
    ], "2026.06.24"),
  },
  {
    name: "a reply with two WWW-Authenticate headers, order and spelling kept",
    bytes: ascii(
      "RTSP/1.0 401 Unauthorized\r\ncseq: 2\r\nWWW-Authenticate: Digest x\r\n" +
        "WWW-authenticate: Basic y\r\n\r\n",
    ),
    value: response(401, "Unauthorized", [
      ["cseq", "2"],
      ["WWW-Authenticate", "Digest x"],
      ["WWW-authenticate", "Basic y"],
    ]),
  },
  {
    name: "an interleaved block",
    bytes: Uint8Array.of(0x24, 1, 0, 3, 0x80, 0x1a, 0x0d),
    value: { kind: "interleaved", channel: 1, payload: Uint8Array.of(0x80, 0x1a, 0x0d) },
  },
  {
    name: "an interleaved block without payload on the last channel",
    bytes: Uint8Array.of(0x24, 255, 0, 0),
    value: { kind: "interleaved", channel: 255, payload: new Uint8Array(0) },
  },
  {
    name: "folded lines and no space after the colon, which the standard allows",
    bytes: ascii("OPTIONS * RTSP/1.0\r\nCSeq:7\r\nRequire: a,\r\n b,\r\n\tc\r\nX:\r\n y\r\n\r\n"),
    value: request("OPTIONS", "*", [["CSeq", "7"], ["Require", "a, b, c"], ["X", "y"]]),
    roundTrip: false,
  },
  {
    name: "LF line ends and a trailing space as lab ports send them",
    bytes: ascii("PLAY /movie.Mjpeg RTSP/1.0 \nCSeq: 2\r\nSession: 123456\n\n"),
    value: request("PLAY", "/movie.Mjpeg", [["CSeq", "2"], ["Session", "123456"]]),
    roundTrip: false,
    tolerances: ["bare-line-feed", "space-after-start-line"],
  },
  {
    name: "space before the colon",
    bytes: ascii("RTSP/1.0 200 OK\r\nCSeq : 1\r\n\r\n"),
    value: response(200, "OK", [["CSeq", "1"]]),
    roundTrip: false,
    tolerances: ["space-before-colon"],
  },
  {
    name: "missing reason phrase",
    bytes: ascii("RTSP/1.0 200\r\nCSeq: 1\r\n\r\n"),
    value: response(200, "", [["CSeq", "1"]]),
    roundTrip: false,
    tolerances: ["missing-reason-phrase"],
  },
  {
    name: "empty reason phrase behind its space, which the standard allows",
    bytes: ascii("RTSP/1.0 200 \r\nCSeq: 1\r\n\r\n"),
    value: response(200, "", [["CSeq", "1"]]),
  },
  {
    name: "blank lines before a message",
    bytes: ascii("\r\n\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
    value: request("OPTIONS", "*", [["CSeq", "1"]]),
    roundTrip: false,
    tolerances: ["blank-line-before-message"],
  },
  {
    name: "a message in place of the block that was announced, as rtspsrc sends it over TLS",
    bytes: join(
      Uint8Array.of(0x24, 1, 0, 84),
      ascii("PAUSE rtsp://h/a RTSP/1.0\r\nCSeq: 5\r\n\r\n"),
    ),
    value: request("PAUSE", "rtsp://h/a", [["CSeq", "5"]]),
    roundTrip: false,
    tolerances: ["header-without-block"],
  },
  {
    name: "the same in place of a block that would have been shorter than the message's first line",
    bytes: join(Uint8Array.of(0x24, 1, 0, 8), ascii("RTSP/1.0 200 OK\r\nCSeq: 5\r\n\r\n")),
    value: response(200, "OK", [["CSeq", "5"]]),
    roundTrip: false,
    tolerances: ["header-without-block"],
  },
  {
    name: "spaces and UTF-8 in the path as ffmpeg and rtspsrc send them",
    bytes: ascii("OPTIONS rtsp://h/a b é.mjpeg RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
    value: request("OPTIONS", "rtsp://h/a b é.mjpeg", [["CSeq", "1"]]),
    roundTrip: false,
    tolerances: ["space-in-uri"],
  },
  {
    name: "RTSP/1.4 of the seven-button lab, kept for the caller",
    bytes: ascii("RTSP/1.4 200 OK\r\nCSeq: 1\r\n\r\n"),
    value: {
      ...response(200, "OK", [["CSeq", "1"]]) as RtspMessage & { kind: "response" },
      version: "RTSP/1.4",
    },
    tolerances: ["other-version"],
  },
  {
    name: "a line that is ISO 8859-1",
    bytes: Uint8Array.of(
      ...ascii("RTSP/1.0 200 OK\r\nServer: Kam"),
      0xe9,
      0x80,
      ...ascii("\r\n\r\n"),
    ),
    value: response(200, "OK", [["Server", "Kam\u00e9\u0080"]]),
    roundTrip: false,
    tolerances: ["line-not-utf-8"],
  },
  {
    name: "Content-Length said twice alike",
    bytes: ascii("RTSP/1.0 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nab"),
    value: response(200, "OK", [["Content-Length", "2"], ["content-length", "2"]], "ab"),
    roundTrip: false,
  },
];

for (const row of GOLDEN) {
  Deno.test(`parses ${row.name}`, () => {
    const { said, tolerances, pending } = drain([row.bytes]);
    assertEquals(said, [plain(row.value)]);
    assertEquals(tolerances.sort(), (row.tolerances ?? []).sort());
    assertEquals(pending, 0);
  });

  Deno.test(`parses ${row.name} cut anywhere`, () => {
    everySplit(row.bytes, (pieces, cut) => {
      const { said, tolerances } = drain(pieces);
      assertEquals(said, [plain(row.value)], cut);
      assertEquals(tolerances.sort(), (row.tolerances ?? []).sort(), cut);
    });
  });

  Deno.test(`asks for more of ${row.name} cut short`, () => {
    everyPrefix(row.bytes, (prefix) => assertEquals(drain([prefix]).said, []));
  });

  if (row.roundTrip !== false) {
    Deno.test(`writes back ${row.name}`, () => assertEquals(format(row.value), row.bytes));
  }
}

Deno.test("reads pipelined messages and blocks between them, cut anywhere", () => {
  const rows = GOLDEN.filter((row) => row.roundTrip !== false);
  const bytes = Uint8Array.from(rows.flatMap((row) => [...row.bytes]));
  const expected = rows.map((row) => plain(row.value));
  everySplit(bytes, (pieces, cut) => assertEquals(drain(pieces).said, expected, cut));
});

Deno.test("hands out payloads and bodies as views of the pushed chunk", () => {
  const chunk = Uint8Array.of(
    ...interleave(0, ascii("abcd")),
    ...ascii("RTSP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody"),
    ...interleave(1, ascii("efgh")),
  );
  const parser = new MessageParser();
  parser.push(chunk);
  for (let answer = parser.next(); answer.kind !== "more"; answer = parser.next()) {
    assert(answer.kind === "value");
    const { value } = answer;
    const bytes = value.kind === "interleaved" ? value.payload : value.body;
    assert(bytes.buffer === chunk.buffer);
  }
  assertEquals(parser.copied, 0);
});

Deno.test("copies only the block that straddles two chunks", () => {
  const blocks = [0, 1, 2, 3].map((i) => interleave(i, new Uint8Array(1000).fill(i)));
  const stream = Uint8Array.from(blocks.flatMap((block) => [...block]));
  const chunks = [stream.slice(0, 1500), stream.slice(1500)];
  const parser = new MessageParser();
  const payloads: Uint8Array[] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    for (let answer = parser.next(); answer.kind !== "more"; answer = parser.next()) {
      assert(answer.kind === "value" && answer.value.kind === "interleaved");
      payloads.push(answer.value.payload);
    }
  }
  assertEquals(payloads.map((payload) => payload[999]), [0, 1, 2, 3]);
  assertEquals(payloads.map((payload) => chunks.findIndex((c) => c.buffer === payload.buffer)), [
    0,
    -1,
    1,
    1,
  ]);
  assert(parser.copied <= 1004 + 500);
});

Deno.test("copies a small multiple of what arrives, also byte by byte", () => {
  const message = format(request("ANNOUNCE", BASE, [["X", "y".repeat(3000)]], "b".repeat(20_000)));
  const { said, parser } = drain(Array.from(message, (byte) => Uint8Array.of(byte)));
  assertEquals(said.length, 1);
  assert(parser.copied < 4 * message.length, `copied ${parser.copied} of ${message.length}`);
});

Deno.test("reads a long queue of small chunks pushed at once", () => {
  const block = interleave(0, new Uint8Array(12));
  const parser = new MessageParser();
  for (let i = 0; i < 500; i++) for (const byte of block) parser.push(Uint8Array.of(byte));
  assertEquals(parser.pending, 500 * block.length);
  let count = 0;
  while (parser.next().kind === "value") count++;
  assertEquals(count, 500);
  assertEquals(parser.pending, 0);
  assertEquals(parser.offset, 500 * block.length);
});

Deno.test("tolerances are reported once per message", () => {
  const text = "\n\nOPTIONS * RTSP/1.0\nCSeq: 1\n\n";
  assertEquals(drain([ascii(text + text)]).tolerances, [
    "blank-line-before-message",
    "bare-line-feed",
    "blank-line-before-message",
    "bare-line-feed",
  ]);
});

Deno.test("a block of text that is no whole first word of a message is a block", () => {
  for (const text of ["PAUS", "PAUSED", "RTSP", "pause ", "X rtsp://h/a RTSP/1.0\r\n\r\n"]) {
    const { said, tolerances, pending } = drain([interleave(1, ascii(text))]);
    const payload = toHex(ascii(text));
    assertEquals(said, [{ kind: "interleaved", channel: 1, payload }]);
    assertEquals([tolerances, pending], [[], 0]);
  }
});

Deno.test("blank lines before a block are reported for each block", () => {
  const block = join(ascii("\r\n"), interleave(0, Uint8Array.of(1)));
  const codes = drain([join(block, block)]).tolerances;
  assertEquals(codes, ["blank-line-before-message", "blank-line-before-message"]);
});

Deno.test("peek and release hand a connection over to another dialect", () => {
  const parser = new MessageParser();
  const lab = ascii("SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000");
  for (const byte of lab) {
    parser.push(Uint8Array.of(byte));
    assertEquals(parser.next().kind, "more");
  }
  assertEquals(parser.peek(), lab);
  assertEquals(parser.pending, lab.length);
  assertEquals(parser.release(), lab);
  assertEquals(parser.pending, 0);
  parser.push(ascii("OPTIONS * RTSP/1.0\r\n\r\n"));
  assertEquals(parser.next().kind, "value");
});

Deno.test("answers with nothing but values, more and malformed on random bytes, however cut", () => {
  const start = fc.constantFrom("RTSP/1.0 200 OK\r\n", "PLAY a RTSP/1.0\r\n", "\r\n", "A: b\r\n")
    .map(ascii);
  const dollar = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => {
    return Uint8Array.of(0x24, 0, 0, ...bytes);
  });
  const pieces = fc.array(fc.oneof(start, dollar, fc.uint8Array({ maxLength: 40 })));
  fc.assert(fc.property(pieces, (chunks) => {
    const before = chunks.map((chunk) => chunk.slice());
    const whole = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
    const expected = drain([whole]);
    assertEquals(drain(chunks).said, expected.said);
    assertEquals(drain(Array.from(whole, (byte) => Uint8Array.of(byte))).said, expected.said);
    assertEquals(chunks, before);
  }));
});

Deno.test("reads back any message it can write", () => {
  const token = fc.stringMatching(/^[A-Za-z_-]{1,12}$/)
    .filter((name) => name.toLowerCase() !== "content-length");
  const value = fc.stringMatching(/^[!-~äß€]([ -~äß€]{0,20}[!-~äß€])?$/);
  const headers = fc.array(fc.tuple(token, value), { maxLength: 10 });
  const body = fc.uint8Array({ maxLength: 50 });
  const messages = fc.array(fc.oneof(
    fc.record({ uri: fc.webUrl(), method: token, headers, body }).map((r): RtspMessage => ({
      kind: "request",
      version: "RTSP/1.0",
      ...r,
      headers: new HeaderList(r.headers),
    })),
    fc.record({ status: fc.integer({ min: 100, max: 999 }), reason: value, headers, body })
      .map((r): RtspMessage => ({
        kind: "response",
        version: "RTSP/1.0",
        ...r,
        headers: new HeaderList(r.headers),
      })),
    fc.record({ channel: fc.integer({ min: 0, max: 255 }), payload: body })
      .map((r): RtspMessage => ({ kind: "interleaved", ...r })),
  ));
  const cuts = fc.integer({ min: 1, max: 200 });
  fc.assert(fc.property(messages, cuts, (sent, size) => {
    const stream = Uint8Array.from(sent.flatMap((message) => [...format(message)]));
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) => {
      return stream.slice(i * size, (i + 1) * size);
    });
    const { said, pending } = drain(pieces);
    assertEquals(pending, 0);
    const expected = sent.map((message) => {
      if (message.kind === "interleaved" || message.body.length === 0) return plain(message);
      const withLength = message.headers.copy();
      withLength.append("Content-Length", `${message.body.length}`);
      return plain({ ...message, headers: withLength });
    });
    assertEquals(said, expected);
  }));
});

Deno.test("names HTTP for what it is", () => {
  const { said } = drain([ascii("HTTP/1.1 200 OK\r\n\r\n")]);
  assertEquals(said.length, 1);
  assertStringIncludes(String(said[0]), 'This is "HTTP/1.1", not RTSP');
});
