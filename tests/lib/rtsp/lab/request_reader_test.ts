import fc from "fast-check";
import type { LabRequest } from "../../../../lib/rtsp/lab/request.ts";
import {
  LAB_INCOMPLETE_MS,
  LAB_QUIET_MS,
  LAB_REQUEST_LIMIT,
  LabRequestReader,
} from "../../../../lib/rtsp/lab/request_reader.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { ascii, everySplit } from "../../../support/split.ts";
import { LAB_REQUESTS } from "./goldens.ts";

/** Everything certain a reader says about `pieces`: requests, and errors as text. */
function certain(reader: LabRequestReader, pieces: Iterable<Uint8Array>): (LabRequest | string)[] {
  const said: (LabRequest | string)[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let answer = reader.next(); answer.kind !== "more"; answer = reader.next()) {
      said.push(answer.kind === "value" ? answer.value : answer.error.message);
    }
  }
  return said;
}

/** The same, and what silence at the end makes of the rest. */
function said(pieces: Iterable<Uint8Array>): (LabRequest | string)[] {
  const reader = new LabRequestReader();
  const all = certain(reader, pieces);
  for (let answer = reader.finish(); answer.kind !== "more"; answer = reader.finish()) {
    all.push(answer.kind === "value" ? answer.value : answer.error.message);
  }
  assertEquals(reader.quietMs, undefined, "nothing is left");
  return all;
}

for (const { name, bytes, value } of LAB_REQUESTS) {
  Deno.test(`a request cut anywhere is the same request: ${name}`, () => {
    everySplit(bytes, (pieces, cut) => assertEquals(said(pieces), [value], cut));
  });
}

/** What is whole without waiting: the end is certain. */
const CERTAIN: { name: string; text: string }[] = [
  {
    name: "a port of five digits",
    text: "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000",
  },
  { name: "the three lines' port", text: "SETUP f\n1\n RTSP/1.0 RTP/UDP 25000" },
  {
    name: "a session of nine digits, which are ours",
    text: "PLAY f RTSP/1.0\nCSeq: 2\nSession: 123456789",
  },
  { name: "a line end behind the last line", text: "PLAY f RTSP/1.0\nCSeq: 2\nSession: 12\n" },
  { name: "a blank line", text: "PLAY f RTSP/1.0\nCSeq: 2\n\n" },
  { name: "a blank line in CRLF", text: "OPTIONS f RTSP/1.0\r\nCSeq: 2\r\n\r\n" },
];

for (const { name, text } of CERTAIN) {
  Deno.test(`a request is answered at once after ${name}`, () => {
    const reader = new LabRequestReader();
    assertEquals(certain(reader, [ascii(text)]).length, 1);
    assertEquals(reader.quietMs, undefined);
  });
}

/** What may go on: how long a silence would have to last, in ms. */
const UNCERTAIN: { name: string; text: string; quietMs: number }[] = [
  {
    name: "a port that may have more digits",
    text: "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 2500",
    quietMs: LAB_QUIET_MS,
  },
  {
    name: "a port that a second may follow",
    text: "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;client_port=25000",
    quietMs: LAB_QUIET_MS,
  },
  {
    name: "a session that may have more digits",
    text: "PLAY f RTSP/1.0\nCSeq: 2\nSession: 12345678",
    quietMs: LAB_QUIET_MS,
  },
  { name: "the three lines' CSeq", text: "PLAY \n2", quietMs: LAB_QUIET_MS },
  { name: "the first line", text: "PLAY f RTSP/1.0", quietMs: LAB_INCOMPLETE_MS },
  { name: "two lines", text: "PLAY f RTSP/1.0\nCSeq: 2\n", quietMs: LAB_INCOMPLETE_MS },
  {
    name: "SETUP without a port",
    text: "SETUP f RTSP/1.0\nCSeq: 2\nTransport: RTP/UDP;",
    quietMs: LAB_INCOMPLETE_MS,
  },
  {
    name: "SETTIME without its frame",
    text: "SETTIME f RTSP/1.0\nCSeq: 2\nSession: 123456789\n",
    quietMs: LAB_INCOMPLETE_MS,
  },
];

for (const { name, text, quietMs } of UNCERTAIN) {
  Deno.test(`a request waits ${quietMs} ms for more after ${name}`, () => {
    const reader = new LabRequestReader();
    assertEquals(certain(reader, [ascii(text)]), []);
    assertEquals(reader.quietMs, quietMs);
    assertEquals(reader.finish().kind, "value");
    assertEquals(reader.quietMs, undefined);
  });
}

/** A client that closes its window sends two requests at once, with nothing between them. */
const TOGETHER: { name: string; text: string; methods: string[] }[] = [
  {
    name: "glued to a session of six digits",
    text: "PAUSE f RTSP/1.0\nCSeq: 3\nSession: 123456TEARDOWN f RTSP/1.0\nCSeq: 4\nSession: 123456",
    methods: ["PAUSE 3 123456", "TEARDOWN 4 123456"],
  },
  {
    name: "glued to a session of nine digits",
    text:
      "PAUSE f RTSP/1.0\nCSeq: 3\nSession: 123456789PLAY f RTSP/1.0\nCSeq: 4\nSession: 123456789",
    methods: ["PAUSE 3 123456789", "PLAY 4 123456789"],
  },
  {
    name: "glued to a port",
    text:
      "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 250PLAY f RTSP/1.0\nCSeq: 2\nSession: 0",
    methods: ["SETUP 1 undefined", "PLAY 2 0"],
  },
  {
    name: "in the three-line variant",
    text: "PAUSE \n3TEARDOWN \n4",
    methods: ["PAUSE 3 undefined", "TEARDOWN 4 undefined"],
  },
  {
    name: "a line each",
    text: "PAUSE f RTSP/1.0\nCSeq: 3\nSession: 1\nPLAY f RTSP/1.0\nCSeq: 4\nSession: 1\n",
    methods: ["PAUSE 3 1", "PLAY 4 1"],
  },
  {
    name: "with blank lines between",
    text:
      "PAUSE f RTSP/1.0\r\nCSeq: 3\r\nSession: 1\r\n\r\n\r\nPLAY f RTSP/1.0\r\nCSeq: 4\r\nSession: 1\r\n\r\n",
    methods: ["PAUSE 3 1", "PLAY 4 1"],
  },
  {
    name: "a method of nobody's, known by the version behind it",
    text: "PAUSE f RTSP/1.0\nCSeq: 3\nSession: 1\nFROB f RTSP/1.0\nCSeq: 4\nSession: 1\n",
    methods: ["PAUSE 3 1", "FROB 4 1"],
  },
  {
    name: "with header lines that nobody needs behind the first",
    text:
      "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000\nUser-Agent: x\nPLAY f RTSP/1.0\nCSeq: 2\nSession: 1\n",
    methods: ["SETUP 1 undefined", "PLAY 2 1"],
  },
];

for (const { name, text, methods } of TOGETHER) {
  Deno.test(`two requests at once are two requests: ${name}`, () => {
    everySplit(ascii(text), (pieces, cut) => {
      const got = said(pieces).map((request) => {
        if (typeof request === "string") return request;
        return `${request.method} ${request.cseq} ${request.session}`;
      });
      assertEquals(got, methods, cut);
    });
  });
}

Deno.test("all golden requests one after another are themselves", () => {
  const all = LAB_REQUESTS.flatMap(({ bytes }) => [bytes, ascii("\n\n")]);
  const said = certain(new LabRequestReader(), all);
  assertEquals(said.map((request) => typeof request === "string" ? request : request.method), [
    ...LAB_REQUESTS.map(({ value }) => value.method),
  ]);
});

Deno.test("what is left of a request that was whole already is no request", () => {
  const text = "SETUP f RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000";
  for (
    const rest of ["-25001", "-25001\n", ";mode=play", "\n", "\r\n\r\n", "\nUser-Agent: x", "0"]
  ) {
    const answers = said([ascii(text), ascii(rest)]);
    assertEquals(answers.length, 1, JSON.stringify(rest));
    assertEquals((answers[0] as LabRequest).clientPort, 25000);
  }
});

Deno.test("the limit is what one request may have, and not one more", () => {
  const request = (length: number): Uint8Array => {
    const start = "PLAY f RTSP/1.0\nCSeq: 1\nX: ";
    const end = "\nSession: 123456789";
    return ascii(start + "x".repeat(length - start.length - end.length) + end);
  };
  everyWay(request(LAB_REQUEST_LIMIT), (answers) => {
    assertEquals(answers.map((answer) => (answer as LabRequest).session), ["123456789"]);
  });
  everyWay(request(LAB_REQUEST_LIMIT + 1), (answers) => {
    assertMatch(String(answers[0]), /^Lab request: Longer than 4096 bytes: "PLAY f/);
  });
});

/** In one piece, and in pieces of a socket's kind. */
function everyWay(bytes: Uint8Array, check: (said: (LabRequest | string)[]) => void): void {
  check(said([bytes]));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 100) pieces.push(bytes.subarray(at, at + 100));
  check(said(pieces));
}

Deno.test("a request without end is given up and not kept", () => {
  const reader = new LabRequestReader();
  const errors = certain(reader, Array.from({ length: 640 }, () => ascii("A".repeat(16384))));
  assertEquals(errors.length, 640);
  assertEquals(reader.quietMs, undefined, "nothing is held");
});

Deno.test("an error names its place in the stream", () => {
  const reader = new LabRequestReader();
  certain(reader, [ascii("PLAY f RTSP/1.0\nCSeq: 1\n\n"), ascii("no request\n\n")]);
  reader.push(ascii("and none\n\n"));
  const answer = reader.next();
  assert(answer.kind === "malformed");
  assertEquals(answer.error.position, 37);
  assertMatch(answer.error.message, /"and none"/);
});

Deno.test("any bytes in any pieces bring requests, errors or nothing, and are all taken", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(
      fc.oneof(
        fc.constantFrom(...LAB_REQUESTS.map((golden) => golden.bytes)),
        fc.constantFrom("\n", "\r\n", " ", ":", "1", "PLAY ", "Session", "RTSP/1.0").map(ascii),
        fc.uint8Array({ maxLength: 4 }),
      ),
      { maxLength: 6 },
    ).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
  );
  fc.assert(
    fc.property(bytes, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (bytes, cuts) => {
      const untouched = bytes.slice();
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const length = cuts.next().value!;
        pieces.push(bytes.subarray(at, at + length));
        at += length;
      }
      for (const answer of said(pieces)) {
        if (typeof answer === "string") assertMatch(answer, /^Lab request/);
        else assertMatch(answer.method, /^[A-Z][A-Z_]+$/);
      }
      assertEquals(bytes, untouched);
    }),
  );
});

Deno.test("a request that comes byte by byte costs no more for blanks than for letters", () => {
  // With a pattern that goes back over what it has read, this takes many minutes.
  for (
    const start of ["PLAY f\n1\nSession", "PLAY ", "SETTIME f\n1\n", "SETUP f\n1\nclient_port"]
  ) {
    for (const filling of [" ", "\r", ":", "s"]) {
      const reader = new LabRequestReader();
      const bytes = ascii(start + filling.repeat(LAB_REQUEST_LIMIT / 2 - start.length));
      certain(reader, Array.from(bytes, (byte) => Uint8Array.of(byte)));
      assert(reader.finish().kind !== "more");
    }
  }
});
