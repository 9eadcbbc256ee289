/**
 * Writes the recording of more than an hour that docs/performance.md measures `probe` by: 500,000
 * packets of pictures over UDP, 20 pictures a second, one packet in 5,000 lost, with its RTSP.
 *
 *     deno run -A tests/bench/hour_capture.ts hour.pcapng
 */
import { ByteWriter } from "../../lib/bytes/writer.ts";
import { formatPcapngHeader, writePcapngFrame } from "../../lib/media/capture/pcapng_writer.ts";
import { CLIENT, end, TcpTalk, udpFrame } from "../support/capture_builder.ts";
import { conversation } from "../support/capture_sessions.ts";
import { packetsOf, PICTURES, TICKS } from "../support/scripted_media.ts";

const PACKETS = 500_000;
const LOST_EVERY = 5000;
const PICTURE_MS = 50;
const PACKET_MS = 0.2;
const EPOCH_S = 1_700_000_000;

const [path = "hour.pcapng"] = Deno.args;
const file = await Deno.open(path, { create: true, write: true, truncate: true });
const output = file.writable.getWriter();

/** @param at ms from the beginning */
async function write(at: number, bytes: Uint8Array): Promise<void> {
  const writer = new ByteWriter(bytes.length + 64);
  const seconds = Math.floor(at / 1000);
  const nanoseconds = Math.round((at - seconds * 1000) * 1e6);
  writePcapngFrame(writer, { seconds: EPOCH_S + seconds, nanoseconds, bytes });
  await output.write(writer.finish());
}

await output.write(formatPcapngHeader("rtspkit"));
const ports = "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
const talk = conversation(new TcpTalk(), ports);
for (const { at, bytes } of talk.frames) await write(at, bytes);
const [from, to] = [end("192.0.2.1", 6000), { ...CLIENT, port: 5000 }];
let sent = 0;
for (let picture = 0; sent < PACKETS; picture += PICTURES.length) {
  const first = { sequence: sent & 0xffff, timestamp: (picture * TICKS) >>> 0 };
  for (const [i, packets] of packetsOf(PICTURES, first).entries()) {
    const at = talk.at + (picture + i) * PICTURE_MS;
    for (const [j, packet] of packets.entries()) {
      if (++sent % LOST_EVERY === 0) continue;
      await write(at + j * PACKET_MS, udpFrame(0, from, to, packet).bytes);
    }
  }
}
await output.close();
