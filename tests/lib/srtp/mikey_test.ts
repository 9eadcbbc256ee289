import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { CRYPTO_SUITES } from "../../../lib/srtp/crypto_suite.ts";
import { KeyingError } from "../../../lib/srtp/keying_error.ts";
import { keyAndSalt, masterKeyFrom } from "../../../lib/srtp/master_key.ts";
import { formatKeyData, KEY_TYPE, parseKeyData } from "../../../lib/srtp/mikey_key_data.ts";
import { mikeyKeying, mikeyMessage } from "../../../lib/srtp/mikey_keying.ts";
import {
  formatMikey,
  type MikeyMessage,
  MOST_MIKEY_LENGTH,
  MOST_MIKEY_PAYLOADS,
  parseMikey,
} from "../../../lib/srtp/mikey_message.ts";
import type { MikeyPayload } from "../../../lib/srtp/mikey_payloads.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";

const byte = (value: number): Uint8Array => Uint8Array.of(value);

const ROWS: Golden<MikeyMessage>[] = [
  {
    name: "what GStreamer 1.22's RTSP server offers",
    bytes: hex`
      01 00 05 00 d0 c1 6e 0a                  # version, PSK init, next T, PRF, bundle
      01 00  00 d0 71 7a 92 00 00 00 00        # one source: policy, SSRC, ROC
      0b 00 ee ac 39 22 39 05 07 a6            # T: next RAND, NTP-UTC
      0a 10 52 6e 5e 62 bd 2f 3b 17 21 76 fc d2 6c 48 31 b0  # RAND: next SP
      01 00 00 00 15                           # SP: next KEMAC, policy, SRTP, length
      00 01 01  01 01 10  02 01 01  03 01 0a  07 01 01  08 01 01  0a 01 01
      00 00 00 22                              # KEMAC: the last, no encryption, length
      00 20 00 1e                              # a TEK
      f0 07 c5 a7 40 76 a1 a2 c1 6f e3 ee b5 69 a6 1e
      d3 0f 26 b9 52 30 09 f0 82 d1 ac 13 4a 31
      00                                       # no MAC
    `,
    value: {
      dataType: 0,
      verification: false,
      prf: 0,
      bundle: 0xd0c16e0a,
      sources: [{ policy: 0, ssrc: 0xd0717a92, rollovers: 0 }],
      payloads: [
        { type: "T", timestampType: 0, value: hex`ee ac 39 22 39 05 07 a6` },
        { type: "RAND", value: hex`52 6e 5e 62 bd 2f 3b 17 21 76 fc d2 6c 48 31 b0` },
        {
          type: "SP",
          policy: 0,
          protocol: 0,
          parameters: [
            { type: 0, value: byte(1) },
            { type: 1, value: byte(16) },
            { type: 2, value: byte(1) },
            { type: 3, value: byte(10) },
            { type: 7, value: byte(1) },
            { type: 8, value: byte(1) },
            { type: 10, value: byte(1) },
          ],
        },
        {
          type: "KEMAC",
          encryption: 0,
          data: hex`
            00 20 00 1e f0 07 c5 a7 40 76 a1 a2 c1 6f e3 ee b5 69 a6 1e
            d3 0f 26 b9 52 30 09 f0 82 d1 ac 13 4a 31
          `,
          macAlgorithm: 0,
          mac: new Uint8Array(0),
        },
      ],
    },
  },
  {
    name: "an identity, an extension and a MAC",
    bytes: hex`
      01 02 06 81 00 00 00 01  00 00
      15 00 00 01 61                           # ID: next extension
      01 01 00 02 aa bb                        # extension: next KEMAC
      00 01 00 00 01                           # KEMAC: AES-CM, nothing, HMAC-SHA-1-160
      00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13
    `,
    value: {
      dataType: 2,
      verification: true,
      prf: 1,
      bundle: 1,
      sources: [],
      payloads: [
        { type: "ID", idType: 0, value: byte(0x61) },
        { type: "extension", extensionType: 1, value: Uint8Array.of(0xaa, 0xbb) },
        {
          type: "KEMAC",
          encryption: 1,
          data: new Uint8Array(0),
          macAlgorithm: 1,
          mac: Uint8Array.from({ length: 20 }, (_, i) => i),
        },
      ],
    },
  },
];

for (const { name, bytes, value } of ROWS) {
  Deno.test(`MIKEY: ${name}`, () => {
    assertEquals(parseMikey(bytes), value);
    assertEquals(formatMikey(value), new Uint8Array(bytes));
    everyPrefix(bytes, (prefix) => {
      assertThrows(() => parseMikey(prefix), MalformedError);
    });
  });
}

Deno.test("MIKEY: noise is a message or malformed, and stays as it is", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
    const bytes = new Uint8Array([1, 0, ...noise]);
    const before = new Uint8Array(bytes);
    try {
      assertEquals(formatMikey(parseMikey(bytes)).length, bytes.length);
    } catch (error) {
      assert(error instanceof MalformedError, String(error));
    }
    assertEquals(bytes, before);
  }));
});

Deno.test("MIKEY: ceilings for payloads and length", () => {
  const random: MikeyPayload = { type: "RAND", value: new Uint8Array(2) };
  const message = (payloads: number): MikeyMessage => {
    return { ...ROWS[1]!.value, payloads: Array(payloads).fill(random) };
  };
  const most = formatMikey(message(MOST_MIKEY_PAYLOADS));
  assertEquals(parseMikey(most).payloads.length, MOST_MIKEY_PAYLOADS);
  assertThrows(() => parseMikey(formatMikey(message(MOST_MIKEY_PAYLOADS + 1))), MalformedError);
  const long = (length: number): Uint8Array => {
    const value = new Uint8Array(length - 10 - 4);
    return formatMikey({
      ...message(0),
      payloads: [{ type: "extension", extensionType: 1, value }],
    });
  };
  assertEquals(long(MOST_MIKEY_LENGTH).length, MOST_MIKEY_LENGTH);
  assertEquals(parseMikey(long(MOST_MIKEY_LENGTH)).payloads.length, 1);
  assertThrows(() => parseMikey(long(MOST_MIKEY_LENGTH + 1)), MalformedError);
});

const BROKEN: readonly [name: string, bytes: Uint8Array][] = [
  ["another version", hex`02 00 00 00 00 00 00 01 00 00`],
  ["another map of sources", hex`01 00 00 00 00 00 00 01 00 01`],
  ["something behind the last payload", hex`01 00 00 00 00 00 00 01 00 00 00`],
  ["a payload whose end cannot be told", hex`01 00 03 00 00 00 00 01 00 00 00 00 00 00`],
  ["a timestamp of no known type", hex`01 00 05 00 00 00 00 01 00 00 00 03 00 00 00 00`],
  ["a policy longer than it says", hex`01 00 0a 00 00 00 00 01 00 00 00 00 00 00 02 00 01 01`],
];

for (const [name, bytes] of BROKEN) {
  Deno.test(`MIKEY is malformed: ${name}`, () => {
    assertThrows(() => parseMikey(bytes), MalformedError);
  });
}

Deno.test("key data: with a salt, with an MKI, with an interval", () => {
  const rows = [
    { type: KEY_TYPE.TEK, key: byte(1) },
    { type: KEY_TYPE.TEK_SALT, key: byte(1), salt: Uint8Array.of(2, 3) },
    { type: KEY_TYPE.TEK, key: byte(1), mki: Uint8Array.of(9, 9) },
  ];
  for (const row of rows) assertEquals(parseKeyData(formatKeyData(row)), row);
  const interval = hex`00 22 00 01 05 04 00 00 00 00 04 00 00 00 01`;
  assertEquals(parseKeyData(interval), { type: KEY_TYPE.TEK, key: byte(5) });
  assertThrows(() => parseKeyData(hex`00 23 00 01 05`), MalformedError);
  everyPrefix(interval, (prefix) => {
    assertThrows(() => parseKeyData(prefix), MalformedError);
  });
});

const MASTER = masterKeyFrom(Uint8Array.from({ length: 30 }, (_, i) => i));

Deno.test("a message is read as the key it was made of", () => {
  for (const suite of Object.values(CRYPTO_SUITES)) {
    const sources = [{ ssrc: 5, rollovers: 2 }];
    const message = mikeyMessage({
      suite,
      master: MASTER,
      sources,
      bundle: 1,
      random: new Uint8Array(16),
      timestamp: new Uint8Array(8),
    });
    assertEquals(mikeyKeying(parseMikey(formatMikey(message))), {
      suite,
      master: MASTER,
      sources: [{ policy: 0, ssrc: 5, rollovers: 2 }],
    });
  }
});

Deno.test("GStreamer's key and salt stand in one, and the tag's length where the key's should", () => {
  const { suite, master, sources } = mikeyKeying(ROWS[0]!.value);
  assertEquals(suite.name, "AES_CM_128_HMAC_SHA1_80");
  assertEquals(keyAndSalt(master).length, 30);
  assertEquals(sources, [{ policy: 0, ssrc: 0xd0717a92, rollovers: 0 }]);
  assertEquals(mikeyKeying(withParameter(3, 4)).suite.name, "AES_CM_128_HMAC_SHA1_32");
});

/** GStreamer's message with one parameter of its policy set otherwise. */
function withParameter(type: number, value: number): MikeyMessage {
  const message = structuredClone(ROWS[0]!.value);
  for (const payload of message.payloads) {
    if (payload.type !== "SP") continue;
    payload.parameters = payload.parameters.filter((parameter) => parameter.type !== type);
    payload.parameters.push({ type, value: byte(value) });
  }
  return message;
}

/** GStreamer's message with another KEMAC. */
function withKemac(changes: object): MikeyMessage {
  const { payloads, ...message } = ROWS[0]!.value;
  return {
    ...message,
    payloads: payloads.map((each) => each.type === "KEMAC" ? { ...each, ...changes } : each),
  };
}

const UNUSABLE: readonly [name: string, message: MikeyMessage][] = [
  ["another algorithm", withParameter(0, 2)],
  ["keys of 32 bytes", withParameter(1, 32)],
  ["authentication keys of 32 bytes", withParameter(3, 32)],
  ["a derivation rate", withParameter(6, 1)],
  ["SRTP without encryption", withParameter(7, 0)],
  ["tags of 8 bytes", withParameter(11, 8)],
  ["an encrypted key", withKemac({ encryption: 1 })],
  [
    "a key to generate others from",
    withKemac({ data: formatKeyData({ type: KEY_TYPE.TGK, key: new Uint8Array(30) }) }),
  ],
  [
    "a key without a salt",
    withKemac({ data: formatKeyData({ type: KEY_TYPE.TEK, key: new Uint8Array(16) }) }),
  ],
  ["an answer", { ...ROWS[0]!.value, dataType: 1 }],
  ["no key", { ...ROWS[0]!.value, payloads: [] }],
];

for (const [name, message] of UNUSABLE) {
  Deno.test(`MIKEY that cannot be used: ${name}`, () => {
    assertThrows(() => mikeyKeying(message), KeyingError);
  });
}
