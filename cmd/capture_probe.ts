import { describeSession } from "../lib/inspect/description.ts";
import type { Finding } from "../lib/inspect/finding.ts";
import { SessionInspector } from "../lib/inspect/session_inspector.ts";
import type {
  CapturedEnd,
  CapturedPacket,
  SessionWatcher,
} from "../lib/media/capture/session_watcher.ts";
import type {
  ObservedMessage,
  ObservedNote,
  ObservedRtcp,
  ObservedStray,
} from "../lib/stream/observation.ts";
import { ReceiveStatistics } from "../lib/stream/receive_statistics.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import type { ProbeReport } from "./probe_report.ts";
import { summarise } from "./summary.ts";

/** Messages before PLAY that are kept to describe the session by. */
const MOST_MESSAGES = 1000;

/** Looks at one session of a capture, tells what it sees, and judges it at its end. */
export class CapturedProbe implements SessionWatcher {
  packets = 0;
  /** Whether PLAY was accepted. */
  played = false;
  findings: Finding[] = [];
  readonly #inspector = new SessionInspector();
  #messages: ObservedMessage[] | undefined = [];

  /** @param most packets that are looked at; undefined for all */
  constructor(readonly report: ProbeReport, readonly most: number | undefined) {}

  message(message: ObservedMessage): void {
    if (message.method === "PLAY" && this.#messages !== undefined) {
      this.report.description(describeSession(this.#messages));
      this.#messages = undefined;
    }
    if ((this.#messages?.length ?? MOST_MESSAGES) < MOST_MESSAGES) this.#messages!.push(message);
    this.#inspector.message(message);
    this.report.message(message);
  }

  packet(packet: CapturedPacket): void {
    if (this.#isEnough()) return;
    this.packets++;
    this.report.packet(this.#inspector.packet(packet));
  }

  rtcp(rtcp: ObservedRtcp): void {
    this.report.rtcp(rtcp, this.#inspector.rtcp(rtcp));
  }

  frame(frame: ReceivedFrame, stream: string | undefined): void {
    if (this.#isEnough()) return;
    this.#inspector.frame(frame, stream);
    this.report.frame?.(frame, stream);
  }

  stray(stray: ObservedStray): void {
    this.#inspector.stray(stray);
  }

  note(note: ObservedNote): void {
    this.#inspector.note(note);
  }

  end({ goodbye, played, totalFrames }: CapturedEnd): void {
    this.played = played;
    const reason = goodbye ? "complete" : "stopped";
    const conclusion = this.#inspector.judge({ reason, totalFrames });
    this.findings = conclusion.findings;
    this.report.conclusion(conclusion);
    const { streams } = this.#inspector;
    streams.forEach((stream, i) => {
      this.report.summary(stream, i + 1, summarise(stream.statistics, stream));
    });
    if (streams.length === 0 && played) this.report.summary(undefined, 1, NOTHING);
  }

  #isEnough(): boolean {
    return this.packets === this.most;
  }
}

/** The numbers of a stream of which no packet came. */
const NOTHING = summarise(new ReceiveStatistics(1), { frames: 0, damagedFrames: 0 });
