/**
 * How fast the paths are that every packet takes. Asserts nothing.
 *
 *     deno bench -A tests/bench/hot_paths_bench.ts
 */
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { JpegDepacketizer } from "../../lib/jpeg/depacketize.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { packetizeJpeg } from "../../lib/jpeg/packetize.ts";
import { parseRtpPacket } from "../../lib/rtp/packet.ts";
import { interleave } from "../../lib/rtsp/format.ts";
import { LabRequestReader } from "../../lib/rtsp/lab/request_reader.ts";
import { MessageParser } from "../../lib/rtsp/parser.ts";
import { ReceiveStatistics } from "../../lib/stream/receive_statistics.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { LAB_REQUESTS } from "../lib/rtsp/lab/goldens.ts";
import { rate } from "./rate.ts";
import { printTable } from "./table.ts";

const RTP_BYTES = 1400;
const RTP_PACKET = new Uint8Array(RTP_BYTES);
RTP_PACKET.set([0x80, 26]);
/** Packets pushed at once, as a socket's reads have them. */
const PACKETS = 100;

function interleavedStream(): Uint8Array {
  const block = interleave(0, RTP_PACKET);
  const stream = new Uint8Array(PACKETS * block.length);
  for (let i = 0; i < PACKETS; i++) stream.set(block, i * block.length);
  return stream;
}

function parseStream(stream: Uint8Array, chunk: number): () => void {
  const parser = new MessageParser();
  return () => {
    for (let at = 0; at < stream.length; at += chunk) {
      parser.push(stream.subarray(at, at + chunk));
      while (parser.next().kind !== "more");
    }
  };
}

const STREAM = interleavedStream();
const JPEG = encodeJpeg(testPicture(640, 480), { quality: 75 });
const INFO = inspectJpeg(JPEG);
const FRAME = packetizeJpeg(JPEG, INFO, { maxPayload: RTP_BYTES });

function depacketize(): () => void {
  const depacketizer = new JpegDepacketizer();
  let sequence = 0;
  let timestamp = 0;
  return () => {
    timestamp = (timestamp + 4500) >>> 0;
    for (let i = 0; i < FRAME.packetCount; i++) {
      const at = FRAME.offsets[i]!;
      const payload = FRAME.buffer.subarray(at + 12, at + FRAME.lengths[i]!);
      const marker = i === FRAME.packetCount - 1;
      depacketizer.push({ sequence, timestamp, marker, payload });
      sequence = (sequence + 1) & 0xffff;
    }
  };
}

function count(): () => void {
  const statistics = new ReceiveStatistics(90_000);
  let i = 0;
  return () => {
    statistics.receive(i & 0xffff, i * 90, RTP_BYTES, i);
    i++;
  };
}

function readLabRequests(): void {
  const reader = new LabRequestReader();
  for (const { bytes } of LAB_REQUESTS) {
    reader.push(bytes);
    while (reader.next().kind !== "more");
    while (reader.finish().kind !== "more");
  }
}

const megabits = (perSecond: number): string => `${Math.round(perSecond * 8 / 1e6)} Mbit/s`;
const thousands = (perSecond: number): string => `${(perSecond / 1000).toFixed(1)} k/s`;

const rtsp = (chunk: number): string => megabits(rate(STREAM.length, parseStream(STREAM, chunk)));

printTable("Hot paths", [
  ["RTSP parser, interleaved, reads of 64 KiB", rtsp(65_536)],
  ["RTSP parser, interleaved, reads of 4 KiB", rtsp(4096)],
  ["RTSP parser, interleaved, reads of 100 bytes", rtsp(100)],
  ["RTP packets parsed", thousands(rate(1, () => parseRtpPacket(RTP_PACKET)))],
  ["packets counted", thousands(rate(1, count()))],
  [
    `JPEG packetized (640x480, ${JPEG.length} bytes)`,
    megabits(rate(JPEG.length, () => packetizeJpeg(JPEG, INFO, { maxPayload: RTP_BYTES }))),
  ],
  ["JPEG inspected", megabits(rate(JPEG.length, () => inspectJpeg(JPEG)))],
  ["JPEG put together", megabits(rate(JPEG.length, depacketize()))],
  ["lab requests read", thousands(rate(LAB_REQUESTS.length, readLabRequests))],
]);
