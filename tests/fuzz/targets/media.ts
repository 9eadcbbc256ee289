import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { openAviFile } from "../../../lib/media/avi/avi_file.ts";
import { type ByteSource, MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openRecording } from "../../../lib/media/capture/capture_source.ts";
import { openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { openIsoFile } from "../../../lib/media/iso/iso_file.ts";
import { fieldToJpeg } from "../../../lib/media/iso/mjpeg_b.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import { openMultipartFile } from "../../../lib/media/multipart_file.ts";
import { formatName, openMedia, SNIFF_BYTES } from "../../../lib/media/open_media.ts";
import { checkPng } from "../../../lib/media/png_check.ts";
import { decodePng } from "../../../lib/media/png_pixels.ts";
import { FrameDamagedError, type FrameSource } from "../../../lib/stream/frame_source.ts";
import { MediaUnreadableError } from "../../../lib/stream/media_provider.ts";
import { testPicture } from "../../lib/jpeg/pictures.ts";
import { labFile, tinyJpegs } from "../../lib/media/frames.ts";
import { aviFile } from "../../support/avi_bytes.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { pcapngOf, pcapOf } from "../../support/capture_builder.ts";
import { hex } from "../../support/golden.ts";
import { isoFile } from "../../support/iso_bytes.ts";
import { formatB } from "../../support/mjpeg_b.ts";
import { multipartFile } from "../../support/multipart_bytes.ts";
import { type Target, valueOr } from "../target.ts";
import { RTPDUMP, smallSession } from "./sessions.ts";

const FRAMES = tinyJpegs(6);
/** Bytes read of a source, as a multiple of its size: headers, the index, each frame. */
const MOST_READ = 40;

/** Counts what is asked of a file. */
class Watched extends MemoryBytes {
  bytesRead = 0;

  override read(at: number, length: number): Uint8Array {
    assert(at >= 0 && length >= 0 && Number.isSafeInteger(at), `read of ${length} at ${at}`);
    const bytes = super.read(at, length) as Uint8Array;
    this.bytesRead += bytes.length;
    return bytes;
  }
}

/** Every frame, or the reason why there is none, which names frame and byte. */
async function checkFrames(source: FrameSource, bytes: Uint8Array): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const count = await source.frameCount();
  // An index may name the same bytes again and again, but each time it takes some bytes itself.
  assert(count <= bytes.length, `${count} frames`);
  for (let i = 0; i < count; i++) {
    try {
      const frame = await source.frame(i);
      if (frame !== undefined) frames.push(frame);
    } catch (error) {
      if (!(error instanceof FrameDamagedError)) throw error;
      assertEquals(error.frame, i + 1);
      assert(error.position >= 0);
    }
  }
  for (const { frame, position, problem } of source.faults) {
    assert(frame >= 0 && position >= 0 && problem !== "", `${frame} at ${position}`);
  }
  assert(source.frameRate === undefined || source.frameRate > 0, `rate ${source.frameRate}`);
  for (const frame of frames) {
    assert(frame.length <= bytes.length);
    assert(frame[0] === 0xff && frame[1] === 0xd8, "a frame begins as a JPEG");
  }
  return frames;
}

/** @param shared whether frames of an index may share their bytes */
function checkFile(open: (bytes: ByteSource) => FrameSource, shared = true): Target["check"] {
  return async (bytes) => {
    const file = new Watched(bytes);
    const source = open(file);
    try {
      const frames = await checkFrames(source, bytes);
      const held = frames.reduce((sum, frame) => sum + frame.length, 0);
      if (shared) return;
      assert(held <= bytes.length, "frames do not overlap");
      assert(file.bytesRead <= MOST_READ * bytes.length, `${file.bytesRead} bytes read`);
    } finally {
      source.close();
    }
  };
}

async function checkRecording(bytes: Uint8Array): Promise<void> {
  if (!["pcapng", "pcap", "rtpdump"].some((name) => formatName(bytes)?.includes(name))) return;
  const source = await openRecording(new MemoryBytes(bytes));
  const count = await source.frameCount();
  for (let i = 0; i < count; i++) assert((await source.frame(i))!.length > 0);
  source.close();
}

const PNG = hex`
  89504e470d0a1a0a 0000000d 49484452 00000001 00000001 08 02 000000 907753de
  0000000c 49444154 08d763f8cfc000000301 0100 18dd8db0 00000000 49454e44 ae426082`;

const JPEG = encodeJpeg(testPicture(48, 32));
const FORMAT_B = formatB(JPEG);

/** Four bits a sample with a palette and several filters; and interlaced. */
const RARE_PNGS = [
  hex`
  89504e470d0a1a0a0000000d4948445200000005000000030403000000a918d8cb00000030504c5445000102
  030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e
  2fad978eef000000114944415478da631032096004621620060009f601c89405f7e70000000049454e44ae42
  6082`,
  hex`
  89504e470d0a1a0a0000000d49484452000000020000000208020000018ad3aae5000000144944415478da63
  484c4a66046226204e494d0300218004a533c774a50000000049454e44ae426082`,
];

/** A picture of the size that its header says, or the byte that is wrong. */
async function checkPixels(bytes: Uint8Array): Promise<void> {
  try {
    const { width, height, data } = await decodePng(bytes);
    assertEquals(data.length, 4 * width * height);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    assert(error.position >= 0 && error.position <= bytes.length, error.message);
  }
}

/** Whichever format the bytes pass for. */
function checkSniffing(bytes: Uint8Array): void {
  const name = formatName(bytes);
  assert(name === undefined || name !== "");
}

const AVIS = [
  aviFile(FRAMES),
  aviFile(FRAMES, { index: "idx1 absolute", sound: true }),
  aviFile(FRAMES, { index: "opendml", framesPerRiff: 3 }),
  aviFile(FRAMES, { index: "none", lists: true, interrupted: true }),
].map(({ bytes }) => bytes);

const ISOS = [
  isoFile(FRAMES),
  isoFile(FRAMES, { movie: "front", codec: "mp4v", largeOffsets: true, sound: true }),
  isoFile(FRAMES, { movie: "fragments" }),
  isoFile(FRAMES, { compactSizes: true, edits: [0, 100], times: [[2, 20], [4, 40]] }),
];

const MULTIPARTS = [
  multipartFile(FRAMES),
  multipartFile(FRAMES, { lengths: false, lineEnd: "\n", after: "--frame--\r\n" }),
  multipartFile(FRAMES, {
    before: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=cam\r\n\r\n",
    boundary: "cam",
  }),
];

const CONCATENATED = Uint8Array.from(FRAMES.flatMap((jpeg) => [...jpeg]));

/** Whichever format it is: there is a first frame, or the error names the file, the frame and the byte. */
async function checkOpen(bytes: Uint8Array): Promise<void> {
  const format = formatName(bytes.subarray(0, SNIFF_BYTES));
  // Its pixels are decoded in a thread of its own, by others' code.
  if (format === "PNG") return;
  let source: FrameSource;
  try {
    source = await openMedia(new MemoryBytes(bytes), { name: "clip" });
  } catch (error) {
    if (!(error instanceof MediaUnreadableError)) throw error;
    const { message } = error;
    assert(message.startsWith("clip: "), message);
    // A recording may be whole and hold no such stream.
    const whole = format === "packet recording" && /^clip: No frame of this/.test(message);
    assert(whole || /frame \d+ at byte \d+/i.test(message), message);
    return;
  }
  assertEquals((await source.frame(0))!.subarray(0, 2), Uint8Array.of(0xff, 0xd8));
  source.close();
}

export const MEDIA_TARGETS: readonly Target[] = [
  { name: "lab-file", seeds: [labFile(FRAMES)], check: checkFile(openLabFile, false) },
  {
    name: "concatenated-file",
    seeds: [CONCATENATED],
    check: checkFile(openConcatenatedFile, false),
  },
  { name: "avi-file", seeds: AVIS, check: checkFile(openAviFile) },
  { name: "iso-file", seeds: ISOS, check: checkFile(openIsoFile) },
  { name: "multipart-file", seeds: MULTIPARTS, check: checkFile(openMultipartFile, false) },
  {
    name: "recording-file",
    seeds: [pcapngOf(smallSession()), pcapOf(smallSession()), RTPDUMP],
    check: checkRecording,
  },
  {
    name: "file-formats",
    seeds: [...AVIS, ...ISOS, ...MULTIPARTS, PNG, CONCATENATED, labFile(FRAMES)],
    check: checkSniffing,
  },
  {
    name: "open-media",
    seeds: [
      ...[...AVIS, ...ISOS, ...MULTIPARTS, CONCATENATED, labFile(FRAMES), FRAMES[0]!],
      ...[pcapngOf(smallSession()), pcapOf(smallSession()), RTPDUMP],
    ],
    check: checkOpen,
  },
  {
    name: "mjpeg-b",
    seeds: [FORMAT_B, formatB(JPEG, { withoutTables: true, second: FORMAT_B })],
    check: valueOr([MalformedError], fieldToJpeg, (jpeg) => {
      assertEquals([jpeg[0], jpeg[1], jpeg.at(-2), jpeg.at(-1)], [0xff, 0xd8, 0xff, 0xd9]);
    }),
  },
  { name: "png-pixels", seeds: [PNG, ...RARE_PNGS], check: checkPixels },
  { name: "png-check", seeds: [PNG], check: valueOr([MalformedError], checkPng) },
];
