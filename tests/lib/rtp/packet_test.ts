import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatRtpPacket,
  MAX_CSRC_COUNT,
  MAX_PADDING_LENGTH,
  MAX_RTP_PACKET_LENGTH,
  parseRtpPacket,
  RTP_HEADER_LENGTH,
  type RtpPacket,
  writeRtpHeader,
} from "../../../lib/rtp/packet.ts";
import { assert, assertEquals, assertThrows, fail } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";

/** A golden packet, with the offset before which every cut is malformed. */
interface Row extends Golden<RtpPacket> {
  payloadAt: number;
}

const ROWS: Row[] = [
  {
    name: "plain JPEG packet with the marker",
    bytes: hex`
      80                # V=2, P=0, X=0, CC=0
      9a                # M=1, PT=26
      ff fe             # sequence
      00 01 5f 90       # timestamp
      de ad be ef       # SSRC
      01 02 03          # payload
    `,
    value: {
      version: 2,
      padding: 0,
      marker: true,
      payloadType: 26,
      sequence: 0xfffe,
      timestamp: 90_000,
      ssrc: 0xdeadbeef,
      csrcs: [],
      payload: hex`010203`,
    },
    payloadAt: 12,
  },
  {
    name: "ffmpeg's hole punch: an empty packet of type 0",
    bytes: hex`80 00 0000 00000000 00000000`,
    value: {
      version: 2,
      padding: 0,
      marker: false,
      payloadType: 0,
      sequence: 0,
      timestamp: 0,
      ssrc: 0,
      csrcs: [],
      payload: hex``,
    },
    payloadAt: 12,
  },
  {
    name: "CSRCs, extension and padding together",
    bytes: hex`
      b2                # V=2, P=1, X=1, CC=2
      60                # M=0, PT=96
      00 01             # sequence
      ff ff ff ff       # timestamp
      00 00 00 01       # SSRC
      80 00 00 00       # first CSRC
      00 00 00 07       # second CSRC
      be de 00 01       # one-byte extension of one word
      10 aa 00 00       # its data
      11 22 33 44 55    # payload
      00 00 03          # padding of 3
    `,
    value: {
      version: 2,
      padding: 3,
      marker: false,
      payloadType: 96,
      sequence: 1,
      timestamp: 0xffffffff,
      ssrc: 1,
      csrcs: [0x80000000, 7],
      extension: { profile: 0xbede, data: hex`10aa0000` },
      payload: hex`1122334455`,
    },
    payloadAt: 28,
  },
  {
    name: "extension without data, and nothing but padding",
    bytes: hex`
      b0 7f 12 34       # V=2, P=1, X=1, CC=0; M=0, PT=127; sequence
      00 00 00 00       # timestamp
      00 00 00 00       # SSRC
      ab cd 00 00       # profile-specific extension of no words
      01                # padding that is only its count
    `,
    value: {
      version: 2,
      padding: 1,
      marker: false,
      payloadType: 127,
      sequence: 0x1234,
      timestamp: 0,
      ssrc: 0,
      csrcs: [],
      extension: { profile: 0xabcd, data: hex`` },
      payload: hex``,
    },
    payloadAt: 17,
  },
];

const MALFORMED: { name: string; bytes: Uint8Array; position: number; problem: string }[] = [
  { name: "no bytes", bytes: hex``, position: 0, problem: "only 0 are there" },
  {
    name: "version 0",
    bytes: hex`00 1a 0001 00000000 00000000 ff d8`,
    position: 0,
    problem: "Version is 0",
  },
  {
    name: "version 3, as live555's hole punch would have with 8 more bytes",
    bytes: hex`ce fa ed fe 00000000 00000000`,
    position: 0,
    problem: "Version is 3",
  },
  {
    name: "one CSRC announced, 3 bytes there",
    bytes: hex`81 1a 0001 00000000 00000000 000000`,
    position: 12,
    problem: "Announces 1 sources",
  },
  {
    name: "extension header cut",
    bytes: hex`90 1a 0001 00000000 00000000 bede00`,
    position: 12,
    problem: "Needs 4 bytes",
  },
  {
    name: "extension data one byte short",
    bytes: hex`90 1a 0001 00000000 00000000 bede0001 000000`,
    position: 14,
    problem: "Announces 4 bytes, only 3",
  },
  {
    name: "padding without a byte for its count",
    bytes: hex`a0 1a 0001 00000000 00000005`,
    position: 11,
    problem: "Announces 0 bytes",
  },
  {
    name: "padding count of 0",
    bytes: hex`a0 1a 0001 00000000 00000000 aa 00`,
    position: 13,
    problem: "Announces 0 bytes",
  },
  {
    name: "padding that reaches into the header",
    bytes: hex`a0 1a 0001 00000000 00000000 aa 03`,
    position: 13,
    problem: "Announces 3 bytes, with 2",
  },
];

for (const { name, bytes, value, payloadAt } of ROWS) {
  Deno.test(`RTP packet is parsed and formatted: ${name}`, () => {
    const input = bytes.slice();
    assertEquals(parseRtpPacket(input), value);
    assertEquals(input, bytes, "the input is untouched");
    assertEquals(formatRtpPacket(value), bytes);
  });

  Deno.test(`RTP packet cut within its header is malformed: ${name}`, () => {
    everyPrefix(bytes, (prefix, length) => {
      if (length < payloadAt) {
        assertThrows(() => parseRtpPacket(prefix), MalformedError);
      } else if (value.padding === 0) {
        assertEquals(parseRtpPacket(prefix).payload, bytes.slice(payloadAt, length));
      }
    });
  });
}

for (const { name, bytes, position, problem } of MALFORMED) {
  Deno.test(`RTP packet is malformed: ${name}`, () => {
    const error = assertThrows(() => parseRtpPacket(bytes), MalformedError, problem);
    assertEquals(error.position, position);
  });
}

Deno.test("a lab server's version 0 is read under the tolerance, and written back", () => {
  const bytes = hex`00 1a 0001 00000000 00000000 ff d8`;
  const packet = parseRtpPacket(bytes, { anyVersion: true });
  assertEquals(packet.version, 0);
  assertEquals(packet.payload, hex`ff d8`);
  assertEquals(formatRtpPacket(packet), bytes);
});

Deno.test("payload and extension are views of the input, and no CSRCs cost no array", () => {
  const [plain, , full] = ROWS.map(({ bytes }) => bytes.slice());
  const { payload, extension } = parseRtpPacket(full!);
  assert(payload.buffer === full!.buffer && extension?.data.buffer === full!.buffer);
  const { csrcs } = parseRtpPacket(plain!);
  assert(csrcs === parseRtpPacket(plain!).csrcs);
  assert(Object.isFrozen(csrcs));
});

Deno.test("a packet can begin anywhere in a larger buffer", () => {
  const { bytes, value } = ROWS[2]!;
  const larger = new Uint8Array(bytes.length + 7).fill(0xff);
  larger.set(bytes, 3);
  assertEquals(parseRtpPacket(larger.subarray(3, 3 + bytes.length)), value);
});

Deno.test("ceilings hold at the limit and refuse one past it", () => {
  const packet = ROWS[0]!.value;
  const atLimit: RtpPacket = {
    ...packet,
    csrcs: Array.from({ length: MAX_CSRC_COUNT }, (_, i) => i),
    padding: MAX_PADDING_LENGTH,
  };
  assertEquals(parseRtpPacket(formatRtpPacket(atLimit)), atLimit);
  const refused: Partial<RtpPacket>[] = [
    { csrcs: Array.from({ length: MAX_CSRC_COUNT + 1 }, () => 0) },
    { csrcs: [2 ** 32] },
    { padding: MAX_PADDING_LENGTH + 1 },
    { padding: -1 },
    { version: 4 },
    { payloadType: 128 },
    { sequence: 0x1_0000 },
    { timestamp: 2 ** 32 },
    { ssrc: -1 },
    { timestamp: 0.5 },
    { extension: { profile: 0x1_0000, data: hex`` } },
    { extension: { profile: 0, data: hex`000000` } },
  ];
  for (const change of refused) {
    assertThrows(() => formatRtpPacket({ ...packet, ...change }), RangeError);
  }
});

Deno.test("a packet of 65,535 bytes is the largest, both ways", () => {
  const most = MAX_RTP_PACKET_LENGTH - RTP_HEADER_LENGTH;
  const largest = formatRtpPacket({ ...ROWS[0]!.value, payload: new Uint8Array(most) });
  assertEquals(parseRtpPacket(largest).payload.length, most);
  const larger = new Uint8Array(largest.length + 1);
  larger.set(largest);
  assertThrows(() => parseRtpPacket(larger), MalformedError, "at most 65535");
  const payload = new Uint8Array(most + 1);
  assertThrows(() => formatRtpPacket({ ...ROWS[0]!.value, payload }), RangeError);
});

Deno.test("a header is written in place and touches only its 12 bytes", () => {
  const target = new Uint8Array(RTP_HEADER_LENGTH + 4).fill(0x55);
  writeRtpHeader(target, 2, ROWS[0]!.value);
  assertEquals(target, hex`5555 80 9a fffe 00015f90 deadbeef 5555`);
});

Deno.test("a header that does not fit its target is refused", () => {
  const target = new Uint8Array(RTP_HEADER_LENGTH);
  writeRtpHeader(target, 0, ROWS[0]!.value);
  for (const at of [1, -1]) {
    assertThrows(() => writeRtpHeader(target, at, ROWS[0]!.value), RangeError, "No room");
  }
});

Deno.test("any packet survives the way to bytes and back", () => {
  const u32 = fc.integer({ min: 0, max: 0xffffffff });
  const extension = fc.record({
    profile: fc.integer({ min: 0, max: 0xffff }),
    data: fc.uint8Array({ maxLength: 40 }).map((data) => data.slice(0, data.length & ~3)),
  });
  const packets: fc.Arbitrary<RtpPacket> = fc.record({
    version: fc.constant(2),
    padding: fc.integer({ min: 0, max: MAX_PADDING_LENGTH }),
    marker: fc.boolean(),
    payloadType: fc.integer({ min: 0, max: 127 }),
    sequence: fc.integer({ min: 0, max: 0xffff }),
    timestamp: u32,
    ssrc: u32,
    csrcs: fc.array(u32, { maxLength: MAX_CSRC_COUNT }),
    extension,
    payload: fc.uint8Array({ maxLength: 60 }),
  }, {
    requiredKeys: [
      "version",
      "padding",
      "marker",
      "payloadType",
      "sequence",
      "timestamp",
      "ssrc",
      "csrcs",
      "payload",
    ],
  });
  fc.assert(fc.property(packets, (packet) => {
    assertEquals(parseRtpPacket(formatRtpPacket(packet)), packet);
  }));
});

Deno.test("random bytes are a packet that can be written back, or malformed", () => {
  const datagrams = fc.tuple(fc.uint8Array({ maxLength: 90 }), fc.boolean()).map(([b, fix]) => {
    if (fix && b.length > 0) b[0] = 0x80 | (b[0]! & 0x3f);
    return b;
  });
  fc.assert(fc.property(datagrams, (bytes) => {
    const input = bytes.slice();
    let packet: RtpPacket;
    try {
      packet = parseRtpPacket(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      if (error.position > input.length) fail(`Position ${error.position} is past the end`);
      return;
    } finally {
      assertEquals(bytes, input, "the input is untouched");
    }
    const written = formatRtpPacket(packet);
    assertEquals(written.length, input.length);
    assertEquals(parseRtpPacket(written), packet);
  }));
});
