import { RecentPackets } from "../../../lib/inspect/recent_packets.ts";
import type { RtpPacket } from "../../../lib/rtp/packet.ts";
import { assertEquals } from "../../support/assert.ts";
import { labPacket } from "./observations.ts";

const packet = (parts: Partial<RtpPacket> = {}): RtpPacket => labPacket(1, parts).packet;
const OTHER = packet({ payload: new Uint8Array([1, 2, 3]) });

Deno.test("a packet is told from another of its number by its payload, then its timestamp", () => {
  const recent = new RecentPackets();
  recent.add(7, packet());
  assertEquals(recent.difference(7, packet()), undefined);
  assertEquals(recent.difference(7, OTHER), "payload");
  assertEquals(recent.difference(7, packet({ timestamp: 0xffffffff })), "timestamp");
});

Deno.test("128 packets are remembered, and the one before them is not", () => {
  const recent = new RecentPackets();
  for (let sequence = 65_500; sequence <= 65_628; sequence++) recent.add(sequence, packet());
  assertEquals(recent.difference(65_501, OTHER), "payload");
  assertEquals(recent.difference(65_500, OTHER), undefined);
});

Deno.test("numbers that begin anew have nothing to do with those before", () => {
  const recent = new RecentPackets();
  recent.add(7, packet());
  recent.clear();
  assertEquals(recent.difference(7, OTHER), undefined);
});
