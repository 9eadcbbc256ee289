import { SessionInspector } from "../../../../lib/inspect/session_inspector.ts";
import { parseRtpPacket } from "../../../../lib/rtp/packet.ts";
import { describePacket, type PacketDiagram } from "../../../../lib/ui/player/packet_diagram.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { hex } from "../../../support/golden.ts";

function diagram(bytes: Uint8Array): PacketDiagram {
  const inspected = new SessionInspector().packet({
    time: 1000,
    packet: parseRtpPacket(bytes),
    size: bytes.length,
  });
  return describePacket(inspected);
}

const JPEG_PACKET = hex`
  80 9a 1234   # V=2, M=1, PT=26, sequence 4660
  00 00 11 94  # timestamp 4500
  de ad be ef  # SSRC
  00 00 1a ac  # type-specific 0, fragment offset 6828
  01 ff 30 24  # type 1, Q 255, 384 x 288
  01 02 03 04`;

Deno.test("every field of an RFC 2435 packet stands over its bits, without a gap", () => {
  const { fields } = diagram(JPEG_PACKET);
  let bit = 0;
  for (const field of fields) {
    assertEquals(field.bit, bit, field.name);
    bit += field.bits;
  }
  assertEquals(bit, 20 * 8);
  assertEquals(
    fields.map(({ name, value }) => `${name}=${value}`),
    [
      ...["V=2", "P=0", "X=0", "CC=0", "M=1", "PT=26", "sequence number=4660", "timestamp=4500"],
      ...["SSRC=0xdeadbeef", "type-specific=0", "fragment offset=6828", "type=1", "Q=255"],
      ...["width=48", "height=36"],
    ],
  );
});

Deno.test("the bytes beside the fields are those that came", () => {
  const { hex: text, size } = diagram(JPEG_PACKET);
  const bytes = text.split(" ").map((each) => parseInt(each, 16));
  assertEquals(bytes, [...JPEG_PACKET].slice(0, bytes.length));
  assertEquals(size, JPEG_PACKET.length);
});

Deno.test("a lab packet shows where the JPEG file begins", () => {
  const { fields } = diagram(hex`80 1a 0001 00000000 00000000 ffd8 ffe0 0010 4a46 ffd9`);
  assertEquals(fields.at(-1), {
    name: "SOI",
    bit: 96,
    bits: 16,
    value: "0xffd8",
    meaning: "the JPEG file begins",
  });
});

Deno.test("sources and an extension have their places, and a packet of nothing else is whole", () => {
  const { fields } = diagram(hex`91 e1 0001 00000000 00000001 00000002 bede 0001 10aa0000`);
  assertEquals(fields.slice(9).map(({ name, bit }) => [name, bit]), [
    ...[["CSRC 1", 96], ["profile", 128]],
    ...[["length", 144], ["extension", 160]],
  ]);
});

Deno.test("a whole picture in a packet is not shown whole", () => {
  const packet = new Uint8Array(60_000);
  packet.set(hex`80 1a 0001 00000000 00000000 ffd8`);
  assert(diagram(packet).hex.length < 300);
});
