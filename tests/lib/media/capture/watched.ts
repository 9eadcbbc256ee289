// A watcher of captures that keeps what it is told.
import { Recording, recordingFormat } from "../../../../lib/media/capture/recording.ts";
import type {
  CapturedEnd,
  CapturedPacket,
  CapturedSession,
  SessionWatcher,
} from "../../../../lib/media/capture/session_watcher.ts";
import type {
  ObservedMessage,
  ObservedNote,
  ObservedRtcp,
  ObservedStray,
} from "../../../../lib/stream/observation.ts";
import type { ReceivedFrame } from "../../../../lib/stream/received_frame.ts";

export class Watched implements SessionWatcher {
  readonly messages: ObservedMessage[] = [];
  readonly packets: CapturedPacket[] = [];
  /** Types of RTCP packets. */
  readonly reports: string[] = [];
  readonly strays: string[] = [];
  /** What is wrong with frames that are not whole. */
  readonly damaged: (string | undefined)[] = [];
  /** Whole frames. */
  pictures = 0;
  /** Codes. */
  readonly notes: string[] = [];
  ended: CapturedEnd | undefined;

  constructor(readonly info: CapturedSession) {}

  get numbers(): number[] {
    return this.packets.map(({ packet }) => packet.sequence);
  }

  message(message: ObservedMessage): void {
    this.messages.push(message);
  }

  packet(packet: CapturedPacket): void {
    this.packets.push(packet);
  }

  frame({ jpeg, damage }: ReceivedFrame): void {
    if (jpeg === undefined) this.damaged.push(damage);
    else this.pictures++;
  }

  note({ code }: ObservedNote): void {
    this.notes.push(code);
  }

  stray({ problem }: ObservedStray): void {
    this.strays.push(problem);
  }

  rtcp({ packet }: ObservedRtcp): void {
    this.reports.push(packet.type);
  }

  end(end: CapturedEnd): void {
    this.ended = end;
  }
}

/** Everything in a capture, read in pieces of some bytes. */
export function analyse(
  capture: Uint8Array,
  { only, piece = 4096 }: { only?: number; piece?: number } = {},
): { sessions: Watched[]; recording: Recording | undefined } {
  const sessions: Watched[] = [];
  const format = recordingFormat(capture);
  if (format === undefined) return { sessions, recording: undefined };
  const recording = new Recording(format, {
    session: (session) => {
      if (only !== undefined && session.number !== only) return undefined;
      const watched = new Watched(session);
      sessions.push(watched);
      return watched;
    },
  });
  for (let at = 0; at < capture.length; at += piece) {
    if (!recording.push(capture.slice(at, at + piece))) break;
  }
  recording.finish();
  return { sessions, recording };
}
