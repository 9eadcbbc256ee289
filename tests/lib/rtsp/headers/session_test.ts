import fc from "fast-check";
import { formatSession, parseSession, type Session } from "../../../../lib/rtsp/headers/session.ts";
import { assertEquals } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

const token = fc.stringMatching(/^x[A-Za-z0-9-]{0,8}$/);

testField<Session>({
  name: "Session",
  parse: parseSession,
  format: formatSession,
  golden: [
    {
      name: "live555's eight digits with a timeout",
      text: "3C6EF372;timeout=65",
      value: { id: "3C6EF372", timeout: 65 },
    },
    { name: "a lab's decimal number", text: "123456", value: { id: "123456" } },
    {
      name: "gst-rtsp-server's letters and signs",
      text: "a+B-c.D_e$F01234",
      value: { id: "a+B-c.D_e$F01234" },
    },
    {
      name: "a blank before the timeout",
      text: "12345678 ; timeout = 60",
      value: { id: "12345678", timeout: 60 },
      written: "12345678;timeout=60",
      tolerances: ["space-in-session"],
    },
    { name: "a timeout of 0", text: "1;timeout=0", value: { id: "1", timeout: 0 } },
    {
      name: "a timeout in capitals and further parameters",
      text: "1;Timeout=5;x=y;z",
      value: { id: "1", timeout: 5, other: [{ name: "x", value: "y" }, { name: "z" }] },
      written: "1;timeout=5;x=y;z",
    },
    {
      name: "a junk timeout",
      text: "1;timeout=soon",
      value: { id: "1" },
      written: "1",
      tolerances: ["session-timeout-ignored"],
    },
    {
      name: "the longest timeout",
      text: "1;timeout=999999999",
      value: { id: "1", timeout: 999_999_999 },
    },
    {
      name: "a timeout one past the longest",
      text: "1;timeout=1000000000",
      value: { id: "1" },
      written: "1",
      tolerances: ["session-timeout-ignored"],
    },
    {
      name: "an identifier of other characters",
      text: "{A/b=c}",
      value: { id: "{A/b=c}" },
      tolerances: ["session-id-characters"],
    },
    {
      name: "a semicolon at the end",
      text: "1;",
      value: { id: "1" },
      written: "1",
      tolerances: ["empty-parameter"],
    },
    { name: "the longest identifier", text: "a".repeat(256), value: { id: "a".repeat(256) } },
  ],
  malformed: [
    ["", 'Identifier "" is empty', 0],
    [";timeout=60", 'Identifier "" is empty', 0],
    ["a b", 'Identifier "a b" is empty or has blanks', 0],
    ["ä", "Identifier", 0],
    ["a".repeat(257), "longer than 256 characters", 256],
    ["1;a b=c", 'Name "a b" is not a token', 2],
    ['1;a="', "quotation mark is not closed", 0],
    [`1${";x".repeat(33)}`, "More than 32 parameters", 66],
  ],
  arbitrary: fc.record({
    id: fc.stringMatching(/^[A-Za-z0-9$_.+-]{1,40}$/),
    timeout: fc.nat(999_999_999),
    other: fc.array(fc.record({ name: token, value: token }, { requiredKeys: ["name"] }), {
      minLength: 1,
      maxLength: 4,
    }),
  }, { requiredKeys: ["id"] }),
});

Deno.test("a request's Session value is the identifier alone", () => {
  const { id } = parseSession("12345678;timeout=60");
  assertEquals(formatSession({ id }), "12345678");
});
