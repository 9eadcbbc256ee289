import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { type PacketizedFrame, packetizeJpeg } from "../../../lib/jpeg/packetize.ts";
import { writeFrameHeaders } from "../../../lib/net/frame_headers.ts";
import { parseRtpPacket } from "../../../lib/rtp/packet.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { testJpeg } from "../jpeg/pictures.ts";

const JPEG = testJpeg(160, 120);
const HEADER = { payloadType: 26, sequence: 65_534, timestamp: 0xffff_fffe, ssrc: 0x8000_0001 };

function frame(gap: number): PacketizedFrame {
  return packetizeJpeg(JPEG, inspectJpeg(JPEG), { maxPayload: 300, gap });
}

Deno.test("all packets of a frame get their headers, over the end of the sequence, the last its marker", () => {
  for (const gap of [0, 4]) {
    const made = frame(gap);
    const { buffer, offsets, lengths, packetCount } = made;
    assert(packetCount > 3);
    const target = buffer.slice();
    writeFrameHeaders(target, made, HEADER);
    for (let i = 0; i < packetCount; i++) {
      const { marker, payloadType, sequence, timestamp, ssrc, payload } = parseRtpPacket(
        target.subarray(offsets[i], offsets[i]! + lengths[i]!),
      );
      assertEquals({ payloadType, sequence, timestamp, ssrc }, {
        ...HEADER,
        sequence: (HEADER.sequence + i) % 65_536,
      });
      assertEquals(marker, i === packetCount - 1);
      assertEquals(payload, buffer.slice(offsets[i]! + 12, offsets[i]! + lengths[i]!));
    }
  }
});

Deno.test("a target that is too short by a byte of the last header is refused, and left as it was", () => {
  const made = frame(0);
  const enough = made.offsets.at(-1)! + 12;
  writeFrameHeaders(new Uint8Array(enough), made, HEADER);
  const short = new Uint8Array(enough - 1);
  assertThrows(() => writeFrameHeaders(short, made, HEADER), RangeError, `up to byte ${enough}`);
  assertEquals(short, new Uint8Array(enough - 1));
});
