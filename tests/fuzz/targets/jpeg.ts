import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { carriage } from "../../../lib/jpeg/carriage.ts";
import { decodeToPlanes } from "../../../lib/jpeg/decode_planes.ts";
import { JpegDepacketizer } from "../../../lib/jpeg/depacketize.ts";
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { inspectJpeg, type JpegInfo } from "../../../lib/jpeg/inspect.ts";
import { packetizeJpeg } from "../../../lib/jpeg/packetize.ts";
import { requantizeJpeg } from "../../../lib/jpeg/requantize.ts";
import { formatJpegPayload, parseJpegPayload } from "../../../lib/jpeg/rtp_payload.ts";
import { NeedsPixelsError, transcodeJpeg, type Transcoding } from "../../../lib/jpeg/transcode.ts";
import * as golden from "../../golden/jpeg_files.ts";
import { testPicture } from "../../lib/jpeg/pictures.ts";
import { tinyJpegs } from "../../lib/media/frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { packed, type Target, unpacked, valueOr, whole } from "../target.ts";

const JPEG = encodeJpeg(testPicture(48, 32), { quality: 60 });
/** Files of every process, as libjpeg-turbo writes them. */
const FILES: readonly Uint8Array[] = [JPEG, ...Object.values(golden)];

/** Pixels of mutated pictures that are worked on: larger ones take their time rightly. */
const MOST_PIXELS = 256 * 256;
/** How much longer a re-coded file may be than what it was made of. */
const MOST_GROWTH = 64;
const HEADER_BYTES = 1024;

/** The payloads that carry a picture in RTP. */
function payloads(): Uint8Array[] {
  const { buffer, offsets, lengths } = packetizeJpeg(JPEG, inspectJpeg(JPEG), { maxPayload: 400 });
  return Array.from(offsets, (offset, i) => buffer.subarray(offset + 12, offset + lengths[i]!));
}

function checkDepacketizer(bytes: Uint8Array): void {
  const depacketizer = new JpegDepacketizer();
  const parts = unpacked(bytes);
  const outcomes = parts.flatMap((payload, i) => {
    const marker = i === parts.length - 1;
    return depacketizer.push({ sequence: (65530 + i) & 0xffff, timestamp: 7, marker, payload });
  });
  outcomes.push(...depacketizer.finish());
  for (const outcome of outcomes) {
    if (outcome.kind !== "frame") continue;
    const { jpeg } = outcome;
    assertEquals([jpeg[0], jpeg[1], jpeg.at(-2), jpeg.at(-1)], [0xff, 0xd8, 0xff, 0xd9]);
    assert(jpeg.length <= bytes.length + HEADER_BYTES, "no more than came, and a header");
  }
}

/** The entropy-coded data, without fill bytes behind it. */
function scanOf(jpeg: Uint8Array, { scanStart, scanEnd }: JpegInfo): Uint8Array {
  let end = scanEnd;
  while (jpeg[end - 1] === 0xff) end--;
  return jpeg.subarray(scanStart, end);
}

/** A picture that can be carried comes out of its packets as a JPEG file with the same scan. */
function checkCarriage(bytes: Uint8Array): void {
  const info = inspectJpeg(bytes);
  if (!carriage(info).ok) return;
  const { buffer, offsets, lengths } = packetizeJpeg(bytes, info, { maxPayload: 300 });
  const { width, height } = info;
  const depacketizer = new JpegDepacketizer({ dimensions: { width, height } });
  const outcomes = Array.from(offsets, (offset, i) => {
    const payload = buffer.subarray(offset + 12, offset + lengths[i]!);
    const marker = i === offsets.length - 1;
    return depacketizer.push({ sequence: i, timestamp: 7, marker, payload });
  }).flat();
  assertEquals(outcomes.map(({ kind }) => kind), ["frame"]);
  const [frame] = outcomes;
  assert(frame?.kind === "frame");
  const [came, sent] = [scanOf(frame.jpeg, inspectJpeg(frame.jpeg)), scanOf(bytes, info)];
  assert(came.length === sent.length && came.every((byte, i) => byte === sent[i]), "the same scan");
}

/** What mutations made larger than is worth the time is passed over. */
function isSmall(bytes: Uint8Array): boolean {
  const { width, height } = inspectJpeg(bytes);
  return width * height <= MOST_PIXELS;
}

/** What comes out can be carried, has the same size, and is not beyond all measure. */
function checkTranscoded({ jpeg }: Transcoding, bytes: Uint8Array): void {
  const [before, after] = [inspectJpeg(bytes), inspectJpeg(jpeg)];
  assert(carriage(after).ok, "it can be carried");
  assertEquals([after.width, after.height], [before.width, before.height]);
  const samples = 3 * MOST_PIXELS;
  assert(
    jpeg.length <= MOST_GROWTH * bytes.length + HEADER_BYTES + samples,
    `${jpeg.length} bytes`,
  );
}

function transcode(bytes: Uint8Array): void {
  if (!isSmall(bytes)) return;
  const made = transcodeJpeg(bytes);
  checkTranscoded(made, bytes);
  if (made.steps.length === 0) assert(made.jpeg === bytes && made.lossless, "nothing was done");
}

/** A file that was made to be carried needs nothing more, and decodes. */
function transcodeTwice(bytes: Uint8Array): void {
  if (!isSmall(bytes)) return;
  const { jpeg, steps } = transcodeJpeg(bytes);
  if (steps.length === 0) return;
  assertEquals(transcodeJpeg(jpeg).steps, []);
  const { width, height } = decodeToPlanes(jpeg);
  const info = inspectJpeg(bytes);
  assertEquals([width, height], [info.width, info.height]);
}

function requantize(bytes: Uint8Array): void {
  if (!isSmall(bytes)) return;
  const maxBytes = 700 + bytes.length % 400;
  const made = requantizeJpeg(bytes, { maxBytes });
  assert(made.jpeg.length <= maxBytes, `${made.jpeg.length} of ${maxBytes} bytes`);
  checkTranscoded(made, bytes);
}

function decode(bytes: Uint8Array): void {
  if (!isSmall(bytes)) return;
  const { width, height, planes } = decodeToPlanes(bytes);
  assert(width > 0 && height > 0 && planes.length >= 1 && planes.length <= 4);
  for (const plane of planes) assert(plane.samples.length >= plane.width * plane.height);
}

const REFUSALS = [MalformedError, NeedsPixelsError];

export const JPEG_TARGETS: readonly Target[] = [
  {
    name: "jpeg-payload",
    seeds: payloads(),
    check: whole((bytes) => bytes, parseJpegPayload, formatJpegPayload),
  },
  {
    name: "jpeg",
    seeds: [...FILES, ...tinyJpegs(3)],
    check: whole((bytes) => bytes, inspectJpeg),
  },
  { name: "jpeg-carriage", seeds: [JPEG], check: valueOr([MalformedError], checkCarriage) },
  { name: "jpeg-packets", seeds: [packed(payloads())], check: checkDepacketizer },
  { name: "jpeg-transcode", seeds: FILES, check: valueOr(REFUSALS, transcode) },
  { name: "jpeg-transcode-twice", seeds: FILES, check: valueOr(REFUSALS, transcodeTwice) },
  { name: "jpeg-requantize", seeds: FILES, check: valueOr(REFUSALS, requantize) },
  { name: "jpeg-decode", seeds: FILES, check: valueOr(REFUSALS, decode) },
];
