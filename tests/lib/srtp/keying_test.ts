import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  type CryptoAttribute,
  formatCrypto,
  MOST_CRYPTO_KEYS,
  MOST_CRYPTO_LENGTH,
  parseCrypto,
} from "../../../lib/srtp/crypto_attribute.ts";
import { CRYPTO_SUITES } from "../../../lib/srtp/crypto_suite.ts";
import { KeyingError } from "../../../lib/srtp/keying_error.ts";
import { masterKeyFrom } from "../../../lib/srtp/master_key.ts";
import { cryptoOffer, keyingOf } from "../../../lib/srtp/sdes.ts";
import {
  formatKeyMgmtAttribute,
  formatKeyMgmtHeader,
  MOST_KEY_MGMT_LENGTH,
  parseKeyMgmtAttribute,
  parseKeyMgmtHeader,
} from "../../../lib/srtp/key_mgmt.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const KEY = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
const KEY_BYTES = Uint8Array.from(atob(KEY), (character) => character.charCodeAt(0));

/** Values, and what they say. */
const ROWS: readonly [name: string, text: string, value: CryptoAttribute][] = [
  ["RFC 4568, section 4.1", `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`, {
    tag: 1,
    suite: "AES_CM_128_HMAC_SHA1_80",
    keys: [{ keyAndSalt: KEY_BYTES, lifetime: "2^20", mki: Uint8Array.of(0, 0, 0, 1) }],
    parameters: [],
  }],
  ["two keys and a parameter", `2 F8_128_HMAC_SHA1_80 inline:${KEY};inline:${KEY}|9:1 WSH=128`, {
    tag: 2,
    suite: "F8_128_HMAC_SHA1_80",
    keys: [{ keyAndSalt: KEY_BYTES }, { keyAndSalt: KEY_BYTES, mki: Uint8Array.of(9) }],
    parameters: ["WSH=128"],
  }],
  ["nothing but a key", `999999999 NEW inline:AAAA`, {
    tag: 999_999_999,
    suite: "NEW",
    keys: [{ keyAndSalt: new Uint8Array(3) }],
    parameters: [],
  }],
];

for (const [name, text, value] of ROWS) {
  Deno.test(`a=crypto: ${name}`, () => {
    assertEquals(parseCrypto(text), value);
    assertEquals(formatCrypto(value), text);
  });
}

const MALFORMED = [
  "",
  "1",
  "1 AES_CM_128_HMAC_SHA1_80",
  `1234567890 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
  `1 AES_CM_128_HMAC_SHA1_80 outline:${KEY}`,
  "1 AES_CM_128_HMAC_SHA1_80 inline:not*base64",
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|soon`,
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:4|2^20`,
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4|x`,
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|256:1`,
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:0`,
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:129`,
  `1 A ${Array(MOST_CRYPTO_KEYS + 1).fill("inline:AAAA").join(";")}`,
];

for (const text of MALFORMED) {
  Deno.test(`a=crypto is malformed: ${text.slice(0, 90)}`, () => {
    const error = assertThrows(() => parseCrypto(text), MalformedError);
    assertEquals(String(error).includes(KEY), false, "no error tells a key");
  });
}

Deno.test("a=crypto has ceilings for its length and its keys", () => {
  const most = Array(MOST_CRYPTO_KEYS).fill("inline:AAAA").join(";");
  assertEquals(parseCrypto(`1 A ${most}`).keys.length, MOST_CRYPTO_KEYS);
  const long = `1 A inline:AAAA ${"x".repeat(MOST_CRYPTO_LENGTH)}`;
  assertEquals(parseCrypto(long.slice(0, MOST_CRYPTO_LENGTH)).tag, 1);
  assertThrows(() => parseCrypto(long.slice(0, MOST_CRYPTO_LENGTH + 1)), MalformedError);
});

Deno.test("random text is a value or malformed", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    for (const text of [a, `1 A inline:${a}`, `1 A inline:${KEY}|${a} ${b}`]) {
      for (const parse of [parseCrypto, parseKeyMgmtAttribute, parseKeyMgmtHeader]) {
        try {
          parse(text);
        } catch (error) {
          assert(error instanceof MalformedError, String(error));
        }
      }
    }
  }));
});

Deno.test("an offer is read as the key it was made of", () => {
  for (const suite of Object.values(CRYPTO_SUITES)) {
    const keying = { suite, master: masterKeyFrom(KEY_BYTES, Uint8Array.of(1, 0)) };
    assertEquals(keyingOf(parseCrypto(formatCrypto(cryptoOffer(keying)))), keying);
    const plain = { suite, master: masterKeyFrom(KEY_BYTES) };
    assertEquals(formatCrypto(cryptoOffer(plain)), `1 ${suite.name} inline:${KEY}`);
  }
});

const UNUSABLE: readonly [text: string, problem: RegExp][] = [
  [`1 AES_256_CM_HMAC_SHA1_80 inline:${KEY}`, /suite AES_256_CM_HMAC_SHA1_80/],
  [`1 AES_CM_128_HMAC_SHA1_80 inline:AAAA`, /3 bytes and not 30/],
  [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} KDR=1`, /KDR=1/],
  [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`, /UNENCRYPTED_SRTP/],
];

for (const [text, problem] of UNUSABLE) {
  Deno.test(`an offer that cannot be used: ${text}`, () => {
    assertThrows(() => keyingOf(parseCrypto(text)), KeyingError);
    try {
      keyingOf(parseCrypto(text));
    } catch (error) {
      assert(problem.test((error as Error).message), String(error));
    }
  });
}

Deno.test("parameters that hint or that one can do without do not hinder", () => {
  const text = `1 AES_CM_128_HMAC_SHA1_32 inline:${KEY} WSH=128 -EXTRA`;
  assertEquals(keyingOf(parseCrypto(text)).suite.name, "AES_CM_128_HMAC_SHA1_32");
});

Deno.test("a=key-mgmt and KeyMgmt carry the same", () => {
  const value = { protocol: "mikey", data: Uint8Array.of(1, 2, 3) };
  assertEquals(formatKeyMgmtAttribute(value), "mikey AQID");
  assertEquals(parseKeyMgmtAttribute("MIKEY  AQID"), value);
  const header = { ...value, uri: "rtsp://host/clip" };
  const text = 'prot=mikey; uri="rtsp://host/clip"; data="AQID"';
  assertEquals(formatKeyMgmtHeader(header), text);
  assertEquals(parseKeyMgmtHeader(text), header);
  assertEquals(parseKeyMgmtHeader("prot=mikey;data=AQID"), value);
  for (const wrong of ["", "mikey", "mikey AQID more", "mikey A"]) {
    assertThrows(() => parseKeyMgmtAttribute(wrong), MalformedError);
  }
  for (const wrong of ["", "prot=mikey", 'data="AQID"', 'prot="a b"; data="AQID"']) {
    assertThrows(() => parseKeyMgmtHeader(wrong), MalformedError);
  }
});

Deno.test("key management has a ceiling for its length", () => {
  const most = `mikey ${"A".repeat(MOST_KEY_MGMT_LENGTH - 8)}`.padEnd(MOST_KEY_MGMT_LENGTH);
  assert(parseKeyMgmtAttribute(most).data.length > 0);
  assertThrows(() => parseKeyMgmtAttribute(`${most} `), MalformedError);
  assertThrows(() => parseKeyMgmtHeader(" ".repeat(MOST_KEY_MGMT_LENGTH + 1)), MalformedError);
});
