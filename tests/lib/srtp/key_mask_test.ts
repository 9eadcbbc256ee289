import { KeyMask, maskKeys } from "../../../lib/srtp/key_mask.ts";
import { assertEquals } from "../../support/assert.ts";
import { ascii, everySplit } from "../../support/split.ts";

const KEY = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaV+/";
const MASKED = "*".repeat(KEY.length);

const text = (key: string): string =>
  [
    "m=video 0 RTP/SAVP 26",
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20|1:4`,
    `a=crypto:2 AES_CM_128_HMAC_SHA1_80 Inline:${key};inline:${key}`,
    `a=key-mgmt:mikey ${key}=`,
    `KeyMgmt: prot=mikey; uri="rtsp://h/"; data="${key}"`,
    "a=control:track1",
  ].join("\r\n");

Deno.test("keys are masked, letter for letter, and nothing else", () => {
  assertEquals(maskKeys(text(KEY)), text(MASKED).replace("*=\r", "**\r"));
  for (const other of ["", "inlined: not a key", 'a="b"', "data", "Grüße, inline"]) {
    assertEquals(maskKeys(other), other);
  }
});

Deno.test("a key is masked however it was cut", () => {
  const whole = maskKeys(text(KEY));
  everySplit(ascii(text(KEY)), (pieces, how) => {
    const mask = new KeyMask();
    const out = pieces.map((piece) => new TextDecoder().decode(mask.mask(new Uint8Array(piece))));
    assertEquals(out.join(""), whole, how);
  });
});

Deno.test("bytes without a key are handed on as they are", () => {
  const bytes = ascii("RTSP/1.0 200 OK\r\n\r\n");
  assertEquals(new KeyMask().mask(bytes) === bytes, true);
  const withKey = ascii(text(KEY));
  const before = new Uint8Array(withKey);
  new KeyMask().mask(withKey);
  assertEquals(withKey, before, "what was given is unchanged");
});
