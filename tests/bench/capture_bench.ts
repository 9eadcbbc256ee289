// How many packets a second are read from a capture and analysed: `deno bench -A
// tests/bench/capture_bench.ts`. What `probe FILE --quiet-packets` does, from pcapng and pcap in
// memory to findings, for a stream of pictures over UDP with its RTSP, and one over TCP.
import { CapturedProbe } from "../../cmd/capture_probe.ts";
import { JsonReport } from "../../cmd/probe_report.ts";
import { Recording, recordingFormat } from "../../lib/media/capture/recording.ts";
import { interleave } from "../../lib/rtsp/format.ts";
import type { BuiltFrame } from "../support/capture_builder.ts";
import {
  CLIENT,
  end,
  pcapngOf,
  pcapOf,
  SERVER,
  TcpTalk,
  udpFrame,
} from "../support/capture_builder.ts";
import { conversation } from "../support/capture_sessions.ts";
import { packetsOf, PICTURES, TICKS } from "../support/scripted_media.ts";
import { printTable } from "./table.ts";

const PACKETS = 200_000;
const context = { out: (): void => {}, talk: (): void => {} };

function stream(count: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let timestamp = 0; packets.length < count; timestamp += PICTURES.length * TICKS) {
    const sequence = packets.length & 0xffff;
    packets.push(...packetsOf(PICTURES, { sequence, timestamp }).flat());
  }
  return packets;
}

const STREAM = stream(PACKETS);

function overUdp(): BuiltFrame[] {
  const talk = conversation(new TcpTalk(), "RTP/AVP;unicast;client_port=5000-5001");
  const [from, to] = [end("192.0.2.1", 6000), { ...CLIENT, port: 5000 }];
  return [...talk.frames, ...STREAM.map((packet, i) => udpFrame(i / 10, from, to, packet))];
}

function overTcp(): BuiltFrame[] {
  const talk = conversation(new TcpTalk(CLIENT, SERVER), "RTP/AVP/TCP;unicast;interleaved=0-1");
  for (const packet of STREAM) talk.wait(0.1).answer(interleave(0, packet));
  return talk.frames;
}

/** Packets a second. */
function analyse(capture: Uint8Array): number {
  const format = recordingFormat(capture)!;
  let packets = 0;
  const start = performance.now();
  const probes: CapturedProbe[] = [];
  const recording = new Recording(format, {
    session: () => {
      const probe = new CapturedProbe(new JsonReport(context, true), undefined);
      probes.push(probe);
      return probe;
    },
  });
  for (let at = 0; at < capture.length; at += 1 << 20) {
    recording.push(capture.slice(at, at + (1 << 20)));
  }
  recording.finish();
  packets = probes.reduce((sum, probe) => sum + probe.packets, 0);
  if (packets !== STREAM.length) throw new Error(`${packets} of ${STREAM.length} packets found`);
  return packets / (performance.now() - start) * 1000;
}

function row(name: string, capture: Uint8Array): string[] {
  analyse(capture);
  return [name, `${(analyse(capture) / 1000).toFixed(0)} k/s`];
}

printTable(`RTP packets a second analysed from a capture of ${PACKETS}`, [
  row("UDP, pcapng", pcapngOf(overUdp())),
  row("UDP, pcap", pcapOf(overUdp())),
  row("TCP, pcapng", pcapngOf(overTcp())),
]);
