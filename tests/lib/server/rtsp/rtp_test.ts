// The sender's profile that decodes everywhere: interop facts, section 3.4.
import { inspectJpeg } from "../../../../lib/jpeg/inspect.ts";
import { parseJpegPayload } from "../../../../lib/jpeg/rtp_payload.ts";
import type { RtpPacket } from "../../../../lib/rtp/packet.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { clipFrames, type ClipOptions } from "../../../support/clips.ts";
import { framesOf, numbersOf, scanOf, stepsOf } from "../../../support/rtp_frames.ts";
import {
  FRAME_TICKS,
  MOVIE,
  pass,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";
import { labFile } from "../../media/frames.ts";

const CLIPS: { name: string; clip: ClipOptions; type: number; width: number; height: number }[] = [
  { name: "4:2:0", clip: { frames: 3, width: 128, height: 96 }, type: 1, width: 128, height: 96 },
  {
    name: "4:2:2",
    clip: { frames: 3, subsampling: "4:2:2", width: 128, height: 96 },
    type: 0,
    width: 128,
    height: 96,
  },
  {
    name: "restart markers",
    clip: { frames: 3, restartInterval: 2, width: 128, height: 96 },
    type: 65,
    width: 128,
    height: 96,
  },
  {
    name: "4:2:2 with restart markers",
    clip: { frames: 3, subsampling: "4:2:2", restartInterval: 1 },
    type: 64,
    width: 64,
    height: 48,
  },
  {
    name: "sides not a multiple of 8",
    clip: { frames: 2, width: 322, height: 242 },
    type: 1,
    width: 328,
    height: 248,
  },
  {
    name: "the tiniest picture",
    clip: { frames: 2, width: 1, height: 1 },
    type: 1,
    width: 8,
    height: 8,
  },
  {
    name: "the longest side that fits",
    clip: { frames: 2, width: 2040, height: 8 },
    type: 1,
    width: 2040,
    height: 8,
  },
  {
    name: "a side above 2,040: zero in the header, told in the SDP",
    clip: { frames: 2, width: 2048, height: 8 },
    type: 1,
    width: 0,
    height: 0,
  },
];

/** Plays a clip to its end over TCP and gives its packets. */
async function playClip(test: TestServer, count: number): Promise<RtpPacket[]> {
  const peer = await test.connect();
  const url = test.url("clip.mjpeg");
  const { header } = await test.setUp(peer, undefined, { url });
  assertEquals((await peer.request("PLAY", url, { headers: [header] })).status, 200);
  await test.until("session-playing");
  await pass(test.clock, 50 * count);
  return await peer.frames(count);
}

for (const { name, clip, type, width, height } of CLIPS) {
  Deno.test(`the profile on the wire: ${name}`, () => {
    const source = clipFrames(clip);
    const files = { "clip.mjpeg": labFile(source) };
    return withServer({ files }, async (test) => {
      const packets = await playClip(test, source.length);
      const { quantizationTables } = inspectJpeg(source[0]!);
      for (const [i, packet] of packets.entries()) {
        assertEquals([packet.version, packet.padding, packet.csrcs.length], [2, 0, 0]);
        assertEquals([packet.payloadType, packet.extension], [26, undefined]);
        assert(packet.payload.length <= 1400, `packet ${i} has ${packet.payload.length} bytes`);
        const jpeg = parseJpegPayload(packet.payload);
        assertEquals([jpeg.type, jpeg.q, jpeg.typeSpecific], [type, 255, 0], `packet ${i}`);
        assertEquals([jpeg.width, jpeg.height], [width, height]);
        const restart = type >= 64
          ? { interval: clip.restartInterval!, first: true, last: true, count: 0x3fff }
          : undefined;
        assertEquals(jpeg.restart, restart, `restart header of packet ${i}`);
        if (jpeg.fragmentOffset > 0) continue;
        // MBZ, precision, length 128, then the two tables that Y and Cb name.
        const at = type >= 64 ? 12 : 8;
        assertEquals([...packet.payload.subarray(at, at + 4)], [0, 0, 0, 128]);
        const tables = packet.payload.subarray(at + 4, at + 132);
        assertEquals(tables.subarray(0, 64), quantizationTables[0]!.entries.slice());
        assertEquals(tables.subarray(64), quantizationTables[1]!.entries.slice());
      }
      let offset = 0;
      for (const packet of packets) {
        const { fragmentOffset, data } = parseJpegPayload(packet.payload);
        assertEquals(fragmentOffset, offset, "the offset counts bytes of the scan");
        offset += data.length;
        if (!packet.marker) continue;
        assertEquals([...data.subarray(-2)], [0xff, 0xd9], "EOI is sent");
        offset = 0;
      }
      if (width === 0) return;
      const frames = framesOf(packets);
      assertEquals(numbersOf(frames, source), source.map((_, i) => i));
      assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
      for (const { jpeg } of frames) {
        const info = inspectJpeg(jpeg);
        assertEquals([info.width, info.height], [width, height]);
      }
    });
  });
}

Deno.test("a picture above 2,040 pixels has its size in the SDP", () => {
  const files = { "clip.mjpeg": labFile(clipFrames({ frames: 1, width: 2048, height: 8 })) };
  return withServer({ files }, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", test.url("clip.mjpeg"));
    const sdp = new TextDecoder().decode(body);
    assert(sdp.includes("\r\na=x-dimensions:2048,8\r\n"), sdp);
  });
});

Deno.test("the same over UDP: each packet a datagram, in order, from one port", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, 500);
    const packets = await receiver.frames(11);
    assertEquals(packets.every(({ payload }) => payload.length <= 1400), true);
    const frames = framesOf(packets);
    assertEquals(numbersOf(frames, MOVIE), frames.map((_, i) => i));
    assertEquals(receiver.sources.size, 1);
    for (const [i, { jpeg }] of frames.entries()) {
      assertEquals(scanOf(jpeg), scanOf(MOVIE[i]!));
    }
  }));

Deno.test("payloads are as small as asked", () =>
  withServer({ maxPayload: 500 }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await test.clock.advance(0);
    const packets = await peer.frames(1);
    assertEquals(
      packets.map(({ payload }) => payload.length).slice(0, -1),
      packets.slice(1).map(() => 500),
    );
    assertEquals(numbersOf(framesOf(packets), MOVIE), [0]);
  }));

Deno.test("sequence numbers and timestamps wrap", () => {
  // All random numbers are as high as they get.
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);
  return withServer({ randomBytes }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers } = await test.play(peer, session);
    assert(headers.get("RTP-Info")!.endsWith(";seq=65535;rtptime=4294967295"));
    await pass(test.clock, 100);
    const packets = await peer.frames(3);
    assertEquals(packets.slice(0, 3).map(({ sequence }) => sequence), [65535, 0, 1]);
    const frames = framesOf(packets);
    assertEquals(frames.map(({ timestamp }) => timestamp), [4294967295, 4499, 8999]);
  });
});

Deno.test("a frame rate that divides no whole tick loses nothing over time", () =>
  withServer({ fps: 29.97 }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    for (let i = 0; i < 60; i++) await test.clock.advance(1000 / 29.97);
    const frames = framesOf(await peer.frames(60));
    const last = frames.at(-1)!.timestamp - frames[0]!.timestamp >>> 0;
    assertEquals(last, Math.round(59 * 90_000 / 29.97));
  }));
