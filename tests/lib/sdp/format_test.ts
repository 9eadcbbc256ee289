import fc from "fast-check";
import { formatSdp } from "../../../lib/sdp/format.ts";
import { parseSdp } from "../../../lib/sdp/parse.ts";
import type {
  RepeatTime,
  SessionDescription,
  UnknownLine,
} from "../../../lib/sdp/session_description.ts";
import type { SdpTolerance } from "../../../lib/sdp/tolerances.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { medium, session, STRICT } from "./goldens.ts";

for (const { name, bytes, value } of STRICT) {
  Deno.test(`writes ${name} byte for byte`, () => {
    assertEquals(formatSdp(value), new TextDecoder().decode(bytes));
  });
}

Deno.test("an empty session is its version", () => {
  assertEquals(formatSdp(session()), "v=0\r\n");
});

Deno.test("unknown lines go to the end of their section", () => {
  const unknownLines = [{ type: "x", value: "1" }];
  const text = formatSdp(session({
    unknownLines,
    attributes: [{ name: "a" }],
    media: [medium({ unknownLines, attributes: [{ name: "b" }] })],
  }));
  assertEquals(text, "v=0\r\na=a\r\nx=1\r\nm=video 0 RTP/AVP 26\r\na=b\r\nx=1\r\n");
});

Deno.test("a value with a line end in it is refused, and not shown", () => {
  for (const end of ["\r", "\n", "\r\n"]) {
    const error = assertThrows(
      () => formatSdp(session({ name: `private${end}a=injected` })),
      RangeError,
      "line end",
    );
    assertEquals(error.message.includes("private"), false);
  }
});

Deno.test("an IPv4 address count without a time to live is refused", () => {
  const connection = {
    networkType: "IN",
    addressType: "IP4",
    address: "233.252.0.1",
    addressCount: 2,
  };
  assertThrows(() => formatSdp(session({ connection })), RangeError, "time to live");
});

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/);
const text = fc.stringMatching(/^[ -~äöü€]{1,30}$/);
const number = fc.nat();
const connection = fc.record({
  networkType: fc.constant("IN"),
  addressType: fc.constantFrom("IP4", "IP6"),
  address: token,
});
const attribute = fc.oneof(
  fc.record({ name: token.map((name) => `x-${name}`) }),
  fc.record({ name: token.map((name) => `x-${name}`), value: text }),
);
const sectionParts = {
  bandwidths: fc.array(fc.record({ type: token, value: number }), { maxLength: 3 }),
  attributes: fc.array(attribute, { maxLength: 5 }),
  unknownLines: fc.constant<UnknownLine[]>([]),
};
const description: fc.Arbitrary<SessionDescription> = fc.record({
  version: fc.constant(0),
  origin: fc.record({
    username: token,
    sessionId: fc.bigInt({ min: 0n, max: 1n << 64n }).map(String),
    sessionVersion: number.map(String),
    networkType: fc.constant("IN"),
    addressType: fc.constantFrom("IP4", "IP6"),
    address: token,
  }),
  name: text,
  emails: fc.array(text, { maxLength: 2 }),
  phones: fc.array(text, { maxLength: 2 }),
  connection,
  times: fc.array(
    fc.record({ start: number, stop: number, repeats: fc.constant<RepeatTime[]>([]) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  zones: fc.array(fc.record({ time: number, offset: fc.constantFrom("-1h", "0", "3600") }), {
    maxLength: 3,
  }),
  ...sectionParts,
  media: fc.array(
    fc.record({
      type: token,
      port: fc.integer({ min: 0, max: 65535 }),
      protocol: fc.constantFrom("RTP/AVP", "RTP/AVP/TCP", "udp"),
      formats: fc.array(fc.integer({ min: 0, max: 127 }).map(String), {
        minLength: 1,
        maxLength: 4,
      }),
      connections: fc.array(connection, { maxLength: 2 }),
      ...sectionParts,
    }),
    { maxLength: 4 },
  ),
});

Deno.test("what is written reads the same without a tolerance", () => {
  fc.assert(fc.property(description, (value) => {
    const used: SdpTolerance[] = [];
    const read = parseSdp(formatSdp(value), { onTolerance: (code) => used.push(code) });
    assertEquals([read, used], [value, []]);
  }));
});
