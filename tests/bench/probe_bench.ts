/**
 * How many packets a second `probe` can take in, judge and tell, apart from sockets and terminal:
 * from the bytes of datagrams of 1080p pictures to what stands on stdout. Asserts nothing.
 *
 *     deno bench -A tests/bench/probe_bench.ts
 */
import { JsonReport, type ProbeReport, TextReport } from "../../cmd/probe_report.ts";
import { styleFor } from "../../cmd/style.ts";
import { SessionInspector } from "../../lib/inspect/session_inspector.ts";
import { RtpReceiver } from "../../lib/client/receiver.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { packetizeJpeg, RTP_HEADROOM } from "../../lib/jpeg/packetize.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { Slab } from "../../lib/net/slab.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../lib/rtp/packet.ts";
import { PictureDepacketizer } from "../../lib/stream/picture_depacketizer.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { rate } from "./rate.ts";
import { printTable } from "./table.ts";

const PAYLOAD_BYTES = 1400;
const FRAME_TICKS = 1500;

/** Two pictures, as one that stays the same is looked at byte for byte. */
const JPEGS = [1, 2].map((seed) => encodeJpeg(testPicture(1920, 1080, seed), { quality: 77 }));
/** The datagrams of each. */
const FRAMES = JPEGS.map((jpeg) => {
  const frame = packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload: PAYLOAD_BYTES });
  return Array.from({ length: frame.packetCount }, (_, i) => {
    const at = frame.offsets[i]! + RTP_HEADROOM - RTP_HEADER_LENGTH;
    return frame.buffer.slice(at, frame.offsets[i]! + frame.lengths[i]!);
  });
});
const PACKETS = FRAMES.flat().length;

/** Takes in both pictures a call, as `probe` does. */
function probe(report: ProbeReport): () => void {
  const inspector = new SessionInspector();
  const depacketizer = new PictureDepacketizer((frame) => inspector.frame(frame));
  const receiver = new RtpReceiver({
    clock: systemClock,
    observer: { packet: (packet) => report.packet(inspector.packet(packet)) },
    clockRate: 90_000,
    emit: ({ packet, arrivedAt }) => depacketizer.push(packet, arrivedAt),
  });
  const slab = new Slab();
  let sequence = 0;
  let timestamp = 0;
  const take = (datagrams: readonly Uint8Array[]): void => {
    for (const [i, datagram] of datagrams.entries()) {
      const marker = i === datagrams.length - 1;
      writeRtpHeader(datagram, 0, { marker, payloadType: 26, sequence, timestamp, ssrc: 1 });
      receiver.receive(slab.keep(datagram));
      sequence = (sequence + 1) & 0xffff;
    }
    timestamp = (timestamp + FRAME_TICKS) >>> 0;
  };
  return () => FRAMES.forEach(take);
}

let characters = 0;
const context = {
  out: (line: string): void => {
    characters += line.length;
  },
  talk: (): void => {},
};

const row = (name: string, report: ProbeReport): string[] => {
  const perSecond = rate(PACKETS, probe(report));
  return [name, `${(perSecond / 1000).toFixed(0)} k/s`, `${(1e6 / perSecond).toFixed(2)} µs`];
};

printTable(`Packets probe takes in, ${PACKETS / 2} a picture of ${JPEGS[0]!.length} bytes`, [
  row("--quiet-packets", new TextReport(context, styleFor(false), true)),
  row("a line for each", new TextReport(context, styleFor(false), false)),
  row("--json", new JsonReport(context, false)),
]);
if (characters === 0) throw new Error("No line was told");
