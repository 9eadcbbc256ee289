import { CapturedProbe } from "../../../cmd/capture_probe.ts";
import type { ProbeReport } from "../../../cmd/probe_report.ts";
import type { RecordingReader } from "../../../lib/media/capture/captured_frame.ts";
import { PcapngReader } from "../../../lib/media/capture/pcapng_reader.ts";
import { PcapReader } from "../../../lib/media/capture/pcap.ts";
import { Recording, recordingFormat } from "../../../lib/media/capture/recording.ts";
import { RtpdumpReader } from "../../../lib/media/capture/rtpdump.ts";
import { readAll } from "../../lib/media/capture/reading.ts";
import { analyse } from "../../lib/media/capture/watched.ts";
import { H264_CAPTURE } from "../../lib/codec/captures.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { end, pcapngOf, pcapOf, udpFrame } from "../../support/capture_builder.ts";
import type { Seeded } from "../../support/seeded.ts";
import { inPieces } from "../mutate.ts";
import type { Target } from "../target.ts";
import { RTPDUMP, smallSession, smallTcpSession, strayPackets } from "./sessions.ts";

/** However a file is cut, its values are the same, and no more than its bytes could hold. */
function checkReader<T>(make: () => RecordingReader<T>): Target["check"] {
  return (bytes: Uint8Array, random: Seeded) => {
    const whole = readAll(make(), [bytes]);
    const cut = readAll(make(), inPieces(bytes, random));
    assertEquals(cut.values.length, whole.values.length);
    assertEquals(cut.problem, whole.problem);
    assert(whole.values.length <= bytes.length / 8 && whole.pending <= bytes.length);
  };
}

/** Counts what is told, and forgets it. */
class Silence implements ProbeReport {
  told = 0;
  description(): void {
    this.told++;
  }
  message(): void {
    this.told++;
  }
  packet(): void {
    this.told++;
  }
  rtcp(): void {
    this.told++;
  }
  conclusion(): void {
    this.told++;
  }
  summary(): void {
    this.told++;
  }
}

/** Findings of one session: the causes there are, and a few of each. */
const MOST_FINDINGS = 200;

/** The whole way of `probe FILE`: reader, dissection, dialogue, frames, findings. */
function checkProbe(bytes: Uint8Array, random: Seeded): void {
  const format = recordingFormat(bytes);
  if (format === undefined) return;
  const probes: CapturedProbe[] = [];
  const recording = new Recording(format, {
    session: () => {
      const probe = new CapturedProbe(new Silence(), undefined);
      probes.push(probe);
      return probe;
    },
  });
  for (const piece of inPieces(bytes, random)) if (!recording.push(piece)) break;
  recording.finish();
  assert(probes.length <= bytes.length / 8, `${probes.length} sessions`);
  for (const { findings } of probes) assert(findings.length < MOST_FINDINGS, `${findings.length}`);
}

/** What is found does not hang on how the file is cut. */
function checkCut(bytes: Uint8Array, random: Seeded): void {
  const counts = (piece: number): unknown => {
    const { sessions } = analyse(bytes, { piece });
    return sessions.map(({ messages, packets, reports, damaged, pictures, notes }) => [
      ...[messages.length, packets.length, reports, damaged.length, pictures, notes],
    ]);
  };
  assertEquals(counts(random.whole(1, 3000)), counts(1 << 20));
}

const SESSIONS = [smallSession(), smallTcpSession(), strayPackets()];
const H264 = H264_CAPTURE.packets.map((packet, i) =>
  udpFrame(10 * i, end("192.0.2.1", 6000), end("192.0.2.10", 5000), packet)
);
const PCAPNGS = SESSIONS.map(pcapngOf);
const PCAPS = [
  ...SESSIONS.map((frames) => pcapOf(frames)),
  pcapOf(SESSIONS[0]!, { littleEndian: false, nanoseconds: true }),
  pcapOf(SESSIONS[1]!, { snapLength: 120 }),
  pcapOf(H264),
];
const ALL = [...PCAPNGS, ...PCAPS, RTPDUMP];

export const CAPTURE_TARGETS: readonly Target[] = [
  { name: "pcap", seeds: PCAPS, check: checkReader(() => new PcapReader()) },
  { name: "pcapng", seeds: PCAPNGS, check: checkReader(() => new PcapngReader()) },
  { name: "rtpdump", seeds: [RTPDUMP], check: checkReader(() => new RtpdumpReader()) },
  { name: "capture-probe", seeds: ALL, check: checkProbe },
  { name: "capture-cut", seeds: ALL, check: checkCut },
];
