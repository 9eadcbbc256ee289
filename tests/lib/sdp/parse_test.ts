import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { formatSdp } from "../../../lib/sdp/format.ts";
import { SDP_LIMITS } from "../../../lib/sdp/limits.ts";
import { parseSdp } from "../../../lib/sdp/parse.ts";
import { SDP_TOLERANCES, type SdpTolerance } from "../../../lib/sdp/tolerances.ts";
import { assert, assertEquals, assertThrows, fail } from "../../support/assert.ts";
import { everyPrefix } from "../../support/split.ts";
import { STRICT, TOLERATED } from "./goldens.ts";

const HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";

function tolerancesOf(input: string | Uint8Array): SdpTolerance[] {
  const used: SdpTolerance[] = [];
  parseSdp(input, { onTolerance: (code) => used.push(code) });
  return used;
}

for (const { name, bytes, value } of STRICT) {
  Deno.test(`parses ${name} without a tolerance`, () => {
    assertEquals(tolerancesOf(bytes), []);
    assertEquals(parseSdp(bytes), value);
    assertEquals(parseSdp(new TextDecoder().decode(bytes)), value);
  });
}

for (const { name, text, tolerances, value } of TOLERATED) {
  Deno.test(`tolerates ${name}`, () => {
    assertEquals(tolerancesOf(text), tolerances);
    assertEquals(parseSdp(text), value);
  });
}

Deno.test("every tolerance has a description that needs it", () => {
  const needed = new Set(TOLERATED.flatMap((row) => row.tolerances));
  assertEquals(Object.keys(SDP_TOLERANCES).filter((code) => !needed.has(code as never)), []);
});

Deno.test("a tolerance names the line and quotes it", () => {
  const details: string[] = [];
  const text = HEAD + "m=video 0 RTP/AVP 26\r\nc=IN c=IN IP4 0.0.0.0\r\n";
  parseSdp(text, { onTolerance: (_, detail) => details.push(detail) });
  assertEquals(details, ['A c= line of another form: line 7, "c=IN c=IN IP4 0.0.0.0"']);
});

Deno.test("a description cut anywhere is a value or malformed", () => {
  for (const { bytes } of [...STRICT, ...TOLERATED.map((row) => ({ bytes: row.text }))]) {
    const whole = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    everyPrefix(whole, (prefix) => valueOrMalformed(prefix));
  }
});

Deno.test("text that is no session description is malformed", () => {
  for (const text of ["", "\r\n", "<html></html>\r\n", "s=-\r\n", "V=0\r\n"]) {
    const error = assertThrows(() => parseSdp(text), MalformedError, "not a session description");
    assertEquals([error.element, error.position], ["SDP", 0]);
  }
});

Deno.test("an m= line without port or protocol is malformed where it stands", () => {
  for (const line of ["m=", "m=video", "m=video 0", "m=video 0 "]) {
    const error = assertThrows(() => parseSdp(`${HEAD}${line}\r\n`), MalformedError, line.trim());
    assertEquals(error.position, HEAD.length);
  }
});

Deno.test("the size has a ceiling", () => {
  const padded = (size: number): Uint8Array => {
    const text = `${HEAD}${`a=${"x".repeat(996)}\r\n`.repeat(65)}`;
    return new TextEncoder().encode(`${text}a=${"x".repeat(size - text.length - 4)}\r\n`);
  };
  assertEquals(padded(SDP_LIMITS.size).length, SDP_LIMITS.size);
  assertEquals(parseSdp(padded(SDP_LIMITS.size)).attributes.length, 66);
  assertThrows(() => parseSdp(padded(SDP_LIMITS.size + 1)), MalformedError, "size");
});

Deno.test("the number of lines has a ceiling", () => {
  const lines = (count: number): string => HEAD + "a=x\r\n".repeat(count - 5);
  assertEquals(parseSdp(lines(SDP_LIMITS.lines)).attributes.length, SDP_LIMITS.lines - 5);
  assertThrows(() => parseSdp(lines(SDP_LIMITS.lines + 1)), MalformedError, "lines");
  assertThrows(() => parseSdp(HEAD + "\n".repeat(SDP_LIMITS.lines)), MalformedError, "lines");
});

Deno.test("the length of a line has a ceiling", () => {
  const line = (length: number): string => `${HEAD}a=${"x".repeat(length - 2)}\r\n`;
  const read = parseSdp(line(SDP_LIMITS.lineLength));
  assertEquals(read.attributes[0]?.name.length, SDP_LIMITS.lineLength - 2);
  const error = assertThrows(() => parseSdp(line(SDP_LIMITS.lineLength + 1)), MalformedError);
  assertEquals(error.position, HEAD.length);
});

Deno.test("the number of media has a ceiling", () => {
  const media = (count: number): string => HEAD + "m=video 0 RTP/AVP 26\r\n".repeat(count);
  assertEquals(parseSdp(media(SDP_LIMITS.media)).media.length, SDP_LIMITS.media);
  assertThrows(() => parseSdp(media(SDP_LIMITS.media + 1)), MalformedError, "media");
});

Deno.test("the number of formats has a ceiling", () => {
  const formats = (count: number): string => `${HEAD}m=video 0 RTP/AVP${" 26".repeat(count)}\r\n`;
  assertEquals(parseSdp(formats(SDP_LIMITS.formats)).media[0]?.formats.length, SDP_LIMITS.formats);
  assertThrows(() => parseSdp(formats(SDP_LIMITS.formats + 1)), MalformedError, "formats");
});

Deno.test("random bytes are a value or malformed, and stay as they are", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const before = bytes.slice();
    valueOrMalformed(bytes);
    assertEquals(bytes, before);
  }));
});

const someLine = fc.oneof(
  fc.constantFrom(
    ...STRICT.flatMap((row) => new TextDecoder().decode(row.bytes).split("\r\n")),
    ...TOLERATED.flatMap(({ text }) => typeof text === "string" ? text.split(/\r?\n/) : []),
  ),
  fc.tuple(
    fc.constantFrom(..."vosiuepcbtrzkamx"),
    fc.array(
      fc.constantFrom("IN", "c=IN", "IP4", "IPV6", "/", "0", "1/2", "-", " ", ":", "ü", "\t"),
    )
      .map((pieces) => pieces.join(" ")),
  ).map(([type, value]) => `${type}=${value}`),
);

Deno.test("whatever is tolerated once is written in a form that reads the same", () => {
  fc.assert(
    fc.property(fc.array(someLine, { maxLength: 24 }), (lines) => {
      const value = valueOrMalformed(`${lines.join("\r\n")}\r\n`);
      if (value !== undefined) assertEquals(parseSdp(formatSdp(value)), value);
    }),
    { numRuns: 500 },
  );
});

function valueOrMalformed(input: string | Uint8Array): ReturnType<typeof parseSdp> | undefined {
  try {
    return parseSdp(input);
  } catch (error) {
    if (!(error instanceof MalformedError)) fail(`Not a MalformedError: ${error}`);
    assert(error.position >= 0 && error.position <= input.length);
    return undefined;
  }
}
