// Faults, each made on purpose, and what the verdict must be: of media in simulated time, through a
// filter between a healthy stream and whoever looks at it.
import type { FindingCode, FindingLevel } from "../../lib/inspect/finding.ts";
import {
  atSenderClock,
  described,
  every,
  from,
  HOUR_TICKS,
  lossy,
  stopsAt,
  withByte,
  withFrames,
  withOneTable,
  withoutTables,
} from "./faulty_filters.ts";
import {
  atSender,
  exchange,
  filtered,
  healthy,
  healthyFor,
  inTime,
  PLAYED_AT,
  reports,
  type Session,
} from "./faulty_media.ts";

import { AAC, H264, JPEG } from "./healthy_media.ts";

/** A fault and what it must be called. */
export interface Fault {
  /** What is wrong, for the table in the documents. */
  fault: string;
  code: FindingCode | "healthy";
  level: FindingLevel | "healthy";
}

/** A fault of media. */
export interface MediaFault extends Fault {
  session: () => Session;
}

const MEDIA = [JPEG, H264, AAC];
const STOPPED = { reason: "stopped", totalFrames: undefined } as const;

export const MEDIA_FAULTS: MediaFault[] = [
  ...MEDIA.map((medium): MediaFault => ({
    fault: `none: ${medium.name} over UDP`,
    code: "healthy",
    level: "healthy",
    session: () => healthy(medium),
  })),
  ...MEDIA.map((medium): MediaFault => ({
    fault: `none: ${medium.name} over TCP`,
    code: "healthy",
    level: "healthy",
    session: () => ({ ...healthy(medium), transport: "tcp" }),
  })),
  {
    fault: "none: H.264 and AAC together",
    code: "healthy",
    level: "healthy",
    session: () => healthy(H264, AAC),
  },
  {
    fault: "none: packets that overtake each other",
    code: "healthy",
    level: "healthy",
    session: () => {
      return filtered(healthy(H264), (packet, index) => {
        return index % 20 === 10 ? { ...packet, at: packet.at + 45 } : packet;
      });
    },
  },
  {
    fault: "none: this machine has little time, and takes packets late and many at once",
    code: "healthy",
    level: "healthy",
    session: () => {
      const session = healthy(H264, AAC);
      // It stands still from 0.7 s to 1.5 s, and so on.
      const late = (at: number): number => at % 1500 < 700 ? at : 1500 * Math.ceil(at / 1500);
      return { ...session, sent: inTime(session.sent.map((s) => ({ ...s, at: late(s.at) }))) };
    },
  },
  {
    fault: "none: a report of a source that never sent comes last, as VLC's server has it",
    code: "healthy",
    level: "healthy",
    session: () => {
      const session = healthy(JPEG);
      const packets = session.sent.filter(({ kind }) => kind === "rtp");
      const at = packets.at(-1)!.at + 1;
      const report = { kind: "sr" as const, at, stream: 0, ssrc: 0, madeAt: at };
      return { ...session, sent: [...packets, { ...report, rtpTimestamp: 0, packetCount: 0 }] };
    },
  },
  {
    fault: "none: half as many frames come as are described at most",
    code: "healthy",
    level: "healthy",
    session: () => {
      const session = healthy(JPEG);
      const description = session.description.map((line) => line.replace("rate:20", "rate:40"));
      return { ...session, description };
    },
  },
  {
    fault: "none: two of five frames come, at distances as even as can be",
    code: "healthy",
    level: "healthy",
    session: () => withFrames(healthy(JPEG), (number) => number % 5 === 0 || number % 5 === 2),
  },
  ...MEDIA.map((medium): MediaFault => ({
    fault: `none: now and then a packet of a type that is not described, ${medium.name}`,
    code: "healthy",
    level: "healthy",
    session: () => {
      let more = 0;
      return filtered(healthy(medium), (packet, index) => {
        const own = { ...packet, sequence: packet.sequence + more };
        if (!packet.marker || index % 20 !== 0) return own;
        more++;
        const foreign = { ...own, payloadType: 112, marker: false, timestamp: 7 };
        return [own, { ...foreign, sequence: own.sequence + 1, payload: new Uint8Array(40) }];
      });
    },
  })),
  ...MEDIA.map((medium): MediaFault => ({
    fault: `the network loses packets of ${medium.name}`,
    code: "loss-network",
    level: medium === AAC ? "warning" : "error",
    session: () => filtered(healthy(medium), lossy),
  })),
  ...MEDIA.map((medium): MediaFault => ({
    fault: `the sender leaves out packets of ${medium.name} that it has numbered, over UDP`,
    code: "loss-sender",
    level: medium === AAC ? "warning" : "error",
    session: () => atSender(healthy(medium), lossy),
  })),
  {
    fault: "packets are missing over TCP",
    code: "loss-sender",
    level: "error",
    session: () => filtered({ ...healthy(JPEG), transport: "tcp" }, lossy),
  },
  {
    fault: "packets are lost, and no sender report tells where",
    code: "sequence-gap",
    level: "error",
    session: () => {
      const session = filtered(healthy(JPEG), lossy);
      return { ...session, sent: session.sent.filter(({ kind }) => kind === "rtp") };
    },
  },
  {
    fault: "the receive buffer of this machine overflows",
    code: "host-drops",
    level: "error",
    session: () => {
      const session = filtered(healthy(JPEG), lossy);
      const lost = healthy(JPEG).sent.length - session.sent.length;
      return { ...session, ending: { ...session.ending, hostDrops: lost } };
    },
  },
  {
    fault: "packets come twice",
    code: "sequence-duplicate",
    level: "warning",
    session: () => {
      return filtered(healthy(H264), (packet, index) => {
        return every(30)(index) ? [packet, { ...packet, at: packet.at + 0.1 }] : packet;
      });
    },
  },
  {
    fault: "different packets with the same number",
    code: "sequence-reused",
    level: "error",
    session: () => {
      return filtered(healthy(JPEG), (packet, index) => {
        if (index !== 30) return packet;
        const other = { ...packet, at: packet.at + 0.1, payload: packet.payload.toReversed() };
        return [packet, other];
      });
    },
  },
  ...MEDIA.map((medium): MediaFault => ({
    fault: `sequence numbers go back by 20, and other packets have them, ${medium.name}`,
    code: "sequence-reused",
    level: "error",
    session: () => {
      return filtered(healthy(medium), (packet, index) => {
        return index < 80 ? packet : { ...packet, sequence: packet.sequence - 20 };
      });
    },
  })),
  {
    fault: "packets come once more, up to thirty later",
    code: "sequence-duplicate",
    level: "warning",
    session: () => {
      return filtered(healthy(AAC), (packet, index) => {
        return index % 9 === 0 ? [packet, { ...packet, at: packet.at + index * 3 }] : packet;
      });
    },
  },
  {
    fault: "sequence numbers jump in mid-stream",
    code: "sequence-restart",
    level: "warning",
    session: () => {
      return filtered(
        healthy(H264),
        from(2000, ({ sequence }) => ({ sequence: sequence + 20_000 })),
      );
    },
  },
  {
    fault: "timestamps jump ahead by an hour",
    code: "timestamp-jump",
    level: "warning",
    session: () => {
      const jump = from(2000, ({ timestamp }) => ({ timestamp: timestamp + HOUR_TICKS }));
      return atSenderClock(filtered(healthy(JPEG), jump), 2000, HOUR_TICKS);
    },
  },
  {
    fault: "timestamps begin at 0 again",
    code: "timestamp-jump",
    level: "warning",
    session: () => {
      const back = from(2500, ({ timestamp }) => ({ timestamp: timestamp - 50_000 - 225_000 }));
      return atSenderClock(filtered(healthy(H264), back), 2500, -275_000);
    },
  },
  {
    fault: "the SSRC changes in mid-stream, with its numbers",
    code: "ssrc-changed",
    level: "warning",
    session: () => {
      const other = from(2000, ({ sequence, timestamp }) => {
        return { ssrc: 7, sequence: sequence + 30_000, timestamp: timestamp + HOUR_TICKS };
      });
      const session = filtered(healthy(H264), other);
      return {
        ...session,
        sent: session.sent.filter(({ kind, at }) => kind === "rtp" || at < 2000),
      };
    },
  },
  {
    fault: "timestamps of a clock of 8,000 Hz where 48,000 is declared",
    code: "timestamp-rate",
    level: "warning",
    session: () => {
      const session = filtered(healthy(AAC), (packet) => {
        return { ...packet, timestamp: 50_000 + Math.round((packet.timestamp - 50_000) / 6) };
      });
      return reports(session, (report) => {
        return { ...report, rtpTimestamp: 50_000 + Math.round((report.rtpTimestamp - 50_000) / 6) };
      });
    },
  },
  {
    fault: "video timestamps in milliseconds where 90,000 Hz is declared",
    code: "timestamp-rate",
    level: "warning",
    session: () => {
      const slow = (timestamp: number): number => 50_000 + Math.round((timestamp - 50_000) / 90);
      const session = filtered(healthy(H264), (packet) => {
        return { ...packet, timestamp: slow(packet.timestamp) };
      });
      return reports(session, (sr) => ({ ...sr, rtpTimestamp: slow(sr.rtpTimestamp) }));
    },
  },
  ...[JPEG, H264].map((medium): MediaFault => ({
    fault: `the marker is never set, ${medium.name}`,
    code: "marker-never",
    level: "warning",
    session: () => filtered(healthy(medium), (packet) => ({ ...packet, marker: false })),
  })),
  ...[JPEG, H264].map((medium): MediaFault => ({
    fault: `the marker is set on every packet, ${medium.name}`,
    code: "marker-always",
    level: "error",
    session: () => filtered(healthy(medium), (packet) => ({ ...packet, marker: true })),
  })),
  {
    fault: "sender reports with timestamps of another clock",
    code: "sr-clock",
    level: "warning",
    session: () => {
      return reports(healthy(H264), (report) => {
        return { ...report, rtpTimestamp: (report.rtpTimestamp + HOUR_TICKS) >>> 0 };
      });
    },
  },
  {
    fault: "sender reports whose timestamps run at another rate",
    code: "sr-clock",
    level: "warning",
    session: () => {
      return reports(healthy(AAC), (report) => {
        const ticks = report.rtpTimestamp - 50_000;
        return { ...report, rtpTimestamp: 50_000 + Math.round(ticks / 2) };
      });
    },
  },
  {
    fault: "the server repeats the last picture for two seconds",
    code: "picture-frozen",
    level: "warning",
    session: () => healthy({ ...JPEG, frame: (number) => JPEG.frame(Math.min(number, 40)) }),
  },
  {
    fault: "the server sends the last H.264 picture again and again",
    code: "picture-frozen",
    level: "warning",
    session: () => healthy({ ...H264, frame: (number) => H264.frame(Math.min(number, 40)) }),
  },
  ...[JPEG, H264].map((medium): MediaFault => ({
    fault: `nothing comes for three seconds, then it goes on, ${medium.name}`,
    code: "stream-stalled",
    level: "warning",
    session: () => {
      const session = healthy(medium);
      const held = (at: number): number => at < 1500 ? at : Math.max(at, 4500);
      return { ...session, sent: inTime(session.sent.map((s) => ({ ...s, at: held(s.at) }))) };
    },
  })),
  {
    fault: "nothing comes any more, and everything else stays up",
    code: "stream-stalled",
    level: "error",
    session: () => {
      const ending = { ...STOPPED, time: PLAYED_AT + 5000 };
      return { ...stopsAt(2000)(healthy(H264)), ending };
    },
  },
  {
    fault: "RFC 2435: Q 255 and no tables",
    code: "jpeg-tables",
    level: "error",
    session: () => filtered(healthy(JPEG), withoutTables()),
  },
  {
    fault: "RFC 2435: a Q that is reserved",
    code: "jpeg-tables",
    level: "error",
    session: () => filtered(healthy(JPEG), withByte(5, 110)),
  },
  {
    fault: "RFC 2435: the tables come once and not with every frame",
    code: "jpeg-tables",
    level: "warning",
    session: () => filtered(healthy(JPEG), withoutTables(50_000, 200)),
  },
  {
    fault: "RFC 2435: one table of 64 bytes instead of two",
    code: "jpeg-tables",
    level: "error",
    session: () => filtered(healthy(JPEG), withOneTable),
  },
  {
    fault: "RFC 2435: size 0 and no a=x-dimensions",
    code: "jpeg-size",
    level: "error",
    session: () => filtered(healthy(JPEG), (packet) => withByte(7, 0)(withByte(6, 0)(packet))),
  },
  {
    fault: "RFC 2435: the width overflows its byte",
    code: "jpeg-scan",
    level: "error",
    session: () => filtered(healthy(JPEG), withByte(6, 16)),
  },
  {
    fault: "RFC 2435: a type that nobody defined",
    code: "jpeg-type",
    level: "error",
    session: () => filtered(healthy(JPEG), withByte(4, 7)),
  },
  {
    fault: "RFC 2435: fragment offsets that begin anew in every packet",
    code: "frame-damaged",
    level: "error",
    session: () => {
      return filtered(healthy(JPEG), (packet) => {
        return packet.payload[2] === 0 && packet.payload[3] === 0
          ? packet
          : withByte(3, 8)(withByte(2, 0)(packet));
      });
    },
  },
  {
    fault: "packets of a payload type that is not described",
    code: "sdp-payload-type",
    level: "error",
    session: () => filtered(healthy(H264), (packet) => ({ ...packet, payloadType: 98 })),
  },
  {
    fault: "the description states another profile than the stream's",
    code: "sdp-profile",
    level: "warning",
    session: () => {
      const session = healthy(H264);
      const description = session.description.map((line) => {
        return line.replace(/64000a;sprop.*$/, "42e00a");
      });
      return { ...session, description };
    },
  },
  {
    fault: "the description states another picture size (a=framesize)",
    code: "sdp-size",
    level: "warning",
    session: () => described(healthy(JPEG), "a=framesize:26 640-480"),
  },
  {
    fault: "the server leaves out frames that a narrow line does not carry",
    code: "frames-left-out",
    level: "warning",
    session: () => ({
      ...withFrames(healthy(JPEG), (number) => number % 10 < 5),
      transport: "tcp",
    }),
  },
  {
    fault: "the server sends all frames, over a line that takes twice their time",
    code: "falling-behind",
    level: "warning",
    session: () => {
      const session = healthy(JPEG);
      const sent = session.sent.map((each) => ({ ...each, at: 2 * each.at }));
      return { ...session, sent, transport: "tcp" };
    },
  },
  {
    fault: "the description states half the frame rate",
    code: "sdp-frame-rate",
    level: "warning",
    session: () => {
      const session = healthy(JPEG);
      const description = session.description.map((line) => line.replace("rate:20", "rate:10"));
      return { ...session, description };
    },
  },
  {
    fault: "one of two streams stays silent",
    code: "stream-silent",
    level: "warning",
    session: () => {
      const session = healthy(H264, AAC);
      return { ...session, sent: session.sent.filter(({ stream }) => stream === 0) };
    },
  },
  {
    fault: "the keep-alive is answered 501",
    code: "keep-alive-refused",
    level: "warning",
    session: () => {
      const later = exchange(3000, "GET_PARAMETER", 501, "Not Implemented");
      return { ...healthy(H264), later };
    },
  },
  {
    fault: "the session is forgotten before the timeout announced",
    code: "session-timeout",
    level: "error",
    session: () => {
      const later = exchange(4500, "GET_PARAMETER", 454, "Session Not Found");
      return { ...healthy(H264), later };
    },
  },
  {
    fault: "the stream stops within the timeout announced, with no end announced",
    code: "session-timeout",
    level: "error",
    session: () => {
      const session = healthyFor(15_000, H264);
      return { ...session, ending: { reason: "cut", totalFrames: undefined } };
    },
  },
  {
    fault: "the stream breaks off before the end that was announced",
    code: "stream-cut",
    level: "error",
    session: () => {
      const session = described(stopsAt(2500)(healthy(H264)), "a=range:npt=0-5.000");
      return { ...session, ending: { reason: "cut", totalFrames: undefined } };
    },
  },
  {
    fault: "Content-Base without a slash at its end",
    code: "content-base",
    level: "warning",
    session: () => ({ ...healthy(H264), contentBase: "rtsp://192.0.2.1/camera" }),
  },
  {
    fault: "Content-Base with its scheme twice",
    code: "content-base",
    level: "warning",
    session: () => ({ ...healthy(H264), contentBase: "rtsp://rtsp://192.0.2.1/camera/" }),
  },
  {
    fault: "Content-Base without a scheme",
    code: "content-base",
    level: "warning",
    session: () => ({ ...healthy(H264), contentBase: "192.0.2.1/camera/" }),
  },
  {
    fault: "two streams with the same control URL",
    code: "control-missing",
    level: "warning",
    session: () => {
      const session = healthy(H264, AAC);
      const description = session.description.map((line) => line.replace("track1", "track0"));
      return { ...session, description };
    },
  },
];
