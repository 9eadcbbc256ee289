// Recordings of small RTSP sessions, for targets that read recordings.
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { interleave } from "../../../lib/rtsp/format.ts";
import { ByteWriter } from "../../../lib/bytes/writer.ts";
import { formatRtpdumpHeader, writeRtpdumpPacket } from "../../../lib/media/capture/rtpdump.ts";
import { testPicture } from "../../lib/jpeg/pictures.ts";
import { type BuiltFrame, end, TcpTalk, udpFrame } from "../../support/capture_builder.ts";
import { conversation, teardown } from "../../support/capture_sessions.ts";
import { goodbye, packetsOf, senderReport } from "../../support/scripted_media.ts";

const SMALL = [0, 1, 2].map((seed) => encodeJpeg(testPicture(48, 32, seed), { quality: 40 }));

/** Three small pictures as RTP packets. */
export const PACKETS: readonly Uint8Array[] = packetsOf(SMALL, { maxPayload: 400 }).flat();

const UDP = "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
const TCP = "RTP/AVP/TCP;unicast;interleaved=0-1";

/** A session over UDP, with RTCP both ways. */
export function smallSession(): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), UDP);
  const before = talk.frames.length;
  const start = talk.at;
  teardown(talk.wait(10 * PACKETS.length));
  const [server, client] = [end("192.0.2.1", 6000), end("192.0.2.10", 5000)];
  const media = PACKETS.map((packet, i) => udpFrame(start + 10 * i, server, client, packet));
  const report = senderReport({ seconds: 1, fraction: 0 });
  const rtcp = udpFrame(start, end("192.0.2.1", 6001), end("192.0.2.10", 5001), report);
  return [...talk.frames.slice(0, before), rtcp, ...media, ...talk.frames.slice(before)];
}

/** The same over the RTSP connection. */
export function smallTcpSession(): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), TCP);
  for (const packet of PACKETS) talk.wait(10).answer(interleave(0, packet), 500);
  talk.answer(interleave(1, goodbye()));
  return teardown(talk).frames;
}

/** RTP packets of which no RTSP was captured. */
export function strayPackets(): BuiltFrame[] {
  const [server, client] = [end("192.0.2.1", 6000), end("192.0.2.10", 5000)];
  return PACKETS.map((packet, i) => udpFrame(10 * i, server, client, packet));
}

/** A recording in the rtpdump format. */
export const RTPDUMP: Uint8Array = rtpdump();

function rtpdump(): Uint8Array {
  const writer = new ByteWriter(1 << 16);
  const start = { seconds: 1_700_000_000, microseconds: 0 };
  writer.bytes(formatRtpdumpHeader({ ...start, address: "192.0.2.1", port: 6000 }));
  PACKETS.forEach((bytes, i) => writeRtpdumpPacket(writer, 10 * i, "rtp", bytes));
  writeRtpdumpPacket(writer, 99, "rtcp", goodbye());
  return writer.finish();
}
