import fc from "fast-check";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import {
  CarriageError,
  type PacketizedFrame,
  packetizeJpeg,
  RTP_HEADROOM,
  SMALLEST_PAYLOAD,
} from "../../../lib/jpeg/packetize.ts";
import { parseJpegPayload } from "../../../lib/jpeg/rtp_payload.ts";
import { toHex } from "../../../lib/bytes/hex.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { concat, splice, testJpeg } from "./pictures.ts";

const MAX = { maxPayload: 1388 };

/** The payloads of a frame, and a check that its packets lie one behind the other, gaps between. */
function payloads(frame: PacketizedFrame): Uint8Array[] {
  assertEquals([frame.offsets.length, frame.lengths.length], [
    frame.packetCount,
    frame.packetCount,
  ]);
  let end = 0;
  const all = Array.from(frame.offsets, (offset, i) => {
    assertEquals(offset, end + frame.gap);
    end = offset + frame.lengths[i]!;
    return frame.buffer.subarray(offset + RTP_HEADROOM, end);
  });
  assertEquals(end, frame.buffer.length);
  assertEquals(frame.payloadBytes, all.reduce((sum, payload) => sum + payload.length, 0));
  return all;
}

function scanOf(jpeg: Uint8Array): Uint8Array {
  return jpeg.slice(inspectJpeg(jpeg).scanStart);
}

Deno.test("the first packet of a 4:2:0 frame has the headers of RFC 2435 and both tables", () => {
  const jpeg = testJpeg(50, 40, { quality: 50 });
  const frame = packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload: 300 });
  const [first] = payloads(frame);
  const head = hex`
    00        # type-specific
    00 00 00  # fragment offset
    01        # type 1: 4:2:0
    ff        # Q 255: tables with every frame
    07        # 50 pixels across, rounded up to 56
    05        # 40 down
    00        # MBZ
    00        # precision: 8 bits
    00 80     # length: 128
    10 0b 0c 0e 0c 0a 10 0e  # luminance table of Q 50, zig-zag order, and so on`;
  assertEquals(toHex(first!.subarray(0, head.length)), toHex(head));
  assertEquals(toHex(first!.subarray(12 + 64, 12 + 72)), "11121218 15182f1a".replace(" ", ""));
  assertEquals(first!.slice(12 + 128), scanOf(jpeg).slice(0, 300 - 12 - 128));
});

Deno.test("later packets have the main header with their offset into the scan alone", () => {
  const jpeg = testJpeg(160, 120, { subsampling: "4:2:2" });
  const scan = scanOf(jpeg);
  const all = payloads(packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload: 300 }));
  assert(all.length > 3);
  assertEquals(toHex(all[1]!.subarray(0, 8)), "000000a0" + "00ff140f");
  assertEquals(toHex(all[2]!.subarray(0, 8)), "000001c4" + "00ff140f");
  assertEquals(concat(...all.map((p, i) => p.subarray(i === 0 ? 140 : 8))), scan);
  for (const [i, payload] of all.entries()) assert(payload.length === 300 || i === all.length - 1);
});

Deno.test("with restart markers every packet has a restart header claiming no alignment", () => {
  const jpeg = testJpeg(160, 120, { restartInterval: 10 });
  const all = payloads(packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload: 300 }));
  assert(all.length > 3);
  for (const payload of all) assertEquals(toHex(payload.subarray(8, 12)), "000affff");
  assertEquals(toHex(all[0]!.subarray(4, 16)), "41ff140f" + "000affff" + "00000080");
  assertEquals(parseJpegPayload(all[1]!).fragmentOffset, 300 - 144);
});

Deno.test("EOI is sent with the scan, also when the file has none or fill bytes before it", () => {
  const jpeg = testJpeg(64, 48);
  const whole = scanOf(jpeg);
  const end = jpeg.length - 2;
  const variants: [string, Uint8Array][] = [
    ["as it is", jpeg],
    ["no EOI", jpeg.subarray(0, end)],
    ["half of EOI", jpeg.subarray(0, end + 1)],
    ["fill bytes", splice(jpeg, [end, end], Uint8Array.of(0xff, 0xff))],
    ["a comment", splice(jpeg, [end, end], Uint8Array.of(0xff, 0xfe, 0, 3, 7))],
    ["bytes behind EOI", concat(jpeg, Uint8Array.of(1, 2, 3))],
  ];
  for (const [name, file] of variants) {
    const all = payloads(packetizeJpeg(file, inspectJpeg(file), MAX));
    const sent = concat(...all.map((p) => parseJpegPayload(p).data));
    if (name === "half of EOI") assertEquals(toHex(sent.subarray(-3)), "ffffd9");
    else assertEquals(sent, whole, name);
  }
});

Deno.test("a picture above 2040 pixels has size 0 in its headers", () => {
  const jpeg = testJpeg(2048, 8);
  const [first] = payloads(packetizeJpeg(jpeg, inspectJpeg(jpeg), MAX));
  const { width, height } = parseJpegPayload(first!);
  assertEquals([width, height], [0, 0]);
});

Deno.test("a scan is cut so that it just fits, at every size around a packet's limit", () => {
  const jpeg = testJpeg(64, 48);
  const length = scanOf(jpeg).length;
  const info = inspectJpeg(jpeg);
  const count = (maxPayload: number): number =>
    packetizeJpeg(jpeg, info, { maxPayload }).packetCount;
  assertEquals(count(140 + length), 1);
  assertEquals(count(140 + length - 1), 2);
  // 2 packets: 140 + 8 bytes of headers
  const half = Math.ceil((length + 148) / 2);
  assertEquals(count(half), 2);
  assertEquals(count(half - 1), 3);
});

Deno.test("payloads of the smallest size work, one byte less is refused", () => {
  const jpeg = testJpeg(16, 16, { restartInterval: 1 });
  const info = inspectJpeg(jpeg);
  const all = payloads(packetizeJpeg(jpeg, info, { maxPayload: SMALLEST_PAYLOAD }));
  assertEquals(parseJpegPayload(all[0]!).data.length, 1);
  for (const maxPayload of [SMALLEST_PAYLOAD - 1, 0, -5, NaN]) {
    assertThrows(() => packetizeJpeg(jpeg, info, { maxPayload }), RangeError, `not ${maxPayload}`);
  }
});

Deno.test("a picture that cannot be carried is refused with what is in the way", () => {
  const jpeg = testJpeg(16, 16);
  const info = { ...inspectJpeg(jpeg), precision: 12 };
  const error = assertThrows(
    () => packetizeJpeg(jpeg, info, MAX),
    CarriageError,
    "RFC 2435 cannot carry this JPEG: 12 bits a sample",
  );
  assertEquals(error.reason.code, "precision");
});

Deno.test("at any packet size and gap the payloads hold the scan in order and the file is untouched", () => {
  const jpeg = testJpeg(64, 48, { restartInterval: 2 });
  const before = jpeg.slice();
  const scan = scanOf(jpeg);
  const sizes = fc.integer({ min: SMALLEST_PAYLOAD, max: 3000 });
  fc.assert(fc.property(sizes, fc.nat({ max: 9 }), (maxPayload, gap) => {
    let end = 0;
    for (const payload of payloads(packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload, gap }))) {
      assert(payload.length <= maxPayload);
      const { fragmentOffset, data } = parseJpegPayload(payload);
      assertEquals(fragmentOffset, end);
      end += data.length;
      assertEquals(toHex(data), toHex(scan.subarray(fragmentOffset, end)));
    }
    assertEquals(end, scan.length);
  }));
  assertEquals(jpeg, before);
});
