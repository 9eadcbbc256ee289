// Synthetic observations: what a watcher of a session would have seen.
import type { Finding, FindingCode } from "../../../lib/inspect/finding.ts";
import type { Ending } from "../../../lib/inspect/rule.ts";
import { SessionInspector } from "../../../lib/inspect/session_inspector.ts";
import type { SeenPacket } from "../../../lib/inspect/stream_inspector.ts";
import type { RtpPacket } from "../../../lib/rtp/packet.ts";
import type { ObservedMessage } from "../../../lib/stream/observation.ts";
import type { ReceivedFrame } from "../../../lib/stream/received_frame.ts";
import { tinyJpeg } from "../media/frames.ts";

/** When everything begins: ms since the Unix epoch. */
export const START = 1_700_000_000_000;
/** From frame to frame, in ms and in ticks. */
export const FRAME_MS = 50;
export const FRAME_TICKS = 4500;

/** What of a packet is not as a healthy lab server of rtspkit's kind sends it. */
export type PacketParts = Partial<RtpPacket> & { time?: number; arrival?: number; stream?: string };

/** The packet of frame `number`, from 1: a whole JPEG, in time, marked. */
export function labPacket(number: number, parts: PacketParts = {}): SeenPacket {
  const { time = START + (number - 1) * FRAME_MS, arrival, stream, ...fields } = parts;
  const packet: RtpPacket = {
    version: 2,
    padding: 0,
    marker: true,
    payloadType: 26,
    sequence: number & 0xffff,
    timestamp: (number - 1) * FRAME_TICKS,
    ssrc: 0,
    csrcs: [],
    payload: tinyJpeg(number),
    ...fields,
  };
  const seen: SeenPacket = { time, packet, size: 12 + packet.payload.length };
  if (arrival !== undefined) seen.arrival = arrival;
  if (stream !== undefined) seen.stream = stream;
  return seen;
}

/** Packets of frames `from` … `to`, each changed alike. */
export function labPackets(
  from: number,
  to: number,
  change: (number: number) => PacketParts = () => ({}),
): SeenPacket[] {
  return Array.from({ length: to - from + 1 }, (_, i) => labPacket(from + i, change(from + i)));
}

/** The frame a packet is, when it is a whole one. */
export function frameOf({ packet, time }: SeenPacket): ReceivedFrame {
  return {
    jpeg: packet.payload,
    damage: undefined,
    timestamp: packet.timestamp,
    firstSequence: packet.sequence,
    lastSequence: packet.sequence,
    arrivedAt: time,
    bytes: packet.payload.length,
  };
}

/** A frame that something is missing of. */
export function damagedFrame(sequence: number, damage: string): ReceivedFrame {
  return {
    jpeg: undefined,
    damage,
    timestamp: 0,
    firstSequence: sequence,
    lastSequence: sequence,
    arrivedAt: START,
    bytes: 10,
  };
}

/** A reply of the server's, with the bytes it came in. */
export function reply(wire: string): ObservedMessage {
  const [first = "", ...lines] = wire.split(/\r?\n/);
  const [version = "", status = "", ...reason] = first.split(" ");
  return {
    direction: "in",
    time: START,
    status: Number(status),
    reason: reason.join(" "),
    version,
    headers: lines.filter((line) => line.includes(": ")).map((line) => {
      return line.split(": ", 2) as [string, string];
    }),
    body: "",
    wire,
  };
}

/** A request of the client's. */
export function request(
  method: string,
  target: string,
  headers: [name: string, value: string][] = [],
): ObservedMessage {
  return { direction: "out", time: START, method, target, version: "RTSP/1.0", headers, body: "" };
}

/** How a watched session is: packets, and whatever else. */
export interface Watched {
  packets: SeenPacket[];
  /** Frames put together; those of the packets if absent. */
  frames?: ReceivedFrame[];
  messages?: ObservedMessage[];
  ending?: Ending;
}

/** An inspector that has seen it all. */
export function watch({ packets, frames, messages = [] }: Watched): SessionInspector {
  const inspector = new SessionInspector();
  for (const message of messages) inspector.message(message);
  for (const packet of packets) {
    inspector.packet(packet);
    if (frames === undefined) inspector.frame(frameOf(packet), packet.stream);
  }
  for (const frame of frames ?? []) inspector.frame(frame);
  return inspector;
}

/** What is found in it. */
export function findingsOf(watched: Watched): Finding[] {
  const { ending = { reason: "stopped", totalFrames: undefined } } = watched;
  return watch(watched).conclude(ending);
}

/** The one finding of that code, if there is one. */
export function findingOf(watched: Watched, code: FindingCode): Finding | undefined {
  return findingsOf(watched).find((found) => found.code === code);
}
