import fc from "fast-check";
import { fromHex } from "../../../lib/bytes/hex.ts";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  DamagedCompoundError,
  formatCompound,
  MAX_COMPOUND_LENGTH,
  parseCompound,
} from "../../../lib/rtcp/compound.ts";
import type { RtcpPacket } from "../../../lib/rtcp/packet.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";
import { rtcpPacket } from "./arbitraries.ts";
import { checkAnyBytes, mutations } from "./suite.ts";

const ROWS: (Golden<RtcpPacket[]> & { ends: number[] })[] = [
  {
    name: "a sender's last words: SR, SDES, BYE",
    bytes: hex`
      80 c8 00 06  # SR, 7 words
      00 00 00 01  # SSRC
      83 aa 7e 80  # NTP seconds: 1970
      80 00 00 00  # NTP fraction: half a second
      00 00 00 0a  # RTP timestamp
      00 00 00 02  # packets
      00 00 00 30  # octets
      81 ca 00 03  # SDES, 4 words
      00 00 00 01  # SSRC
      01 03 61 40 62 00 00 00  # CNAME "a@b"
      81 cb 00 01  # BYE, 2 words
      00 00 00 01  # SSRC
    `,
    value: [
      {
        type: "SR",
        ssrc: 1,
        ntpTimestamp: { seconds: 2_208_988_800, fraction: 0x80000000 },
        rtpTimestamp: 10,
        packetCount: 2,
        octetCount: 48,
        reports: [],
      },
      { type: "SDES", chunks: [{ source: 1, items: [{ type: "CNAME", text: "a@b" }] }] },
      { type: "BYE", sources: [1] },
    ],
    ends: [28, 44, 52],
  },
  {
    name: "reduced-size RTCP: one feedback packet",
    bytes: hex`81 ce 00 02 00000001 00000002`,
    value: [{ type: "unknown", packetType: 206, count: 1, body: hex`0000000100000002` }],
    ends: [12],
  },
];

for (const { name, bytes, value, ends } of ROWS) {
  Deno.test(`compound packet is parsed and formatted: ${name}`, () => {
    const input = bytes.slice();
    assertEquals(parseCompound(input), value);
    assertEquals(input, bytes, "the input is untouched");
    assertEquals(formatCompound(value), bytes);
  });

  Deno.test(`compound packet cut anywhere still gives the packets before the cut: ${name}`, () => {
    everyPrefix(bytes, (prefix, length) => {
      const whole = ends.filter((end) => end <= length).length;
      if (ends.includes(length)) {
        assertEquals(parseCompound(prefix), value.slice(0, whole));
      } else {
        const error = assertThrows(() => parseCompound(prefix), DamagedCompoundError);
        assertEquals(error.packets, value.slice(0, whole), `cut at ${length}`);
      }
    });
  });
}

Deno.test("damage is placed by its position in the whole, after the good packets", () => {
  const good = "80c90001 00000009";
  const rows: [tail: string, position: number, element: string][] = [
    ["40c90001 00000009", 8, "RTCP header"],
    ["80c90002 00000009", 10, "RTCP header"],
    ["81ca0002 00000001 01036162", 18, "RTCP source description"],
    ["a0cd0001 00000003", 15, "RTCP padding"],
    ["80", 8, "RTCP header"],
  ];
  for (const [tail, position, element] of rows) {
    const bytes = fromHex(good + tail);
    const error = assertThrows(() => parseCompound(bytes), DamagedCompoundError);
    assertEquals([error.position, error.element], [position, element]);
    assertEquals(error.packets, [{ type: "RR", ssrc: 9, reports: [] }]);
    assert(error instanceof MalformedError);
    assertStringIncludes(error.message, `(at byte ${position})`);
  }
});

Deno.test("what is not RTCP at all is malformed at its start, without packets", () => {
  const rows: [name: string, bytes: Uint8Array, problem: string][] = [
    ["no bytes", hex``, "Is empty"],
    ["live555's hole punch", hex`cefaedfe`, "Version is 3"],
    ["zeros", hex`00000000 00000000`, "Version is 0"],
  ];
  for (const [name, bytes, problem] of rows) {
    const error = assertThrows(() => parseCompound(bytes), DamagedCompoundError, problem);
    assertEquals([error.position, error.packets.length], [0, 0], name);
  }
});

Deno.test("a compound packet is at most 65,535 bytes, in whole words 65,532", () => {
  // Two packets, since the header's length field alone would allow one of four times that.
  const body = new Uint8Array(MAX_COMPOUND_LENGTH - 3 - 8);
  const raw = { type: "unknown", packetType: 205, count: 0 } as const;
  const largest = formatCompound([{ ...raw, body }, { ...raw, body: hex`` }]);
  assertEquals(largest.length, 65_532);
  assertEquals(parseCompound(largest).length, 2);
  const over = [{ ...raw, body }, { ...raw, body: hex`00000000` }];
  assertThrows(() => formatCompound(over), RangeError, "at most 65535");
  const bytes = new Uint8Array(MAX_COMPOUND_LENGTH + 1);
  bytes.set(largest);
  assertThrows(() => parseCompound(bytes), DamagedCompoundError, "at most 65535");
});

Deno.test("no packets at all cannot be written", () => {
  assertThrows(() => formatCompound([]), RangeError, "no packets");
});

Deno.test("any packets survive the way to bytes and back", () => {
  const packets = fc.array(rtcpPacket, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(packets, (list) => {
    assertEquals(parseCompound(formatCompound(list)), list);
  }));
});

Deno.test("compound bytes changed anywhere are packets or malformed", () => {
  const codec = { parse: parseCompound, format: formatCompound };
  fc.assert(fc.property(mutations(ROWS.map(({ bytes }) => bytes)), (bytes) => {
    checkAnyBytes(bytes, codec);
  }));
});

Deno.test("random bytes, like rtspsrc's hole punch, are packets or malformed", () => {
  const codec = { parse: parseCompound, format: formatCompound };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    checkAnyBytes(bytes, codec);
  }));
});
