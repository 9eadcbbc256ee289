// What a filter does to a healthy stream on its way.
import { atSender, reports, type SentPacket, type Session } from "./faulty_media.ts";

/** What becomes of a packet. */
export type Change = (packet: SentPacket) => SentPacket;

/** Every `n`th packet, but not the first. */
export const every = (n: number) => (index: number): boolean => index % n === n - 1;
export const HOUR_TICKS = 3600 * 90_000;

/** A field of RFC 2435's header in every packet. */
export function withByte(at: number, value: number): Change {
  return (packet) => ({ ...packet, payload: packet.payload.with(at, value) });
}

/** Loses packets in the middle of frames, where those have a middle. */
export const lossy = (packet: SentPacket, index: number): SentPacket | undefined => {
  return every(30)(index) ? undefined : packet;
};

/** Packets from `at` on, counted or timed anew. */
export function from(at: number, change: (packet: SentPacket) => Partial<SentPacket>): Change {
  return (packet) => packet.at < at ? packet : { ...packet, ...change(packet) };
}

/** Nothing comes from then on. */
export function stopsAt(at: number): (session: Session) => Session {
  return (session) => ({ ...session, sent: session.sent.filter((sent) => sent.at < at) });
}

/** The sender's clock jumped too: so do its reports. */
export function atSenderClock(session: Session, at: number, ticks: number): Session {
  return reports(session, (report) => {
    if (report.at < at) return report;
    return { ...report, rtpTimestamp: (report.rtpTimestamp + ticks) >>> 0 };
  });
}

/** With one more line in the first medium's section. */
export function described(session: Session, line: string): Session {
  const [first = "", ...rest] = session.description;
  return { ...session, description: [first, line, ...rest] };
}

/**
 * First packets of frames say Q 255 and Length 0; or another Q, whose tables came with the frame of
 * a timestamp.
 */
export function withoutTables(keptAt?: number, q = 255): Change {
  return (packet) => {
    const { payload, timestamp } = packet;
    const isFirst = payload[1] === 0 && payload[2] === 0 && payload[3] === 0;
    const named = payload.with(5, q);
    if (!isFirst || timestamp === keptAt) return { ...packet, payload: named };
    const bare = new Uint8Array(payload.length - 128);
    bare.set(named.subarray(0, 12));
    bare.fill(0, 10, 12);
    bare.set(payload.subarray(12 + 128), 12);
    return { ...packet, payload: bare };
  };
}

/** As ffmpeg's sender does for a picture with a single table. */
export function withOneTable(packet: SentPacket): SentPacket {
  const { payload } = packet;
  if (payload[1] !== 0 || payload[2] !== 0 || payload[3] !== 0) return packet;
  const short = new Uint8Array(payload.length - 64);
  short.set(payload.subarray(0, 12 + 64));
  short[11] = 64;
  short.set(payload.subarray(12 + 128), 12 + 64);
  return { ...packet, payload: short };
}

/**
 * The sender of one medium sends some frames alone, and numbers and counts those.
 * @param isSent whether it sends a frame, counted from 0
 */
export function withFrames(session: Session, isSent: (number: number) => boolean): Session {
  let number = 0, left = 0;
  return atSender(session, (packet) => {
    const isKept = isSent(number);
    if (packet.marker) number++;
    if (isKept) return { ...packet, sequence: packet.sequence - left };
    left++;
    return undefined;
  });
}
