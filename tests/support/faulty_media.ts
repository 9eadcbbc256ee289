// Healthy streams, and a filter between them and whoever looks at them, in simulated time: they go
// through the client's own way in (its choice of streams, its receiver, its depacketizers).
import { chooseTracks } from "../../lib/client/rtsp/description.ts";
import { MediaIntake } from "../../lib/client/rtsp/media_intake.ts";
import type { Ending } from "../../lib/inspect/rule.ts";
import { type Conclusion, SessionInspector } from "../../lib/inspect/session_inspector.ts";
import { formatCompound } from "../../lib/rtcp/compound.ts";
import { ntpFromUnixMilliseconds } from "../../lib/rtcp/ntp.ts";
import { HeaderList } from "../../lib/rtsp/headers.ts";
import { parseUrl } from "../../lib/rtsp/url.ts";
import type { ObservedMessage } from "../../lib/stream/observation.ts";
import { FakeClock } from "./fake_clock.ts";
import type { Medium } from "./healthy_media.ts";
import { rtpPacket } from "./scripted_media.ts";
import { sdp } from "./scripted_server.ts";

/** One RTP packet on its way, before it is bytes. */
export interface SentPacket {
  kind: "rtp";
  /** When it comes, in ms after PLAY. */
  at: number;
  /** Which of the session's streams it belongs to, from 0. */
  stream: number;
  sequence: number;
  timestamp: number;
  marker: boolean;
  payloadType: number;
  ssrc: number;
  payload: Uint8Array;
}

/** A sender report on its way. */
export interface SentReport {
  kind: "sr";
  at: number;
  stream: number;
  ssrc: number;
  /** When it was made by the sender's clock, in ms after PLAY. */
  madeAt: number;
  rtpTimestamp: number;
  packetCount: number;
}

export type Sent = SentPacket | SentReport;

/** A session that is told to an inspector. */
export interface Session {
  media: Medium[];
  /** Lines of the session description. */
  description: string[];
  transport: "udp" | "tcp";
  sent: Sent[];
  /** Messages after PLAY, with when they went in ms after it. */
  later: ObservedMessage[];
  ending: Ending;
  /** What goes before PLAY is answered differently. */
  contentBase: string;
  sessionHeader: string;
}

const DURATION_MS = 5000;
const REPORT_MS = 1000;
const FIRST_SEQUENCE = 1000;
const FIRST_TIMESTAMP = 50_000;
const BASE = "rtsp://192.0.2.1/camera/";
/** When PLAY is answered, in ms since the Unix epoch. */
export const PLAYED_AT = 1_700_000_000_000;

/** What a healthy sender sends of media for five seconds. */
export function healthy(...media: Medium[]): Session {
  return healthyFor(DURATION_MS, ...media);
}

/** The same for longer. */
export function healthyFor(duration: number, ...media: Medium[]): Session {
  const packets = media.flatMap((medium, i) => packetsOfMedium(medium, i, duration));
  return {
    media,
    description: media.flatMap(({ lines }, i) => [...lines, `a=control:track${i}`]),
    transport: "udp",
    sent: withReports(packets, media),
    later: [],
    ending: { reason: "stopped", totalFrames: undefined },
    contentBase: BASE,
    sessionHeader: "A1B2C3;timeout=60",
  };
}

function packetsOfMedium(medium: Medium, stream: number, duration: number): SentPacket[] {
  const { clockRate, frameTicks, payloadType } = medium;
  const packets: SentPacket[] = [];
  const interval = 1000 * frameTicks / clockRate;
  for (let number = 0; number * interval < duration; number++) {
    const payloads = medium.frame(number);
    payloads.forEach((payload, i) => {
      packets.push({
        kind: "rtp",
        at: number * interval + i * 0.2,
        stream,
        sequence: FIRST_SEQUENCE + packets.length,
        timestamp: FIRST_TIMESTAMP + number * frameTicks,
        marker: i === payloads.length - 1,
        payloadType,
        ssrc: 0xdecade01 + stream,
        payload,
      });
    });
  }
  return packets;
}

/** Sender reports every second, that count what was sent. */
export function withReports(packets: readonly SentPacket[], media: readonly Medium[]): Sent[] {
  const sent: Sent[] = [...packets];
  media.forEach(({ clockRate }, stream) => {
    const own = packets.filter((packet) => packet.stream === stream);
    const [first] = own;
    if (first === undefined) return;
    for (let at = 10; at < own.at(-1)!.at; at += REPORT_MS) {
      sent.push({
        ...{ kind: "sr", at, stream, ssrc: first.ssrc, madeAt: at },
        rtpTimestamp: Math.round(first.timestamp + (at - first.at) * clockRate / 1000) >>> 0,
        packetCount: own.filter((packet) => packet.at <= at).length,
      });
    }
  });
  return inTime(sent);
}

/** In the order they come. */
export function inTime(sent: readonly Sent[]): Sent[] {
  return sent.toSorted((a, b) => a.at - b.at);
}

/** Changes packets, and takes away those for which nothing is answered; reports stay. */
export function filtered(
  session: Session,
  change: (packet: SentPacket, index: number) => SentPacket | SentPacket[] | undefined,
): Session {
  let index = 0;
  const sent = session.sent.flatMap((each): Sent[] => {
    if (each.kind === "sr") return [each];
    const changed = change(each, index++);
    if (changed === undefined) return [];
    return Array.isArray(changed) ? changed : [changed];
  });
  return { ...session, sent: inTime(sent) };
}

/** The same where the sender knows of it: its reports count what it has sent. */
export function atSender(
  session: Session,
  change: Parameters<typeof filtered>[1],
): Session {
  const { sent, media } = filtered(session, change);
  const packets = sent.filter((each) => each.kind === "rtp");
  return { ...session, sent: withReports(packets, media) };
}

/** Changes the sender reports. */
export function reports(session: Session, change: (report: SentReport) => SentReport): Session {
  const sent = session.sent.map((each) => each.kind === "sr" ? change(each) : each);
  return { ...session, sent };
}

/** A request of the client's, `at` ms after PLAY, and its reply. */
export function exchange(
  at: number,
  method: string,
  status: number,
  reason = "Said",
  headers: [string, string][] = [],
): ObservedMessage[] {
  return [
    said(at, { direction: "out", method, target: BASE, headers: [["CSeq", `9${at}`]] }),
    said(at + 5, { direction: "in", status, reason, headers: [["CSeq", `9${at}`], ...headers] }),
  ];
}

function said(
  at: number,
  parts: Pick<ObservedMessage, "direction"> & Partial<ObservedMessage>,
): ObservedMessage {
  return { time: PLAYED_AT + at, version: "RTSP/1.0", headers: [], body: "", ...parts };
}

/** The exchange up to PLAY, as a client sees it. */
function opening(session: Session): ObservedMessage[] {
  const body = sdp(...session.description);
  const transports = session.media.map((_, i) => {
    return session.transport === "tcp"
      ? `RTP/AVP/TCP;unicast;interleaved=${2 * i}-${2 * i + 1}`
      : `RTP/AVP;unicast;client_port=${5000 + 2 * i}-${5001 + 2 * i}`;
  });
  const described: [string, string][] = [
    ["Content-Base", session.contentBase],
    ["Content-Type", "application/sdp"],
  ];
  const steps: [method: string, target: string, reply: [string, string][], body?: string][] = [
    ["OPTIONS", BASE, [["Public", "DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]]],
    ["DESCRIBE", BASE.slice(0, -1), described, body],
    ...transports.map((transport, i): [string, string, [string, string][]] => {
      return ["SETUP", `${BASE}track${i}`, [
        ["Transport", transport],
        ["Session", session.sessionHeader],
      ]];
    }),
    ["PLAY", BASE, [["Session", "A1B2C3"]]],
  ];
  const start = -20 * steps.length;
  return steps.flatMap(([method, target, headers, body = ""], i) => {
    const cseq: [string, string] = ["CSeq", String(i + 1)];
    const at = start + 20 * i;
    return [
      said(at, { direction: "out", method, target, headers: [cseq] }),
      said(at + 10, {
        direction: "in",
        status: 200,
        reason: "OK",
        headers: [cseq, ...headers],
        body,
      }),
    ];
  });
}

/** Shows a session to an inspector, and what came of it. */
export function judged(session: Session): Conclusion & { inspector: SessionInspector } {
  const inspector = new SessionInspector();
  for (const message of opening(session)) inspector.message(message);
  const clock = new FakeClock(0, PLAYED_AT);
  const intakes = intakesOf(session, clock, inspector);
  const events = [
    ...session.sent.map((sent) => ({ at: sent.at, run: () => take(intakes, sent) })),
    ...session.later.map((message) => {
      return { at: message.time - PLAYED_AT, run: () => inspector.message(message) };
    }),
  ].toSorted((a, b) => a.at - b.at);
  for (const { at, run } of events) {
    clock.stall(Math.max(0, at - clock.now()));
    for (const intake of intakes) intake.receiver.expire();
    run();
  }
  for (const intake of intakes) intake.end();
  return { inspector, ...inspector.judge(session.ending) };
}

function intakesOf(
  session: Session,
  clock: FakeClock,
  inspector: SessionInspector,
): MediaIntake[] {
  const reply = {
    ...{ kind: "response" as const, status: 200, reason: "OK", version: "RTSP/1.0" },
    headers: new HeaderList([["Content-Base", session.contentBase]]),
    body: new TextEncoder().encode(sdp(...session.description)),
  };
  const observer = {
    packet: inspector.packet.bind(inspector),
    rtcp: inspector.rtcp.bind(inspector),
    frame: inspector.frame.bind(inspector),
    stray: inspector.stray.bind(inspector),
    note: inspector.note.bind(inspector),
  };
  const tracks = chooseTracks(reply, parseUrl(BASE), { observer, allTracks: true });
  const several = tracks.length > 1;
  const intakes = tracks.map((track) => {
    const stream = several ? track.name : undefined;
    const intake = new MediaIntake(track, {
      ...{ clock, stream, ssrc: 0x0badcafe, onGoodbye: () => {} },
      observer: { ...observer, frame: (frame) => inspector.frame(frame, stream) },
    });
    intake.begin(0);
    return { control: track.controlUrl, intake };
  });
  // In the order of the description; the client has the one first that matters most.
  return intakes.toSorted((a, b) => a.control.localeCompare(b.control)).map(({ intake }) => intake);
}

function take(intakes: readonly MediaIntake[], sent: Sent): void {
  const intake = intakes[sent.stream]!;
  if (sent.kind === "rtp") return intake.rtp(rtpPacket(sent.payload, sent));
  const { ssrc, rtpTimestamp, packetCount, madeAt } = sent;
  intake.rtcp(formatCompound([{
    ...{ type: "SR", ssrc, rtpTimestamp, packetCount, octetCount: 1000 * packetCount, reports: [] },
    ntpTimestamp: ntpFromUnixMilliseconds(PLAYED_AT + madeAt),
  }]));
}
