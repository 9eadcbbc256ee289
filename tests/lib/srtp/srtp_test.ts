import { createHmac } from "node:crypto";
import fc from "fast-check";
import { toHex } from "../../../lib/bytes/hex.ts";
import { CRYPTO_SUITES, type CryptoSuite } from "../../../lib/srtp/crypto_suite.ts";
import { masterKeyFrom } from "../../../lib/srtp/master_key.ts";
import { MOST_ROLLOVERS } from "../../../lib/srtp/packet_index.ts";
import { MOST_SOURCES, SrtpReceiver } from "../../../lib/srtp/srtp_receiver.ts";
import { deriveSessionKeys } from "../../../lib/srtp/session_keys.ts";
import { type SrtpOptions, SrtpSender } from "../../../lib/srtp/srtp_sender.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

const SUITE = CRYPTO_SUITES.AES_CM_128_HMAC_SHA1_80;
const SHORT = CRYPTO_SUITES.AES_CM_128_HMAC_SHA1_32;
/** The key of appendix B.3, which other implementations test with too. */
const MASTER = masterKeyFrom(
  hex`e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6`,
);
const OPTIONS: SrtpOptions = { suite: SUITE, master: MASTER };
const HEADER_LENGTH = 12;

const RTP = hex`
  80 0f 12 34       # V=2, PT=15, sequence
  de ca fb ad       # timestamp
  ca fe ba be       # SSRC
  ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab
`;
const SRTP = hex`
  80 0f 12 34 de ca fb ad ca fe ba be
  4e 55 dc 4c e7 99 78 d8 8c a4 d2 15 94 9d 24 02   # encrypted
  b7 8d 6a cc 99 ea 17 9b 8d bb                     # tag
`;
const RTCP = hex`
  81 c8 00 0b       # V=2, RC=1, SR, length
  ca fe ba be       # SSRC
  ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab
`;
/** The second packet of its sender. */
const SRTCP = hex`
  81 c8 00 0b ca fe ba be
  71 28 03 5b e4 87 b9 bd be f8 90 41 f9 77 a5 a8   # encrypted
  80 00 00 01                                       # E, index
  99 3e 08 cd 54 d6 c1 23 07 98                     # tag
`;

Deno.test("an SRTP packet as libsrtp makes it", () => {
  const plain = new Uint8Array(RTP);
  assertEquals(toHex(new SrtpSender(OPTIONS).protect(plain)!), toHex(SRTP));
  assertEquals(toHex(plain), toHex(RTP), "what was given is unchanged");
  const bytes = new Uint8Array(SRTP);
  assertEquals(new SrtpReceiver(OPTIONS).open(bytes), new Uint8Array(RTP));
  assertEquals(toHex(bytes), toHex(SRTP));
});

Deno.test("an SRTCP packet as libsrtp makes it", () => {
  const sender = new SrtpSender(OPTIONS);
  sender.protectControl(RTCP);
  assertEquals(toHex(sender.protectControl(RTCP)!), toHex(SRTCP));
  assertEquals(new SrtpReceiver(OPTIONS).openControl(SRTCP), new Uint8Array(RTCP));
});

/** An RTP packet of some sequence number and payload. */
function packet(sequence: number, payload: Uint8Array, ssrc = 7): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_LENGTH + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint16(2, sequence);
  view.setUint32(8, ssrc);
  bytes.set(payload, HEADER_LENGTH);
  return bytes;
}

const suites = fc.constantFrom<CryptoSuite>(SUITE, SHORT);
const payloads = fc.uint8Array({ maxLength: 64 });
const keys = fc.record({
  master: fc.uint8Array({ minLength: 30, maxLength: 30 }),
  mki: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 }), { nil: undefined }),
}).map(({ master, mki }) => masterKeyFrom(master, mki));

Deno.test("what is protected is opened again, RTP and RTCP", () => {
  fc.assert(fc.property(suites, keys, payloads, fc.nat(0xffff), (suite, master, payload, seq) => {
    const sender = new SrtpSender({ suite, master });
    const receiver = new SrtpReceiver({ suite, master });
    const plain = packet(seq, payload);
    const sent = sender.protect(plain)!;
    assertEquals(sent.length, plain.length + sender.overhead);
    assertEquals(receiver.open(sent), plain);
    assertEquals(receiver.openControl(sender.protectControl(plain)!), plain);
  }));
});

Deno.test("header, CSRCs and extension stay readable", () => {
  const plain = hex`
    92 9a 00 01  00 00 00 00  00 00 00 07
    00 00 00 08  00 00 00 09                # two CSRCs
    be de 00 01  01 02 03 04                # an extension of one word
    aa bb cc                                # payload
  `;
  const sent = new SrtpSender(OPTIONS).protect(plain)!;
  assertEquals(sent.subarray(0, 28), plain.subarray(0, 28));
  assert(toHex(sent.subarray(28, 31)) !== "aabbcc");
  assertEquals(new SrtpReceiver(OPTIONS).open(sent), plain);
});

Deno.test("a packet with any bit flipped is refused", () => {
  for (const suite of [SUITE, SHORT]) {
    const master = { ...MASTER, mki: Uint8Array.of(1, 2) };
    const sender = new SrtpSender({ suite, master });
    const srtp = sender.protect(RTP)!;
    const srtcp = sender.protectControl(RTCP)!;
    for (let bit = 0; bit < srtcp.length * 8; bit++) {
      const receiver = new SrtpReceiver({ suite, master });
      const flip = (bytes: Uint8Array): Uint8Array => {
        const copy = new Uint8Array(bytes);
        copy[bit >> 3]! ^= 0x80 >> (bit & 7);
        return copy;
      };
      const refused = receiver.openControl(flip(srtcp));
      assert(typeof refused === "string", `SRTCP, bit ${bit}`);
      if (bit >= srtp.length * 8) continue;
      assert(typeof receiver.open(flip(srtp)) === "string", `SRTP, bit ${bit}`);
      assertEquals(typeof receiver.open(srtp), "object", "the right one is taken after that");
    }
  }
});

Deno.test("the wrong key opens nothing, and another MKI is told", () => {
  const sent = new SrtpSender({ ...OPTIONS, master: { ...MASTER, mki: Uint8Array.of(1) } })
    .protect(RTP)!;
  const other = new SrtpReceiver({ ...OPTIONS, master: { ...MASTER, mki: Uint8Array.of(2) } });
  assertEquals(other.open(sent), "other-key");
  const wrong = masterKeyFrom(new Uint8Array(30));
  assertEquals(new SrtpReceiver({ suite: SUITE, master: wrong }).open(SRTP), "not-authentic");
  assertEquals(
    new SrtpReceiver({ suite: SUITE, master: wrong }).openControl(SRTCP),
    "not-authentic",
  );
});

Deno.test("a packet is taken once", () => {
  const receiver = new SrtpReceiver(OPTIONS);
  assertEquals(typeof receiver.open(SRTP), "object");
  assertEquals(receiver.open(SRTP), "replayed");
  assertEquals(typeof receiver.openControl(SRTCP), "object");
  assertEquals(receiver.openControl(SRTCP), "replayed");
});

Deno.test("every cut of a packet is refused and never an error", () => {
  for (let length = 0; length < SRTP.length; length++) {
    assertEquals(typeof new SrtpReceiver(OPTIONS).open(SRTP.subarray(0, length)), "string");
  }
  for (let length = 0; length < SRTCP.length; length++) {
    const cut = SRTCP.subarray(0, length);
    assertEquals(typeof new SrtpReceiver(OPTIONS).openControl(cut), "string");
  }
});

Deno.test("noise is refused and never an error", () => {
  const receiver = new SrtpReceiver(OPTIONS);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const before = toHex(bytes);
    assertEquals(typeof receiver.open(bytes), "string");
    assertEquals(typeof receiver.openControl(bytes), "string");
    assertEquals(toHex(bytes), before);
  }));
});

Deno.test("sequence numbers begin anew and packets overtake one another on the way there", () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => 0xffff - 1000 + i);
  fc.assert(
    fc.property(fc.array(fc.nat(8), { minLength: 2000, maxLength: 2000 }), (delays) => {
      const sender = new SrtpSender(OPTIONS);
      const receiver = new SrtpReceiver(OPTIONS);
      const sent = numbers.map((number) => {
        const plain = packet(number & 0xffff, Uint8Array.of(number & 0xff));
        return { plain, bytes: sender.protect(plain)! };
      });
      const [first, ...others] = sent;
      const order = others.map((each, i) => ({ each, at: i + delays[i]! }))
        .sort((a, b) => a.at - b.at).map(({ each }) => each);
      for (const { plain, bytes } of [first!, ...order]) {
        assertEquals(receiver.open(bytes), plain);
      }
    }),
    { numRuns: 3 },
  );
});

Deno.test("rollovers count: who does not know of them opens nothing", () => {
  const sent = new SrtpSender({ ...OPTIONS, rollovers: 3 }).protect(RTP)!;
  assertEquals(new SrtpReceiver(OPTIONS).open(sent), "not-authentic");
  assertEquals(typeof new SrtpReceiver({ ...OPTIONS, rollovers: 3 }).open(sent), "object");
  const bySource = new Map([[0xcafebabe, 3]]);
  const told = new SrtpReceiver({ ...OPTIONS, rolloversBySource: bySource });
  assertEquals(typeof told.open(sent), "object");
});

Deno.test("a key protects 2^48 packets and not one more", () => {
  const sender = new SrtpSender({ ...OPTIONS, rollovers: MOST_ROLLOVERS });
  assert(sender.protect(packet(0xffff, new Uint8Array(1))) !== undefined);
  assertEquals(sender.protect(packet(0, new Uint8Array(1))), undefined);
});

Deno.test("what is no RTP packet is not protected", () => {
  const sender = new SrtpSender(OPTIONS);
  assertEquals(sender.protect(RTP.subarray(0, 11)), undefined);
  assertEquals(sender.protectControl(RTCP.subarray(0, 7)), undefined);
  assertEquals(sender.protectInPlace(new Uint8Array(3)), false);
});

Deno.test("authentic sources have a ceiling", () => {
  const sender = new SrtpSender(OPTIONS);
  const receiver = new SrtpReceiver(OPTIONS);
  const open = (ssrc: number): unknown => {
    return receiver.open(sender.protect(packet(1, new Uint8Array(4), ssrc))!);
  };
  for (let ssrc = 0; ssrc < MOST_SOURCES; ssrc++) assertEquals(typeof open(ssrc), "object");
  assertEquals(open(MOST_SOURCES), "too-many-sources");
});

Deno.test("SRTCP that is only authenticated, with E being 0, is opened as it is", () => {
  const { rtcp } = deriveSessionKeys(MASTER);
  const readable = new Uint8Array([...RTCP, 0, 0, 0, 7]);
  const tag = createHmac("sha1", rtcp.authentication).update(readable).digest().subarray(0, 10);
  const receiver = new SrtpReceiver(OPTIONS);
  assertEquals(receiver.openControl(new Uint8Array([...readable, ...tag])), new Uint8Array(RTCP));
});
