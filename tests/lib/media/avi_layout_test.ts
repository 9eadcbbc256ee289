import {
  formatFrameHeaders,
  formatHeader,
  formatIndex,
  formatNextRiff,
  formatOlderIndex,
  HEADER_BYTES,
  MOVI_AT,
} from "../../../lib/media/avi_layout.ts";
import { RiffFrames } from "../../../lib/media/riff_frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

const HEADER = formatHeader({
  ...{ width: 384, height: 288, rate: { rate: 30_000, scale: 1001 } },
  ...{ firstFrames: 3, frames: 5, longest: 0x2222, indexed: true },
  ...{ riffBytes: 0x0019_9498, moviBytes: 0x0019_4570 },
  indexes: [
    { position: 0x0019_80c8, bytes: 0x38, frames: 3 },
    { position: 0x1_0000_0010, bytes: 0x30, frames: 2 },
  ],
});

/** Parts of the header, by where they begin. */
const PARTS: { name: string; at: number; bytes: Uint8Array }[] = [
  {
    name: "RIFF and main header",
    at: 0,
    bytes: hex`
      52494646 98941900 41564920            # RIFF, bytes, "AVI "
      4c495354 ec410000 6864726c            # LIST, bytes, hdrl
      61766968 38000000                     # avih, 56 bytes
      57820000                              # microseconds a frame: 33,367
      f7fe0300                              # bytes a second at most: 261,879
      00000000 10090000                     # padding; index, interleaved, chunk types right
      03000000 00000000 01000000            # frames in this RIFF, initial frames, streams
      22220000 80010000 20010000            # longest chunk, 384, 288
      00000000 00000000 00000000 00000000`,
  },
  {
    name: "header and format of the stream",
    at: 88,
    bytes: hex`
      4c495354 94400000 7374726c            # LIST, bytes, strl
      73747268 38000000 76696473 4d4a5047   # strh, 56 bytes, vids, MJPG
      00000000 00000000 00000000            # flags, priority, language, initial frames
      e9030000 30750000                     # scale 1001, rate 30,000
      00000000 05000000                     # start, frames in all
      22220000 ffffffff 00000000            # longest chunk, quality, sample size
      00000000 80012001                     # rectangle: 0, 0, 384, 288
      73747266 28000000 28000000            # strf, 40 bytes: BITMAPINFOHEADER
      80010000 20010000 01001800            # 384, 288, one plane, 24 bits
      4d4a5047 00100500                     # MJPG, bytes of pixels
      00000000 00000000 00000000 00000000`,
  },
  {
    name: "index of the indexes",
    at: 212,
    bytes: hex`
      696e6478 18400000                     # indx, bytes
      0400 00 00 02000000                   # longs an entry, of indexes, 2 entries
      30306463 00000000 00000000 00000000   # 00dc
      c8801900 00000000 38000000 03000000   # where, bytes, frames
      10000000 01000000 30000000 02000000   # above 4 GiB
      00000000 00000000 00000000 00000000`,
  },
  {
    name: "extended header",
    at: 16_628,
    bytes: hex`
      4c495354 04010000 6f646d6c            # LIST, bytes, odml
      646d6c68 f8000000 05000000 00000000   # dmlh, 248 bytes, frames in all`,
  },
  {
    name: "list of the frames",
    at: MOVI_AT,
    bytes: hex`4c495354 70451900 6d6f7669     # LIST, bytes, movi`,
  },
];

for (const { name, at, bytes } of PARTS) {
  Deno.test(`AVI header: ${name}`, () => {
    assertEquals(HEADER.subarray(at, at + bytes.length), bytes);
  });
}

Deno.test("AVI header: between the parts there are zeros", () => {
  assertEquals(HEADER.length, HEADER_BYTES);
  assertEquals(HEADER.subarray(284, 16_628).findIndex((byte) => byte !== 0), -1);
  assertEquals(HEADER.subarray(16_656, MOVI_AT).findIndex((byte) => byte !== 0), -1);
});

Deno.test("a further RIFF begins with its list of frames", () => {
  assertEquals(
    formatNextRiff(0x20, 0x14),
    hex`
      52494646 20000000 41564958            # RIFF, bytes, AVIX
      4c495354 14000000 6d6f7669            # LIST, bytes, movi
    `,
  );
});

Deno.test("frames that repeat the one before are chunks without bytes", () => {
  assertEquals(
    formatFrameHeaders(2, 0x1234),
    hex`
      30306463 00000000                     # 00dc, nothing
      30306463 00000000
      30306463 34120000                     # 00dc, bytes
    `,
  );
});

Deno.test("the indexes of a RIFF say where its frames are", () => {
  const frames = new RiffFrames(0);
  frames.push(MOVI_AT + 20, 7);
  frames.push(MOVI_AT + 36, 0);
  assertEquals(
    formatIndex(frames),
    hex`
      69783030 28000000                     # ix00, bytes
      0200 00 01 02000000                   # longs an entry, of chunks, 2 entries
      30306463 00000000 00000000 00000000   # 00dc, base offset 0
      14420000 07000000                     # where its bytes are, how many
      24420000 00000080                     # none: no key frame
    `,
  );
  assertEquals(
    formatOlderIndex(frames),
    hex`
      69647831 20000000                     # idx1, bytes
      30306463 10000000 04000000 07000000   # 00dc, key frame, header from "movi", bytes
      30306463 00000000 14000000 00000000   # a repetition
    `,
  );
});

Deno.test("positions in a RIFF beyond 4 GiB count from its beginning", () => {
  const frames = new RiffFrames(2 ** 33);
  for (let i = 0; i < 3000; i++) frames.push(2 ** 33 + 24 + 8 * i, i);
  assertEquals([frames.count, frames.position(2999), frames.length(2999)], [3000, 24_016, 2999]);
  assertEquals(
    formatIndex(frames).subarray(20, 32),
    hex`
      00000000 02000000 00000000            # base offset 8 GiB, reserved
    `,
  );
  assertEquals([frames.pop(), frames.count], [2999, 2999]);
  assert(MOVI_AT % 2 === 0 && HEADER_BYTES % 2 === 0, "chunks begin at even places");
});
