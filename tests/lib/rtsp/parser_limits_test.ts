import { interleave } from "../../../lib/rtsp/format.ts";
import { DEFAULT_LIMITS, type RtspLimits } from "../../../lib/rtsp/limits.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ascii, everySplit } from "../../support/split.ts";
import { drain } from "./drain.ts";

interface Row {
  name: string;
  limits: Partial<RtspLimits>;
  /** A stream whose element has `size` bytes (or fields). */
  make: (size: number) => Uint8Array;
  limit: number;
  says: string;
  /** Stream offset of the first byte past the limit, or of the element. */
  position: number;
}

const padded = (start: string, size: number): string => start + "x".repeat(size - start.length);

const ROWS: Row[] = [
  {
    name: "start line",
    limits: { startLine: 40 },
    make: (size) => ascii(`OPTIONS ${"u".repeat(size - 17)} RTSP/1.0\r\n\r\n`),
    limit: 40,
    says: "Start line: The line is longer than the limit of 40 bytes",
    position: 40,
  },
  {
    name: "header line",
    limits: { headerLine: 50 },
    make: (size) => ascii(`RTSP/1.0 200 OK\r\n${padded("A: ", size)}\r\n\r\n`),
    limit: 50,
    says: "Header field: The line is longer than the limit of 50 bytes",
    position: 17 + 50,
  },
  {
    name: "header count",
    limits: { headerCount: 3 },
    make: (size) => ascii(`RTSP/1.0 200 OK\r\n${"A: b\r\n".repeat(size)}\r\n`),
    limit: 3,
    says: "More than 3 header fields",
    position: 17 + 18,
  },
  {
    name: "head",
    limits: { head: 60 },
    make: (size) => ascii(`RTSP/1.0 200 OK\r\nA: b\r\n${padded("C: ", size - 27)}\r\n\r\n`),
    limit: 60,
    says: "The head is longer than the limit of 60 bytes",
    position: 60,
  },
  {
    name: "body",
    limits: { body: 9 },
    make: (size) => ascii(`RTSP/1.0 200 OK\r\nContent-Length: ${size}\r\n\r\n${"b".repeat(size)}`),
    limit: 9,
    says: "Content-Length: 10 bytes are more than the limit of 9",
    position: 17,
  },
  {
    name: "interleaved block",
    limits: { interleaved: 20 },
    make: (size) => interleave(0, new Uint8Array(size)),
    limit: 20,
    says: "Interleaved block: 21 bytes are more than the limit of 20",
    position: 0,
  },
];

for (const row of ROWS) {
  Deno.test(`the ${row.name} may be as long as its limit`, () => {
    everySplit(row.make(row.limit), (pieces, cut) => {
      const { said, pending } = drain(pieces, row.limits);
      assertEquals(said.length, 1, cut);
      assertEquals(typeof said[0], "object", `${cut}: ${said[0]}`);
      assertEquals(pending, 0, cut);
    });
  });

  Deno.test(`the ${row.name} is malformed one past its limit, however cut`, () => {
    everySplit(row.make(row.limit + 1), (pieces, cut) => {
      const { said } = drain(pieces, row.limits);
      assertEquals(said.length, 1, `${cut}: ${JSON.stringify(said)}`);
      assertStringIncludes(String(said[0]), row.says, cut);
      assertStringIncludes(String(said[0]), `at byte ${row.position})`, cut);
    });
  });
}

Deno.test("an endless line is malformed without being held", () => {
  const { said, pending } = drain(Array.from({ length: 100 }, () => ascii("a".repeat(1000))));
  assertEquals(said.length, 1);
  assertEquals(pending <= DEFAULT_LIMITS.startLine + 2, true, `${pending}`);
});

Deno.test("the largest interleaved block is read", () => {
  const { said } = drain([interleave(0, new Uint8Array(0xffff))]);
  assertEquals(said.length, 1);
  assertEquals(typeof said[0], "object");
});
