import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { isMultipartFile, openMultipartFile } from "../../../lib/media/multipart_file.ts";
import { MAX_BOUNDARY_BYTES, MAX_PART_HEAD_BYTES } from "../../../lib/media/multipart_scan.ts";
import type { FrameFault } from "../../../lib/stream/frame_source.ts";
import { assertEquals } from "../../support/assert.ts";
import { multipartFile } from "../../support/multipart_bytes.ts";
import { ascii } from "../../support/split.ts";
import { allFrames, join, tinyJpeg, WINDOWS } from "./frames.ts";

const A = tinyJpeg(1, 60);
const B = tinyJpeg(2, 70);
const C = tinyJpeg(3, 80);

function part(body: Uint8Array, ...head: string[]): Uint8Array {
  return join(ascii(["--x", ...head, "", ""].join("\r\n")), body, ascii("\r\n"));
}

function fault(frame: number, position: number, problem: string, recovered = false): FrameFault {
  return { frame, position, problem, recovered };
}

const FIRST = part(A, "Content-Length: 60");
/** Where the body of a second part begins. */
function second(...head: string[]): number {
  return FIRST.length + part(new Uint8Array(0), ...head).length - 2;
}

const ROWS: { name: string; file: Uint8Array; frames: Uint8Array[]; faults: FrameFault[] }[] = [
  {
    name: "heads in any case of letters, with fields of any kind",
    file: join(part(A, "CONTENT-LENGTH:60", "X-Timestamp: 1.5"), part(B, "content-type: x/y")),
    frames: [A, B],
    faults: [],
  },
  {
    name: "no head at all behind a boundary",
    file: join(FIRST, part(B)),
    frames: [A, B],
    faults: [],
  },
  {
    name: "a length that is too small",
    file: join(FIRST, part(B, "Content-Length: 30"), part(C)),
    frames: [A, B, C],
    faults: [
      fault(
        2,
        second("Content-Length: 30"),
        "Content-Length is 30, but the JPEG has 70 bytes",
        true,
      ),
    ],
  },
  {
    name: "a length past the end of the file",
    file: join(FIRST, part(B, "Content-Length: 999999999"), part(C)),
    frames: [A, B, C],
    faults: [
      fault(
        2,
        second("Content-Length: 999999999"),
        "Content-Length is 999999999, but the JPEG has 70 bytes",
        true,
      ),
    ],
  },
  {
    name: "a length that is no number",
    file: join(FIRST, part(B, "Content-Length: many"), part(C)),
    frames: [A, B, C],
    faults: [],
  },
  {
    name: "a length that takes padding in",
    file: join(FIRST, part(join(B, ascii("pad")), "Content-Length: 73"), part(C)),
    frames: [A, join(B, ascii("pad")), C],
    faults: [],
  },
  {
    name: "a part that is no picture",
    file: join(FIRST, part(ascii("hello"), "Content-Type: text/plain"), part(C)),
    frames: [A, C],
    faults: [fault(2, second("Content-Type: text/plain"), 'The part is no JPEG but "text/plain"')],
  },
  {
    name: "a frame with bytes missing",
    file: join(FIRST, part(B.subarray(0, 30), "Content-Length: 70"), part(C)),
    frames: [A, C],
    faults: [
      fault(
        2,
        second("Content-Length: 70"),
        "Has another start of image inside at byte " +
          (FIRST.length + part(B.subarray(0, 30), "Content-Length: 70").length + 7),
      ),
    ],
  },
  {
    name: "bytes between parts",
    file: join(FIRST, ascii("noise\r\n"), part(C)),
    frames: [A, C],
    faults: [fault(2, FIRST.length, "Has no boundary here")],
  },
  {
    name: "a last frame that is cut",
    file: join(FIRST, part(B, "Content-Length: 70").subarray(0, -20)),
    frames: [A],
    faults: [
      fault(2, second("Content-Length: 70"), "The JPEG is cut off by the end of the file"),
    ],
  },
  {
    name: "zeros behind the last frame",
    file: join(FIRST, new Uint8Array(50)),
    frames: [A],
    faults: [],
  },
  {
    // As ffmpeg's mpjpeg muxer leaves a file.
    name: "a boundary with nothing behind it",
    file: join(FIRST, part(B), ascii("--x\r\n")),
    frames: [A, B],
    faults: [],
  },
  {
    name: "a boundary at the very end",
    file: join(FIRST, ascii("--x")),
    frames: [A],
    faults: [],
  },
  {
    name: "two recordings one behind the other",
    file: join(FIRST, ascii("--x--\r\n"), FIRST),
    frames: [A, A],
    faults: [],
  },
];

for (const { name, file, frames, faults } of ROWS) {
  Deno.test(`parts of a multipart recording are found: ${name}`, async () => {
    for (const windowBytes of WINDOWS) {
      const options = windowBytes === undefined ? {} : { windowBytes };
      const source = openMultipartFile(new MemoryBytes(file), options);
      assertEquals(await allFrames(source), frames, `windows of ${windowBytes} bytes`);
      assertEquals(source.faults, faults, `windows of ${windowBytes} bytes`);
    }
  });
}

Deno.test("a part's head is as long as it may be, and no longer", async () => {
  for (const [more, count] of [[0, 2], [1, 1]] as const) {
    const fill = MAX_PART_HEAD_BYTES - "--x\r\nX: \r\n\r\n".length + more;
    const file = join(FIRST, part(B, `X: ${"a".repeat(fill)}`));
    const source = openMultipartFile(new MemoryBytes(file));
    assertEquals((await allFrames(source)).length, count);
    const problem = "The head of the part has no end";
    assertEquals(source.faults, count === 2 ? [] : [fault(2, FIRST.length, problem)]);
  }
});

Deno.test("multipart recordings are told by how they begin", () => {
  const rows: [string, Uint8Array, boolean][] = [
    ["a part", multipartFile([A]), true],
    ["line ends before", multipartFile([A], { before: "\r\n" }), true],
    ["a response", ascii("HTTP/1.1 200 OK\r\nServer: x"), true],
    ["another response", ascii("HTTP/1.1 404 Not Found\r\n"), false],
    ["a boundary and no field", ascii("--x\r\n\r\n"), false],
    ["a long boundary", ascii(`--${"b".repeat(MAX_BOUNDARY_BYTES)}\r\nA: b`), true],
    ["a boundary too long", ascii(`--${"b".repeat(MAX_BOUNDARY_BYTES + 1)}\r\nA: b`), false],
    ["text", ascii("hello"), false],
    ["a JPEG", A, false],
  ];
  for (const [name, head, expected] of rows) assertEquals(isMultipartFile(head), expected, name);
});
