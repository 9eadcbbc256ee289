import type { MediaSession } from "../../client/media_session.ts";
import type { Observer } from "../../client/observer.ts";
import type { Finding } from "../../inspect/finding.ts";
import type { InspectedPacket } from "../../inspect/rule.ts";
import type { Clock } from "../../net/clock.ts";
import { dialectOf, type ObservedMessage } from "../../stream/observation.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";
import type { ExchangeEntry, ExchangeLog } from "./exchange_log.ts";
import { FindingsWatch } from "./findings_watch.ts";
import { MediaTime } from "./media_time.ts";
import type { Counters } from "./samples.ts";
import type { PlayerNumbers } from "./snapshot.ts";

/** Who is told of what a watch sees. */
export interface WatchListener {
  /** A whole picture. */
  picture(frame: ReceivedFrame & { jpeg: Uint8Array }): void;
  exchange(entry: ExchangeEntry): void;
}

/** Watches one session: counts, keeps time, judges. A new SETUP begins another. */
export class SessionWatch {
  readonly time = new MediaTime();
  readonly findings = new FindingsWatch();
  /** Complete frames. */
  frames = 0;
  damagedFrames = 0;
  lastPacket: InspectedPacket | undefined;
  dialect: "lab" | "rtsp" | undefined;
  /** The Scale of the PLAY under way. */
  askedScale: number | undefined;
  session: MediaSession | undefined;
  #found: { at: number; findings: Finding[] } = { at: -Infinity, findings: [] };
  readonly #playCseqs = new Set<string>();

  constructor(
    readonly clock: Clock,
    readonly log: ExchangeLog,
    readonly listener: WatchListener,
  ) {
    log.beginConnection();
  }

  /** What the client tells. */
  readonly observer: Observer = {
    message: (message) => this.#message(message),
    packet: (packet) => {
      this.lastPacket = this.findings.packet(packet);
    },
    frame: (frame) => this.#frame(frame),
    stray: (stray) => this.findings.stray(stray),
    note: (note) => {
      this.findings.note(note);
      this.listener.exchange(this.log.note(note, this.clock.wallTime()));
    },
  };

  /** What comes from now on does not follow what came before. */
  beginStretch(): void {
    this.findings.beginStretch();
  }

  /** What there is to say so far; judged anew now and then, as that takes a look at everything. */
  get findingsNow(): Finding[] {
    const now = this.clock.now();
    if (now - this.#found.at >= JUDGE_EVERY_MS) {
      const { totalFrames, hostDrops } = this.session ?? {};
      this.#found = { at: now, findings: this.findings.findings(totalFrames, hostDrops) };
    }
    return this.#found.findings;
  }

  get counters(): Counters {
    const statistics = this.session?.statistics;
    return {
      frames: this.frames,
      bytes: statistics?.bytes ?? 0,
      expected: statistics?.expected ?? 0,
      lost: statistics?.lost ?? 0,
      jitterMs: statistics?.jitterMs ?? 0,
    };
  }

  get numbers(): PlayerNumbers {
    const statistics = this.session?.statistics;
    const seconds = (statistics?.activeMs ?? 0) / 1000;
    const rate = (count: number): number => seconds > 0 ? count / seconds : 0;
    return {
      frames: this.frames,
      damagedFrames: this.damagedFrames,
      packets: statistics?.packets ?? 0,
      lost: statistics?.lost ?? 0,
      duplicated: statistics?.duplicated ?? 0,
      reordered: statistics?.reordered ?? 0,
      bytes: statistics?.bytes ?? 0,
      activeSeconds: round(seconds, 1),
      // The first frame begins the time and does not fill any of it.
      fps: round(rate(Math.max(0, this.frames - 1)), 2),
      bitsPerSecond: Math.round(rate(8 * (statistics?.bytes ?? 0))),
      jitterMs: round(statistics?.jitterMs ?? 0, 2),
      maxJitterMs: round(statistics?.maxJitterMs ?? 0, 2),
      hostDrops: this.session?.hostDrops,
    };
  }

  #measuredFps(): number | undefined {
    const activeMs = this.session?.statistics.activeMs ?? 0;
    return activeMs < LEAST_MEASURED_MS ? undefined : 1000 * (this.frames - 1) / activeMs;
  }

  #message(message: ObservedMessage): void {
    if (message.direction === "in") this.dialect ??= dialectOf(message);
    this.findings.message(message);
    this.time.described(message);
    const cseq = message.headers.find(([name]) => /^cseq$/i.test(name))?.[1];
    if (cseq !== undefined) {
      if (message.method === "PLAY") this.#playCseqs.add(cseq);
      else if (message.status !== undefined && this.#playCseqs.delete(cseq)) {
        if (message.status < 300) this.time.played(message, this.askedScale);
      }
    }
    this.listener.exchange(this.log.message(message));
  }

  #frame(frame: ReceivedFrame): void {
    this.findings.frame(frame);
    const { jpeg } = frame;
    if (jpeg === undefined) {
      this.damagedFrames++;
      return;
    }
    this.frames++;
    this.time.totalFrames = this.session?.totalFrames;
    this.time.isLab = this.dialect === "lab";
    this.time.received(frame, this.#measuredFps());
    this.listener.picture({ ...frame, jpeg });
  }
}

const JUDGE_EVERY_MS = 1000;
/** Over less time than this a rate cannot be told, in ms. */
const LEAST_MEASURED_MS = 2000;

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
