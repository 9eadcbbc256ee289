// The test vectors of RFC 3711, appendix B.
import { toHex } from "../../../lib/bytes/hex.ts";
import { counterMode, counterOf } from "../../../lib/srtp/counter_mode.ts";
import { deriveSessionKeys } from "../../../lib/srtp/session_keys.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

const BLOCK = 16;

/** Appendix B.2: the keystream, block by block. */
const KEYSTREAM: readonly [block: number, keystream: string][] = [
  [0x0000, "e03ead0935c95e80e166b16dd92b4eb4"],
  [0x0001, "d23513162b02d0f72a43a2fe4a5f97ab"],
  [0x0002, "41e95b3bb0a2e8dd477901e4fca894c0"],
  [0xfeff, "ec8cdf7398607cb0f2d21675ea9ea1e4"],
  [0xff00, "362b7c3c6773516318a077d7fc5073ae"],
  [0xff01, "6a2cc3787889374fbeb4c81b17ba6c44"],
];

Deno.test("B.2: the keystream of AES in counter mode", () => {
  const key = hex`2b7e151628aed2a6abf7158809cf4f3c`;
  const salt = hex`f0f1f2f3f4f5f6f7f8f9fafbfcfd`;
  // SSRC, rollover counter and sequence number are 0.
  const stream = counterMode(key, counterOf(salt, 0, 0), new Uint8Array(0xff02 * BLOCK));
  for (const [block, expected] of KEYSTREAM) {
    assertEquals(toHex(stream.subarray(block * BLOCK, (block + 1) * BLOCK)), expected);
  }
});

Deno.test("B.3: the keys derived from a master key", () => {
  const { rtp } = deriveSessionKeys({
    key: hex`e1f97a0d3e018be0d64fa32c06de4139`,
    salt: hex`0ec675ad498afeebb6960b3aabe6`,
  });
  assertEquals(toHex(rtp.encryption), "c61e7a93744f39ee10734afe3ff7a087");
  assertEquals(toHex(rtp.salt), "30cbbc08863d8c85d49db34a9ae1");
  // The appendix goes on to 94 bytes, of which HMAC-SHA1 takes the first 20.
  assertEquals(toHex(rtp.authentication), "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
});

Deno.test("the keys of SRTCP are others", () => {
  const { rtp, rtcp } = deriveSessionKeys({ key: new Uint8Array(16), salt: new Uint8Array(14) });
  const all = [rtp, rtcp].flatMap(({ encryption, authentication, salt }) => {
    return [encryption, authentication.subarray(0, 16), salt].map((bytes) => toHex(bytes));
  });
  assertEquals(new Set(all).size, all.length);
});

Deno.test("a counter has SSRC and index where section 4.1.1 puts them", () => {
  const counter = counterOf(new Uint8Array(14), 0x01020304, 0x0a0b0c0d0e0f);
  assertEquals(toHex(counter), "00000000" + "01020304" + "0a0b0c0d0e0f" + "0000");
});

Deno.test("key and salt of a wrong length make no session", () => {
  const wrong = { key: new Uint8Array(15), salt: new Uint8Array(14) };
  assertThrows(() => deriveSessionKeys(wrong), RangeError);
  assertThrows(
    () => deriveSessionKeys({ key: new Uint8Array(16), salt: new Uint8Array(15) }),
    RangeError,
  );
});
