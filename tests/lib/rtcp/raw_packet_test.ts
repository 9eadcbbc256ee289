import { formatRawPacket, parseRawPacket, type RawPacket } from "../../../lib/rtcp/raw_packet.ts";
import { assert, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { packetSuite } from "./suite.ts";

const golden: Golden<RawPacket>[] = [
  {
    name: "picture loss indication of RFC 4585",
    bytes: hex`
      81 ce 00 02  # V=2, P=0, format 1, payload-specific feedback, 3 words
      00 00 00 01  # sender
      00 00 00 02  # media source
    `,
    value: { type: "unknown", packetType: 206, count: 1, body: hex`0000000100000002` },
  },
  {
    name: "nothing but a header",
    bytes: hex`9f ff 00 00`,
    value: { type: "unknown", packetType: 255, count: 31, body: hex`` },
  },
  {
    name: "padded",
    bytes: hex`a0 cf 00 02 01020304 00000004`,
    value: { type: "unknown", packetType: 207, count: 0, body: hex`01020304`, padding: 4 },
  },
];

const malformed = [{
  name: "longer than its datagram",
  bytes: hex`80cf0002 00000000`,
  position: 2,
  problem: "Announces a packet of 12 bytes, only 8 are left",
}];

packetSuite("packet of unknown type", { parse: parseRawPacket, format: formatRawPacket }, {
  golden,
  malformed,
});

Deno.test("a raw body is a view, and must be whole words", () => {
  const bytes = golden[0]!.bytes.slice();
  const packet = parseRawPacket(bytes);
  assert(packet.body.buffer === bytes.buffer);
  assertThrows(() => formatRawPacket({ ...packet, body: hex`01` }), RangeError, "multiple of 4");
});
