import fc from "fast-check";
import { LIVE_LIMITS } from "../../../../lib/media/live/live_limits.ts";
import {
  boundaryOf,
  MultipartParser,
  type Part,
} from "../../../../lib/media/live/multipart_parser.ts";
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { ascii, everySplit } from "../../../support/split.ts";
import { join, jpegWithThumbnail, tinyJpeg } from "../frames.ts";

const A = tinyJpeg(1), B = jpegWithThumbnail(2);

interface Shape {
  name: string;
  contentType: string;
  bytes: Uint8Array;
  /** The bodies of its parts. */
  bodies: Uint8Array[];
}

function lines(...text: string[]): Uint8Array {
  return ascii(text.map((line) => `${line}\r\n`).join(""));
}

/** Bodies as cameras and programs write them. */
const SHAPES: Shape[] = [
  {
    name: "Axis: a boundary before and a line end behind each picture",
    contentType: "multipart/x-mixed-replace; boundary=myboundary",
    bytes: join(
      lines("--myboundary", "Content-Type: image/jpeg", `Content-Length: ${A.length}`, ""),
      A,
      lines("", "--myboundary", "Content-Type: image/jpeg", `Content-Length: ${B.length}`, ""),
      B,
      lines(""),
    ),
    bodies: [A, B],
  },
  {
    name: "mjpg-streamer: the first boundary alone, the next right behind the picture",
    contentType: "multipart/x-mixed-replace;boundary=boundarydonotcross",
    bytes: join(
      lines("--boundarydonotcross", "Content-Type: image/jpeg"),
      lines(`Content-Length: ${A.length}`, "X-Timestamp: 0.000000", ""),
      A,
      lines("", "--boundarydonotcross", "Content-Type: image/jpeg", "", ""),
    ),
    bodies: [A],
  },
  {
    name: "dashes in the boundary that are those of the body, and no lengths (old D-Link)",
    contentType: "multipart/x-mixed-replace; boundary=--video-boundary--",
    bytes: join(
      lines("--video-boundary--", "Content-type: image/jpeg", ""),
      A,
      lines("", "--video-boundary--", "Content-type: image/jpeg", ""),
      B,
      lines("", "--video-boundary--"),
    ),
    bodies: [A, B],
  },
  {
    name: "ffmpeg -f mpjpeg: a line end before the first boundary is none of its own",
    contentType: "multipart/x-mixed-replace;boundary=ffmpeg",
    bytes: join(
      lines("--ffmpeg", "Content-type: image/jpeg", `Content-length: ${A.length}`, ""),
      A,
      lines("", "--ffmpeg"),
    ),
    bodies: [A],
  },
  {
    name: "lone LF, a quoted boundary, a preamble and the last boundary",
    contentType: 'multipart/x-mixed-replace; boundary="a b"',
    bytes: join(ascii("hello\n--a b\nContent-Type: image/jpeg\n\n"), A, ascii("\n--a b--\nbye")),
    bodies: [A],
  },
  {
    name: "a Content-Length of 0 where the camera does not know",
    contentType: "multipart/x-mixed-replace; boundary=x",
    bytes: join(lines("--x", "Content-Length: 0", ""), A, lines("", "--x")),
    bodies: [A],
  },
  {
    name: "text between pictures",
    contentType: "multipart/x-mixed-replace; boundary=x",
    bytes: join(
      lines("--x", "Content-Type: text/plain", "", "motion: yes", "--x", ""),
      A,
      lines("", "--x"),
    ),
    bodies: [ascii("motion: yes"), A],
  },
];

/** All parts, after every piece as far as they go; the error at the end if there is one. */
function parse(boundary: string, pieces: Uint8Array[]): { parts: Part[]; error?: MalformedError } {
  const parser = new MultipartParser(boundary);
  const parts: Part[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (;;) {
      const outcome = parser.next();
      if (outcome.kind === "more") break;
      if (outcome.kind === "malformed") return { parts, error: outcome.error };
      parts.push(outcome.value);
    }
  }
  return { parts };
}

for (const { name, contentType, bytes, bodies } of SHAPES) {
  Deno.test(`parts are found wherever the stream is cut: ${name}`, () => {
    const boundary = boundaryOf(contentType);
    everySplit(bytes, (pieces, cut) => {
      const { parts, error } = parse(boundary, pieces);
      assertEquals(error, undefined, cut);
      assertEquals(parts.map(({ body }) => [...body]), bodies.map((body) => [...body]), cut);
    });
  });
}

Deno.test("a picture without a length is told with its last byte", () => {
  const head = lines("--x", "");
  const parser = new MultipartParser("x");
  parser.push(join(head, A.subarray(0, -1)));
  assertEquals(parser.next().kind, "more");
  parser.push(A.subarray(-1));
  assertEquals(parser.next().kind, "value");
});

Deno.test("header fields are known by name in lower case, the first of several", () => {
  const head = lines("--x", "X-Time: 1", "x-time: 2", `CONTENT-LENGTH: ${A.length}`, "");
  const { parts: [part] } = parse("x", [join(head, A)]);
  assertEquals(part!.headers.get("x-time"), "1");
});

interface Bad {
  name: string;
  bytes: Uint8Array;
  says: string;
}

const { betweenBytes, partHeaderBytes, partHeaderLines, frameBytes } = LIVE_LIMITS;
const BAD: Bad[] = [
  {
    name: "no boundary",
    bytes: new Uint8Array(betweenBytes + 1),
    says: `No boundary comes within ${betweenBytes} bytes`,
  },
  {
    name: "a boundary past the ceiling, though it has come",
    bytes: join(new Uint8Array(betweenBytes), ascii("\n--x\r\n")),
    says: `No boundary comes within ${betweenBytes} bytes`,
  },
  {
    name: "a boundary line that ends past the ceiling, though it has come",
    bytes: ascii(`--x${" ".repeat(partHeaderBytes)}\r\n`),
    says: "The line of a boundary does not end",
  },
  {
    name: "a boundary line without end",
    bytes: ascii(`--x${" ".repeat(partHeaderBytes)}`),
    says: "The line of a boundary does not end",
  },
  {
    name: "a header line without end",
    bytes: ascii(`--x\r\nA: ${"b".repeat(partHeaderBytes)}`),
    says: `longer than ${partHeaderBytes} bytes`,
  },
  {
    name: "too many header lines",
    bytes: ascii(`--x\r\n${"A: b\r\n".repeat(partHeaderLines + 1)}\r\n`),
    says: `more than ${partHeaderLines} lines`,
  },
  { name: "a line that is no header", bytes: ascii("--x\r\nhello\r\n\r\n"), says: '"hello"' },
  {
    name: "a length that is none",
    bytes: ascii("--x\r\nContent-Length: ten\r\n\r\n"),
    says: '"ten" is no number',
  },
  {
    name: "a length past the ceiling",
    bytes: ascii(`--x\r\nContent-Length: ${frameBytes + 1}\r\n\r\n`),
    says: `longer than ${frameBytes} bytes`,
  },
];

for (const { name, bytes, says } of BAD) {
  Deno.test(`a stream is given up for ${name}`, () => {
    const { error } = parse("x", [bytes]);
    assert(error?.message.includes(says), `${error?.message} says ${says}`);
  });
}

Deno.test("what stands at the ceilings is taken", () => {
  const noise = new Uint8Array(betweenBytes - ascii("\n--x\r\n").length + 1).fill(0x20);
  const header = "A: b\r\n".repeat(partHeaderLines);
  const { parts, error } = parse("x", [noise, join(ascii(`\n--x\r\n${header}\r\n`), A)]);
  assertEquals(error, undefined);
  assertEquals(parts.length, 1);
  assertEquals(parse("x", [ascii(`--x\nContent-Length: ${frameBytes}\n\n`)]).error, undefined);
});

Deno.test("a body that nobody counted and that never ends is given up at the ceiling", () => {
  const parser = new MultipartParser("x");
  parser.push(ascii("--x\r\n\r\n"));
  const piece = new Uint8Array(4 * 1024 * 1024).fill(0x41);
  for (let fed = 0; fed < frameBytes; fed += piece.length) {
    parser.push(piece);
    assertEquals(parser.next().kind, "more");
  }
  parser.push(Uint8Array.of(0x41));
  assertEquals(parser.next().kind, "malformed");
});

Deno.test("a boundary ends a picture whose segment leads over it, however the bytes are cut", () => {
  const over = A.slice();
  // The length of the scan's header is 200 bytes now: behind the boundary.
  over.set([0, 200], over.findIndex((byte, i) => byte === 0xff && over[i + 1] === 0xda) + 2);
  const head = lines("--b", "Content-Type: image/jpeg", "");
  const bytes = join(head, over, lines(""), head, A, lines(""), head, B, lines("", "--b--"));
  everySplit(bytes, (pieces, cut) => {
    assertEquals(parse("b", pieces).parts.map(({ body }) => body), [over, A, B], cut);
  });
});

Deno.test("boundaries are read from Content-Type", () => {
  assertEquals(boundaryOf("multipart/x-mixed-replace;boundary=abc"), "abc");
  assertEquals(boundaryOf('Multipart/X-Mixed-Replace; Boundary="a;b"; x=1'), "a;b");
  assertEquals(boundaryOf("multipart/x-mixed-replace; boundary=--abc"), "abc");
  const longest = "b".repeat(LIVE_LIMITS.boundaryLength);
  assertEquals(boundaryOf(`multipart/mixed; boundary=${longest}`), longest);
  assertThrows(() => boundaryOf(`multipart/mixed; boundary=${longest}b`), MalformedError);
  assertThrows(() => boundaryOf("multipart/x-mixed-replace"), MalformedError, "names no boundary");
});

Deno.test("whatever comes gives parts or one MalformedError, and stays as it is", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      ascii("--x\r\n"),
      ascii("\r\n"),
      ascii("Content-Length: 3\r\n"),
      A,
      ascii("--"),
    ),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
    const before = pieces.map((bytes) => bytes.slice());
    const { error } = parse("x", pieces);
    assert(error === undefined || error instanceof MalformedError);
    assertEquals(pieces.map((bytes) => [...bytes]), before.map((bytes) => [...bytes]));
  }));
});

Deno.test("any parts that are written are read again", () => {
  const body = fc.uint8Array({ minLength: 1, maxLength: 200 });
  fc.assert(fc.property(fc.array(body, { maxLength: 6 }), fc.nat(300), (bodies, cut) => {
    const bytes = join(...bodies.flatMap((each) => [
      lines("--b", `Content-Length: ${each.length}`, ""),
      each,
      lines(""),
    ]));
    const { parts } = parse("b", [bytes.slice(0, cut), bytes.slice(cut)]);
    assertEquals(parts.map((part) => [...part.body]), bodies.map((each) => [...each]));
  }));
});
