import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { cryptoSuite, DEFAULT_CRYPTO_SUITE } from "../../../lib/srtp/crypto_suite.ts";
import { formatCrypto, parseCrypto } from "../../../lib/srtp/crypto_attribute.ts";
import {
  formatKeyMgmtAttribute,
  formatKeyMgmtHeader,
  parseKeyMgmtAttribute,
  parseKeyMgmtHeader,
} from "../../../lib/srtp/key_mgmt.ts";
import { KeyingError } from "../../../lib/srtp/keying_error.ts";
import { KEY_AND_SALT_LENGTH, masterKeyFrom } from "../../../lib/srtp/master_key.ts";
import { mikeyKeying, mikeyMessage } from "../../../lib/srtp/mikey_keying.ts";
import { formatMikey, parseMikey } from "../../../lib/srtp/mikey_message.ts";
import { keyingOf } from "../../../lib/srtp/sdes.ts";
import { SrtpReceiver } from "../../../lib/srtp/srtp_receiver.ts";
import { SrtpSender } from "../../../lib/srtp/srtp_sender.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { goodbye, senderReport } from "../../support/scripted_media.ts";
import { ascii } from "../../support/split.ts";
import { hex } from "../../support/golden.ts";
import { header, packed, type Target, text, unpacked, valueOr, whole } from "../target.ts";
import { PACKETS } from "./sessions.ts";

const KEY = Uint8Array.from({ length: KEY_AND_SALT_LENGTH }, (_, i) => 7 * i);
const OPTIONS = { suite: DEFAULT_CRYPTO_SUITE, master: masterKeyFrom(KEY) };
const WITH_MKI = {
  suite: cryptoSuite("AES_CM_128_HMAC_SHA1_32")!,
  master: masterKeyFrom(KEY, Uint8Array.of(1, 2)),
};

const MESSAGES = [OPTIONS, WITH_MKI].map((keying) =>
  formatMikey(mikeyMessage({
    ...keying,
    sources: [{ ssrc: 1, rollovers: 0 }, { ssrc: 2, rollovers: 7 }],
    bundle: 0x1234_5678,
    random: KEY.subarray(0, 16),
    timestamp: KEY.subarray(0, 8),
  }))
);

/** GStreamer 1.22's: the length of the tag where the standard has that of the key. */
const GSTREAMER = hex`
  01 00 05 00 d0 c1 6e 0a 01 00 00 d0 71 7a 92 00 00 00 00 0b 00 ee ac 39 22 39 05 07 a6
  0a 10 52 6e 5e 62 bd 2f 3b 17 21 76 fc d2 6c 48 31 b0 01 00 00 00 15
  00 01 01 01 01 10 02 01 01 03 01 0a 07 01 01 08 01 01 0a 01 01 00 00 00 22 00 20 00 1e
  f0 07 c5 a7 40 76 a1 a2 c1 6f e3 ee b5 69 a6 1e d3 0f 26 b9 52 30 09 f0 82 d1 ac 13 4a 31 00`;

const INLINE = "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

/** What was protected: as the others make it, and in the order they do. */
function protectedPackets(): Uint8Array[] {
  const sender = new SrtpSender(OPTIONS);
  const media = PACKETS.slice(0, 4).map((packet) => sender.protect(packet)!);
  const control = [senderReport({ seconds: 1, fraction: 0 }), goodbye()];
  return [...media, ...control.map((packet) => sender.protectControl(packet)!)];
}

const RIGHT = new Set([
  ...PACKETS.map(String),
  ...[senderReport({ seconds: 1, fraction: 0 }), goodbye()].map(String),
]);

/** Nothing but what was sent is taken, and nothing of it twice. */
function checkPackets(bytes: Uint8Array): void {
  for (const options of [OPTIONS, WITH_MKI]) {
    const receiver = new SrtpReceiver(options);
    const taken = new Set<string>();
    for (const packet of unpacked(bytes)) {
      for (const opened of [receiver.open(packet), receiver.openControl(packet)]) {
        if (typeof opened === "string") continue;
        assert(RIGHT.has(String(opened)), "it was sent so");
        assert(!taken.has(String(opened)), "it is taken once");
        taken.add(String(opened));
      }
    }
  }
}

/** Keys are in no message. */
function checkKeys(bytes: Uint8Array): void {
  const { suite, master } = keyingOf(parseCrypto(text(bytes)));
  assertEquals(master.key.length + master.salt.length, KEY_AND_SALT_LENGTH);
  new SrtpSender({ suite, master });
}

export const SRTP_TARGETS: readonly Target[] = [
  header("crypto", parseCrypto, formatCrypto, [
    `1 AES_CM_128_HMAC_SHA1_80 ${INLINE}|2^20|1:4;${INLINE}|2:4 KDR=0 WSH=128`,
    `2 AES_CM_128_HMAC_SHA1_32 ${INLINE} UNENCRYPTED_SRTCP`,
  ]),
  {
    name: "crypto-keys",
    seeds: [ascii(`1 AES_CM_128_HMAC_SHA1_80 ${INLINE}|2^20|1:4`)],
    check: valueOr([MalformedError, KeyingError], checkKeys),
  },
  header("key-mgmt-attribute", parseKeyMgmtAttribute, formatKeyMgmtAttribute, ["mikey AQAFgM0X"]),
  header("key-mgmt-header", parseKeyMgmtHeader, formatKeyMgmtHeader, [
    'prot=mikey; uri="rtsp://192.0.2.1/movie"; data="AQAFgM0X"',
  ]),
  {
    name: "mikey",
    seeds: [...MESSAGES, GSTREAMER],
    check: whole((bytes) => bytes, parseMikey, formatMikey),
  },
  {
    name: "mikey-keys",
    seeds: [...MESSAGES, GSTREAMER],
    check: valueOr([MalformedError, KeyingError], (bytes) => {
      new SrtpReceiver(mikeyKeying(parseMikey(bytes)));
    }),
  },
  { name: "srtp", seeds: [packed(protectedPackets())], check: checkPackets },
];
