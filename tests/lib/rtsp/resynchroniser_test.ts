import { interleave } from "../../../lib/rtsp/format.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ascii, everySplit } from "../../support/split.ts";
import { drain } from "./drain.ts";

const join = (...parts: Uint8Array[]): Uint8Array => {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
};
const block = (channel: number, ...payload: number[]): Uint8Array => {
  return interleave(channel, Uint8Array.of(...payload));
};
const OPTIONS = ascii("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
const OK = ascii("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");

/** What was said, shortened: errors as `!position`, messages by kind, method, status, channel. */
function gist(said: unknown[]): string[] {
  return said.map((item) => {
    if (typeof item === "string") return `!${/at byte (\d+)\)$/.exec(item)?.[1]}`;
    const { kind, method, status, channel } = item as Record<string, unknown>;
    return `${kind} ${method ?? status ?? channel}`;
  });
}

interface Row {
  name: string;
  bytes: Uint8Array;
  gist: string[];
  skipped: number;
}

const ROWS: Row[] = [
  {
    name: "a line that is no start line, then a request",
    bytes: join(ascii("nonsense\r\n"), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 10,
  },
  {
    name: "a header without colon: the rest of that message is skipped",
    bytes: join(ascii("PLAY a RTSP/1.0\r\nCSeq 1\r\nSession: 5\r\n\r\n"), OK),
    gist: ["!17", "response 200"],
    skipped: 39,
  },
  {
    name: "binary data with a reply glued to its end",
    bytes: join(Uint8Array.of(0xff, 0xd8, 0, 65, 66), OK),
    gist: ["!0", "response 200"],
    skipped: 5,
  },
  {
    name: "binary data with a request glued to its end",
    bytes: join(Uint8Array.of(0x80, 0x1a, 65, 66), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 4,
  },
  {
    name: "a lost piece of a block, then blocks",
    bytes: join(
      Uint8Array.of(1, 2, 3, 0x24, 200, 0, 8, 9),
      block(0, 1, 2, 3, 4),
      block(1, 5, 6, 7, 8, 9),
      block(0, 1, 2, 3, 4),
    ),
    gist: ["!0", "interleaved 0", "interleaved 1", "interleaved 0"],
    skipped: 8,
  },
  {
    name: "a $ inside data that points far ahead does not hold up the stream",
    bytes: join(
      Uint8Array.of(0xfe, 0x24, 0, 0xff, 0xff, 7),
      block(0, 1, 2, 3, 4),
      block(1, 5, 6, 7, 8),
    ),
    gist: ["!0", "interleaved 0", "interleaved 1"],
    skipped: 6,
  },
  {
    name: "a $ whose block meets nothing is not believed",
    bytes: join(Uint8Array.of(0xfe), block(0, 1, 2, 3, 4), ascii("??"), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 11,
  },
  {
    name: "a block followed by a reply is believed",
    bytes: join(Uint8Array.of(0xfe), block(0, 1, 2, 3, 4), OK),
    gist: ["!0", "interleaved 0", "response 200"],
    skipped: 1,
  },
  {
    name: "a block followed by a request is believed",
    bytes: join(Uint8Array.of(0xfe), block(0, 1, 2, 3, 4), OPTIONS),
    gist: ["!0", "interleaved 0", "request OPTIONS"],
    skipped: 1,
  },
  {
    name: "a body above the limit is searched from its first byte",
    bytes: join(ascii("RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n"), OPTIONS),
    gist: ["!17", "request OPTIONS"],
    skipped: 44,
  },
  {
    name: "contradicting lengths",
    bytes: join(
      ascii("RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
      OK,
    ),
    gist: ["!36", "response 200"],
    skipped: 59,
  },
  {
    name: "HTTP, with all its headers",
    bytes: join(ascii("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), OPTIONS),
    gist: ["!6", "request OPTIONS"],
    skipped: 27,
  },
  {
    name: "a start line too long, whose rest looks like one",
    bytes: join(ascii(`OPTIONS ${"u".repeat(2048)} RTSP/1.0\r\n\r\n`), OK),
    gist: ["!2048", "response 200"],
    skipped: 2069,
  },
  {
    name: "an unknown method on a line of its own",
    bytes: join(ascii("?\r\nFORWARD movie.Mjpeg RTSP/1.4\r\nCSeq: 1\r\n\r\n")),
    gist: ["!0", "request FORWARD"],
    skipped: 3,
  },
  {
    name: "an unknown method glued to binary data, which is not believed",
    bytes: join(Uint8Array.of(0xff, 0xff), ascii("FORWARD movie RTSP/1.4\r\n\r\n"), OK),
    gist: ["!0", "response 200"],
    skipped: 28,
  },
  {
    name: "a block on a channel beyond belief",
    bytes: join(Uint8Array.of(0xfe), block(32, 1, 2, 3, 4), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 9,
  },
  {
    name: "a block on the last channel believed",
    bytes: join(Uint8Array.of(0xfe), block(31, 1, 2, 3, 4), OPTIONS),
    gist: ["!0", "interleaved 31", "request OPTIONS"],
    skipped: 1,
  },
  {
    name: "a block before one on a channel beyond belief",
    bytes: join(Uint8Array.of(0xfe), block(0, 1, 2, 3, 4), block(32, 1, 2, 3, 4), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 17,
  },
  {
    name: "a block too short to be RTP or RTCP",
    bytes: join(Uint8Array.of(0xfe), block(0, 1, 2, 3), OPTIONS),
    gist: ["!0", "request OPTIONS"],
    skipped: 8,
  },
  {
    name: "a line with a CR inside, which is no start line",
    bytes: join(ascii("?\r\nOPTIONS a\rb RTSP/1.0\r\n"), OK),
    gist: ["!0", "response 200"],
    skipped: 25,
  },
  {
    name: "damage twice",
    bytes: join(Uint8Array.of(0), OK, ascii("junk\r\n"), OK),
    gist: ["!0", "response 200", "!29", "response 200"],
    skipped: 7,
  },
  {
    name: "CR without LF",
    bytes: join(ascii("OPTIONS *\rRTSP/1.0\r\n\r\n"), OK),
    gist: ["!9", "response 200"],
    skipped: 22,
  },
];

for (const row of ROWS) {
  Deno.test(`recovers from ${row.name}, cut anywhere`, () => {
    everySplit(row.bytes, (pieces, cut) => {
      const { said, parser, tolerances } = drain(pieces);
      assertEquals(gist(said), row.gist, cut);
      assertEquals(parser.skipped, row.skipped, cut);
      assertEquals(
        tolerances.filter((code) => code === "resynchronised").length,
        row.gist.filter((text) => text.startsWith("!")).length,
        cut,
      );
    });
  });
}

Deno.test("a $ inside a line does not lose the line's beginning, cut anywhere", () => {
  const bytes = join(ascii("?\r\nOPTIONS rtsp://h/$abc RTSP/1.0\r\n\r\n"));
  everySplit(bytes, (pieces, cut) => {
    const { said } = drain(pieces, { resynchroniseChannel: 255 });
    assertEquals(gist(said), ["!0", "request OPTIONS"], cut);
  });
});

const MALFORMED: [bytes: string, problem: string, position: number][] = [
  ["\x00", "No message begins with byte 0x00", 0],
  [" OPTIONS * RTSP/1.0\r\n", "No message begins with byte 0x20", 0],
  ["OPTIONS\r\n", '"OPTIONS" is neither a request nor a status line', 0],
  ["OPTIONS RTSP/1.0\r\n", "is neither a request nor a status line", 0],
  ["OPT(ONS * RTSP/1.0\r\n", 'Method "OPT(ONS" is not a token', 0],
  ["OPTIONS  * RTSP/1.0\r\n", 'White space around " *"', 8],
  ["OPTIONS * rtsp/1.0\r\n", 'Version "rtsp/1.0" is not RTSP/N.N', 10],
  ["OPTIONS * RTSP/1\r\n", 'Version "RTSP/1" is not RTSP/N.N', 10],
  ["RTSP/1.0 20 OK\r\n", 'Status code "20" is not three digits', 9],
  ["RTSP/1.0 099 OK\r\n", 'Status code "099" is not three digits', 9],
  ["RTSP/1.0 2000 OK\r\n", 'Status code "2000" is not three digits', 9],
  ["RTSP/1.0\r\n", 'Status code "" is not three digits', 9],
  ["OPTIONS * \x07RTSP/1.0\r\n", "Control character 0x07", 10],
  ["OPTIONS * RTSP/1.0\r\n a\r\n", "continues a header, but none precedes", 20],
  ["OPTIONS * RTSP/1.0\r\n: a\r\n", 'Name "" is not a token', 20],
  ["OPTIONS * RTSP/1.0\r\nA b: c\r\n", 'Name "A b" is not a token', 20],
  ["OPTIONS * RTSP/1.0\r\nA: \0\r\n", "Control character 0x00", 23],
  ["OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n", '"-1" is not a number of bytes', 20],
  ["OPTIONS * RTSP/1.0\r\nContent-Length: 1,1\r\n\r\n", '"1,1" is not a number of bytes', 20],
  ["OPTIONS * RTSP/1.0\r\nContent-Length:\r\n\r\n", '"" is not a number of bytes', 20],
];

for (const [text, problem, position] of MALFORMED) {
  Deno.test(`reports ${JSON.stringify(text)} once with its position`, () => {
    everySplit(join(OK, ascii(text)), (pieces, cut) => {
      const { said } = drain(pieces);
      assertEquals(said.length, 2, `${cut}: ${JSON.stringify(said)}`);
      assertStringIncludes(String(said[1]), problem, cut);
      assertStringIncludes(String(said[1]), `(at byte ${OK.length + position})`, cut);
    });
  });
}

Deno.test("resynchronise says whether a start was found", () => {
  const parser = new MessageParser();
  assert(parser.resynchronise(), "nothing is damaged");
  parser.push(Uint8Array.of(0xff, 0xff));
  assertEquals(parser.next().kind, "malformed");
  assertEquals(parser.resynchronise(), false);
  parser.push(OPTIONS);
  assert(parser.resynchronise());
  assertEquals(parser.skipped, 2);
  assertEquals(parser.next().kind, "value");
});

Deno.test("garbage without end is not held", () => {
  const parser = new MessageParser();
  for (let i = 0; i < 200; i++) {
    parser.push(new Uint8Array(5000).fill(0xa5));
    while (parser.next().kind !== "more");
  }
  assertEquals(parser.pending, 0);
});

Deno.test("blocks that point past each other are not held for more than one block", () => {
  const parser = new MessageParser();
  const chunk = Uint8Array.from({ length: 8000 }, (_, i) => [0x24, 3, 0xf0, 0x01][i % 4]!);
  parser.push(Uint8Array.of(0xff));
  for (let i = 0; i < 100; i++) {
    parser.push(chunk.slice(i % 3));
    while (parser.next().kind !== "more");
    assert(parser.pending <= 65_539 + chunk.length, `${parser.pending}`);
  }
});
