import fc from "fast-check";
import { formatRtcpPacket, parseRtcpPacket } from "../../../lib/rtcp/packet.ts";
import { assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { rtcpPacket } from "./arbitraries.ts";
import { checkAnyBytes } from "./suite.ts";

Deno.test("the packet type chooses the parser", () => {
  const zeros = hex`00000000 00000000 00000000 00000000 00000000 00000000`;
  const rows: [packetType: number, type: string][] = [
    [199, "unknown"],
    [200, "SR"],
    [201, "RR"],
    [202, "SDES"],
    [203, "BYE"],
    [204, "APP"],
    [205, "unknown"],
  ];
  for (const [packetType, type] of rows) {
    const words = packetType === 202 || packetType === 203 ? 0 : zeros.length / 4;
    const bytes = Uint8Array.of(0x80, packetType, 0, words, ...zeros.subarray(0, words * 4));
    const packet = parseRtcpPacket(bytes);
    assertEquals(packet.type as string, type);
    assertEquals(formatRtcpPacket(packet), bytes);
  }
});

Deno.test("any packet survives the way to bytes and back", () => {
  fc.assert(fc.property(rtcpPacket, (packet) => {
    const bytes = formatRtcpPacket(packet);
    assertEquals(bytes.length % 4, 0);
    assertEquals(parseRtcpPacket(bytes), packet);
  }));
});

Deno.test("random bytes behind a sound header are a packet or malformed", () => {
  const packets = fc.tuple(
    fc.integer({ min: 0, max: 63 }),
    fc.integer({ min: 200, max: 205 }),
    fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { maxLength: 20 }),
  ).map(([low, packetType, words]) => {
    const body = words.flatMap((word) => [...word]);
    return Uint8Array.of(0x80 | low, packetType, 0, words.length, ...body);
  });
  // Replacement characters take 3 bytes, so a BYE reason of up to 84 odd bytes can be written back.
  fc.assert(fc.property(packets, (bytes) => {
    checkAnyBytes(bytes, { parse: parseRtcpPacket, format: formatRtcpPacket });
  }));
});
