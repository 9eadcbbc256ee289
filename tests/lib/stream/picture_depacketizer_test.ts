import { parseRtpPacket } from "../../../lib/rtp/packet.ts";
import { PictureDepacketizer } from "../../../lib/stream/picture_depacketizer.ts";
import type { ReceivedFrame } from "../../../lib/stream/received_frame.ts";
import { packetsOf, PICTURES, rtpPacket } from "../../support/scripted_media.ts";
import { testJpeg } from "../jpeg/pictures.ts";
import { hex } from "../../support/golden.ts";
import { assertEquals } from "../../support/assert.ts";

const NOW = 1_700_000_000_000;
const [FIRST, SECOND] = packetsOf(PICTURES.slice(0, 2)) as [Uint8Array[], Uint8Array[]];

/** What comes of packets in order, and the depacketizer itself. */
function depacketize(
  ...packets: Uint8Array[]
): { frames: ReceivedFrame[]; depacketizer: PictureDepacketizer } {
  const frames: ReceivedFrame[] = [];
  const depacketizer = new PictureDepacketizer((frame) => frames.push(frame));
  for (const packet of packets) depacketizer.push(parseRtpPacket(packet), NOW);
  return { frames, depacketizer };
}

Deno.test("packets of RFC 2435 become a JPEG file, with what is known of it", () => {
  const { frames, depacketizer } = depacketize(...FIRST);
  assertEquals(depacketizer.packing, "rfc2435");
  const [{ jpeg, ...rest } = {} as ReceivedFrame] = frames;
  assertEquals(jpeg?.subarray(0, 2), Uint8Array.of(0xff, 0xd8));
  assertEquals(rest, {
    damage: undefined,
    timestamp: 50_000,
    firstSequence: 1000,
    lastSequence: 999 + FIRST.length,
    arrivedAt: NOW,
    bytes: jpeg!.length,
  });
});

Deno.test("a whole JPEG file in a packet passes byte for byte", () => {
  const jpeg = testJpeg(16, 16);
  const { frames, depacketizer } = depacketize(rtpPacket(jpeg, {}));
  assertEquals(depacketizer.packing, "whole-jpeg");
  assertEquals(frames.map(({ jpeg }) => jpeg), [jpeg]);
});

Deno.test("a damaged picture has no file, a reason, and the bytes that came", () => {
  const came = FIRST.filter((_, i) => i !== 1);
  const { frames } = depacketize(...came, ...SECOND);
  const [damaged, whole] = frames;
  assertEquals([damaged?.jpeg, typeof damaged?.damage], [undefined, "string"]);
  const payload = came.reduce((sum, packet) => sum + packet.length - 12, 0);
  assertEquals(damaged?.bytes, payload + SECOND[0]!.length - 12);
  assertEquals(whole?.damage, undefined);
});

Deno.test("until a packet tells how pictures are packed, what comes is the rest of one", () => {
  const piece = rtpPacket(hex`7f 12 34 56 78 9a bc de f0`, {});
  const { frames, depacketizer } = depacketize(piece, piece);
  assertEquals([frames, depacketizer.packing], [[], undefined]);
  depacketizer.push(parseRtpPacket(rtpPacket(testJpeg(16, 16), {})), NOW);
  assertEquals([frames.length, depacketizer.packing], [1, "whole-jpeg"]);
});

Deno.test("a type-specific value without a meaning is no obstacle at a picture's beginning", () => {
  const [first, ...others] = FIRST.map((packet) => packet.slice());
  for (const packet of [first!, ...others]) packet[12] = 99;
  const { frames, depacketizer } = depacketize(first!, ...others);
  assertEquals([frames[0]?.damage, depacketizer.packing], [undefined, "rfc2435"]);
});

Deno.test("a JPEG file's beginning shows that what came before was the rest of one, cut up", () => {
  // The piece before it looks like a header of RFC 2435.
  const piece = rtpPacket(hex`00 12 34 56 01 ff 08 06 f0`, { marker: false });
  const jpeg = testJpeg(16, 16);
  const { frames } = depacketize(piece, rtpPacket(jpeg, { timestamp: 1 }));
  assertEquals(frames.map(({ jpeg, damage }) => [jpeg, damage]), [[jpeg, undefined]]);
});

Deno.test("what had begun before a restart is no damage, in either packing", () => {
  const { frames, depacketizer } = depacketize(...FIRST.slice(0, 2));
  depacketizer.restart();
  for (const packet of SECOND) depacketizer.push(parseRtpPacket(packet), NOW);
  assertEquals(frames.map(({ damage }) => damage), [undefined]);

  const jpeg = testJpeg(16, 16);
  const half = rtpPacket(jpeg.subarray(0, 100), { marker: false });
  const lab = depacketize(half);
  lab.depacketizer.restart();
  lab.depacketizer.push(parseRtpPacket(rtpPacket(jpeg, { sequence: 9 })), NOW);
  assertEquals(lab.frames.map(({ damage }) => damage), [undefined]);
});

Deno.test("at the end what has begun is damaged", () => {
  const { frames, depacketizer } = depacketize(...FIRST, ...SECOND.slice(0, 2));
  depacketizer.flush(NOW + 1);
  assertEquals(frames.map(({ damage }) => damage !== undefined), [false, true]);
  assertEquals(frames[1]?.arrivedAt, NOW + 1);
});

Deno.test("a picture of size 0 takes the dimensions that were described", () => {
  const large = testJpeg(2560, 16);
  const frames: ReceivedFrame[] = [];
  const dimensions = { width: 2560, height: 16 };
  const depacketizer = new PictureDepacketizer((frame) => frames.push(frame), dimensions);
  for (const packet of packetsOf([large]).flat()) depacketizer.push(parseRtpPacket(packet), NOW);
  assertEquals(frames.map(({ damage }) => damage), [undefined]);
});
