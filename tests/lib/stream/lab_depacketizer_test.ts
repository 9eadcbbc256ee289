import { parseRtpPacket, type RtpPacket } from "../../../lib/rtp/packet.ts";
import { LAB_FRAME_LIMIT, LabDepacketizer } from "../../../lib/stream/lab_depacketizer.ts";
import { LabPacketizer } from "../../../lib/stream/lab_payload.ts";
import type { ReceivedFrame } from "../../../lib/stream/received_frame.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { join, tinyJpeg } from "../media/frames.ts";

const BASE = parseRtpPacket(hex`
  80 1a 00 01   # V=2, PT 26, sequence 1
  00 00 00 07   # timestamp, in seconds
  00 00 00 00   # SSRC
`);

function packet(sequence: number, payload: Uint8Array, marker = false): RtpPacket {
  return { ...BASE, sequence, payload, marker };
}

/** Everything that comes of `packets`, pushed 10 ms apart, and of the end after them. */
function frames(packets: RtpPacket[]): ReceivedFrame[] {
  const out: ReceivedFrame[] = [];
  const depacketizer = new LabDepacketizer((frame) => out.push(frame));
  packets.forEach((packet, i) => depacketizer.push(packet, 100 + 10 * i));
  depacketizer.flush(999);
  return out;
}

/** `jpeg` in pieces of `size` bytes. */
function pieces(jpeg: Uint8Array, size: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < jpeg.length; at += size) out.push(jpeg.subarray(at, at + size));
  return out;
}

const JPEG = tinyJpeg(1, 200);

Deno.test("a datagram that holds a whole JPEG file is a frame, whatever its marker", () => {
  for (const marker of [false, true]) {
    const [frame, ...rest] = frames([packet(5, JPEG, marker)]);
    assertEquals(rest, []);
    assertEquals(frame, {
      jpeg: JPEG,
      damage: undefined,
      timestamp: 7,
      firstSequence: 5,
      lastSequence: 5,
      arrivedAt: 100,
      bytes: 200,
    });
    assert(frame?.jpeg === JPEG, "and no copy of it");
  }
});

Deno.test("zeros behind the end of the JPEG belong to it", () => {
  const padded = join(JPEG, new Uint8Array(3));
  assertEquals(frames([packet(1, padded), packet(2, JPEG)]).map(({ jpeg }) => jpeg), [
    padded,
    JPEG,
  ]);
});

/** How the exercises with larger pictures number their pieces. */
const NUMBERINGS: { name: string; sequence: (piece: number) => number }[] = [
  { name: "packet by packet", sequence: (piece) => 10 + piece },
  { name: "frame by frame", sequence: () => 10 },
  { name: "packet by packet over the wrap", sequence: (piece) => (65534 + piece) & 0xffff },
];

for (const { name, sequence } of NUMBERINGS) {
  Deno.test(`a JPEG file in pieces, numbered ${name}, is put together`, () => {
    for (const size of [199, 100, 64, 7]) {
      const parts = pieces(JPEG, size);
      const packets = parts.map((part, i) => packet(sequence(i), part, i === parts.length - 1));
      const [frame, ...rest] = frames(packets);
      assertEquals(rest, []);
      assertEquals(frame?.jpeg, JPEG);
      assertEquals([frame?.firstSequence, frame?.lastSequence], [
        sequence(0),
        sequence(parts.length - 1),
      ]);
      assertEquals(frame?.arrivedAt, 100 + 10 * (parts.length - 1));
    }
  });
}

/** What is no whole frame, and what is said about it. */
const DAMAGED: { name: string; packets: RtpPacket[]; damage: RegExp; wholeAfter?: boolean }[] = [
  {
    name: "a piece in the middle lost",
    packets: pieces(JPEG, 50).map((part, i) => packet(i + 1, part, i === 3)).toSpliced(1, 1),
    damage: /^A packet within it was lost$/,
  },
  {
    name: "the last piece lost",
    packets: [packet(1, JPEG.subarray(0, 100)), packet(3, JPEG)],
    damage: /^The packet with its end did not come$/,
    wholeAfter: true,
  },
  {
    name: "the first piece lost",
    packets: [packet(2, JPEG.subarray(100), true)],
    damage: /^The payload is no JPEG: it does not start with FF D8$/,
  },
  {
    name: "cut by a sender's buffer",
    packets: [packet(1, JPEG.subarray(0, 150), true)],
    damage: /^It was cut: no FF D9 at its end$/,
  },
  {
    name: "pieces whose last does not end the file",
    packets: [packet(1, JPEG.subarray(0, 100)), packet(2, JPEG.subarray(100, 190), true)],
    damage: /^It does not end with FF D9$/,
  },
  {
    name: "no JPEG at all",
    packets: [packet(1, hex`45 4f 53`, true)],
    damage: /^The payload is no JPEG/,
  },
  { name: "nothing in it", packets: [packet(1, new Uint8Array(0))], damage: /^The payload is no/ },
];

for (const { name, packets, damage, wholeAfter = false } of DAMAGED) {
  Deno.test(`a frame that is not whole says why: ${name}`, () => {
    const [frame, ...rest] = frames(packets);
    assertEquals(frame?.jpeg, undefined);
    assertMatch(frame!.damage!, damage);
    assertEquals(rest.map(({ jpeg }) => jpeg), wholeAfter ? [JPEG] : []);
  });
}

Deno.test("a frame in pieces may have as many bytes as the limit, and not one more", () => {
  for (const [excess, whole] of [[0, true], [1, false]] as const) {
    const first = new Uint8Array(LAB_FRAME_LIMIT - 2 + excess);
    first.set([0xff, 0xd8]);
    const [frame, ...rest] = frames([
      packet(1, first),
      packet(2, hex`ff d9`, true),
      packet(3, JPEG),
    ]);
    assertEquals(frame?.jpeg !== undefined, whole);
    assertEquals(frame?.damage, whole ? undefined : "It is over 16777216 bytes long");
    assertEquals([frame?.arrivedAt, rest.map(({ jpeg }) => jpeg)], [110, [JPEG]]);
  }
});

Deno.test("what the packetizer makes is understood, with the frame number for a sequence", () => {
  const packetizer = new LabPacketizer();
  for (const number of [1, 2, 65535, 65536, 65537]) {
    const packet = parseRtpPacket(packetizer.packetize(JPEG, number, 20, false));
    assertEquals([packet.sequence, packet.marker, packet.payloadType], [
      number & 0xffff,
      true,
      26,
    ]);
    assertEquals(packet.timestamp, (number - 1) * 4500 >>> 0);
    assertEquals(frames([packet]).map(({ jpeg }) => jpeg), [JPEG]);
  }
});

Deno.test("one datagram serves all viewers of a frame, and a loop's later passes have their own", () => {
  const packetizer = new LabPacketizer();
  const shared = packetizer.packetize(JPEG, 3, 20, true);
  assert(packetizer.packetize(JPEG, 3, 20, true) === shared);
  const later = parseRtpPacket(packetizer.packetize(JPEG, 13, 20, false));
  assertEquals([later.sequence, parseRtpPacket(shared).sequence], [13, 3]);
});

Deno.test("a picture that is several frames is sent with the number of each", () => {
  const packetizer = new LabPacketizer();
  const first = packetizer.packetize(JPEG, 3, 20, true);
  for (const number of [4, 5, 65539]) {
    const datagram = packetizer.packetize(JPEG, number, 20, true);
    const { sequence, timestamp } = parseRtpPacket(datagram);
    assertEquals([sequence, timestamp], [number & 0xffff, (number - 1) * 4500 >>> 0]);
    assert(packetizer.packetize(JPEG, number, 20, true) === datagram, "shared all the same");
  }
  assertEquals(parseRtpPacket(first).sequence, 3, "what was handed out stays as it is");
});

Deno.test("a datagram of the lab is RTP and the file, byte for byte", () => {
  const jpeg = hex`ff d8 01 ff d9`;
  assertEquals(
    new LabPacketizer().packetize(jpeg, 258, 25, false),
    hex`
      80 9a 01 02      # V=2, marker, PT 26, sequence 258
      00 0e 1e 10      # 257 frames of 3,600 ticks, 925,200 in all
      00 00 00 00      # SSRC
      ff d8 01 ff d9   # the JPEG file
    `,
  );
});
