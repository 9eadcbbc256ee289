import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { fmtpOf, formatFmtp, parseFmtp, parseFmtpParameters } from "../../../lib/sdp/attributes.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { medium } from "./goldens.ts";

Deno.test("an fmtp is read and written", () => {
  const text = "96 packetization-mode=1; profile-level-id=64001F";
  const value = { format: "96", parameters: "packetization-mode=1; profile-level-id=64001F" };
  const used: string[] = [];
  assertEquals(parseFmtp(text, (code) => used.push(code)), value);
  assertEquals(used, []);
  assertEquals(formatFmtp(value), text);
});

Deno.test("an fmtp without parameters is tolerated and told, one without a format malformed", () => {
  for (const text of ["96", "96 "]) {
    const used: string[] = [];
    assertEquals(parseFmtp(text, (code) => used.push(code)), { format: "96", parameters: "" });
    assertEquals(used, ["fmtp-without-parameters"]);
  }
  for (const text of ["", " "]) assertThrows(() => parseFmtp(text), MalformedError, "No format");
});

Deno.test("the fmtp of a format is found", () => {
  const attributes = [
    { name: "fmtp" },
    { name: "fmtp", value: " " },
    { name: "fmtp", value: "97 mode=AAC-hbr" },
    { name: "fmtp", value: "96" },
  ];
  const media = medium({ attributes });
  assertEquals(fmtpOf(media, 97), "mode=AAC-hbr");
  assertEquals(fmtpOf(media, "96"), "");
  assertEquals(fmtpOf(media, 26), undefined);
});

Deno.test("parameters are split at semicolons and the first equals sign", () => {
  const text = "Mode=AAC-hbr; sprop=Z2Q=,aO4=;flag;; mode=other ; ";
  assertEquals([...parseFmtpParameters(text)], [
    ["mode", "AAC-hbr"],
    ["sprop", "Z2Q=,aO4="],
    ["flag", ""],
  ]);
  assertEquals(parseFmtpParameters("").size, 0);
});
