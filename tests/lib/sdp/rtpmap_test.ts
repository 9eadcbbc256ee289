import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatRtpmap,
  parseRtpmap,
  payloadTypes,
  type Rtpmap,
  rtpmapOf,
  rtpmaps,
} from "../../../lib/sdp/attributes.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { medium } from "./goldens.ts";

const JPEG: Rtpmap = { payloadType: 26, encodingName: "JPEG", clockRate: 90_000 };
const AAC: Rtpmap = {
  payloadType: 97,
  encodingName: "MPEG4-GENERIC",
  clockRate: 48_000,
  encodingParameters: "2",
};

Deno.test("an rtpmap is read and written", () => {
  for (
    const [text, value] of [["26 JPEG/90000", JPEG], ["97 MPEG4-GENERIC/48000/2", AAC]] as const
  ) {
    const used: string[] = [];
    assertEquals(parseRtpmap(text, (code) => used.push(code)), value);
    assertEquals(used, []);
    assertEquals(formatRtpmap(value), text);
  }
});

Deno.test("spaces too many in an rtpmap are tolerated and told", () => {
  for (const text of ["26 JPEG/90000 ", " 26 JPEG/90000", "26  JPEG/90000", "26 JPEG / 90000"]) {
    const used: string[] = [];
    assertEquals(parseRtpmap(text, (code) => used.push(code)), JPEG);
    assertEquals(used, ["rtpmap-spaces"]);
  }
});

Deno.test("an rtpmap without payload type, name or clock rate is malformed", () => {
  const bad = ["", "26", "26 JPEG", "26 /90000", "JPEG/90000", "26 JPEG/0", "128 JPEG/90000"];
  for (const text of bad) assertThrows(() => parseRtpmap(text), MalformedError, "rtpmap");
  assertEquals(parseRtpmap("127 X/1").payloadType, 127);
});

Deno.test("the rtpmap of a payload type is found among broken ones", () => {
  const attributes = [
    { name: "rtpmap" },
    { name: "rtpmap", value: "96" },
    { name: "rtpmap", value: "97 MPEG4-GENERIC/48000/2" },
    { name: "rtpmap", value: "26 JPEG/90000 " },
  ];
  const media = medium({ attributes });
  assertEquals(rtpmaps(media), [AAC, JPEG]);
  assertEquals(rtpmapOf(media, 26), JPEG);
  assertEquals(rtpmapOf(media, 96), undefined);
});

Deno.test("payload types come from the formats, or from the rtpmap where those are none", () => {
  assertEquals(payloadTypes(medium({ formats: ["26", "96", "26", "128"] })), [26, 96]);
  const attributes = [{ name: "rtpmap", value: "95 TP-LINK/90000" }];
  assertEquals(payloadTypes(medium({ formats: ["smart/1/90000"], attributes })), [95]);
  assertEquals(payloadTypes(medium({ formats: ["(null)"] })), []);
});
