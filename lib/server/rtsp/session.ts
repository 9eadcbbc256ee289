import { HELD_UP_MS } from "../../net/clock.ts";
import type { MediaPath } from "../../net/paths/media_path.ts";
import { parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import type { ReportBlock } from "../../rtcp/report_block.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import type { ServerContext } from "../context.ts";
import type { ReportFacts, SessionFacts } from "../events.ts";
import type { MediaTransport } from "../metrics.ts";
import { ScheduledTask } from "../scheduler.ts";
import { type SessionView, shownId, type WatchedSession } from "../watch.ts";
import type { GroupMember } from "./group_stream.ts";
import type { PlayPlan } from "./play_plan.ts";
import { JPEG_CLOCK_RATE, RtpStream } from "./rtp_stream.ts";
import { OwnSeat, type Seat } from "./seat.ts";
import { SharedLease } from "./shared_lease.ts";

/** What a session is made of. */
export interface RtspSessionOptions {
  facts: SessionFacts;
  /** The address of the viewer. */
  peerHostname: string;
  /** The name of the user it belongs to; undefined where nobody has to say who they are. */
  user?: string | undefined;
  /** Given back when the session, and the group it may have brought its file to, have ended. */
  lease: MediaLease;
  context: ServerContext;
  /** Frames a second. */
  fps: number;
}

/** The connection whose channels carry a session's media; the session ends with it. */
export interface MediaCarrier {
  /** Takes a session's channels back. */
  releaseChannels(session: RtspSession): void;
  /** Ends the connection, once what waits has been written. */
  hangUp(): void;
}

/** Who wants something of a session. */
export interface SessionRequester {
  /** The name of the user; undefined where nobody has to say. */
  readonly user: string | undefined;
  readonly hostname: string;
  /** The conversation it is said in; undefined when that is another server's. */
  readonly carrier?: MediaCarrier;
}

/**
 * How long a receiver that lives by its reports may be silent at the least, in ms: they come up to 7.5 s
 * apart (RFC 3550, section 6.3.1), and one may be lost.
 */
const REPORT_SILENCE_MS = 16_000;

/** An RTSP session (RFC 2326, section 3.4): one file, one viewer, one way to send. */
export class RtspSession implements GroupMember, WatchedSession {
  /** The last report of the receiver about our stream. */
  receiverReport: ReportBlock | undefined;
  /** Opens RTCP where media is protected; undefined where it is not. */
  openControl: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
  readonly #lease: SharedLease;
  readonly #hold: MediaLease;
  #seat: Seat;
  #carrier: MediaCarrier | undefined;
  #lastSeenAt: number;
  /** ms of the Unix epoch */
  readonly #since: number;
  /** Whether the receiver sends RTCP, which may be its only sign of life. */
  #reportsCome = false;
  #closed = false;
  /** Packets lost by the reports before, for what is counted of all sessions together. */
  #lostBefore = 0;
  #warned = new Set<string>();
  readonly #expiry = new ScheduledTask(() => this.#checkExpiry());

  constructor(readonly options: RtspSessionOptions) {
    this.#lease = new SharedLease(options.lease);
    this.#hold = this.#lease.hold();
    this.#seat = this.#ownSeat();
    const { clock } = options.context.options;
    this.#lastSeenAt = clock.now();
    this.#since = clock.wallTime();
  }

  get id(): string {
    return this.options.facts.session;
  }

  /** The name of the media, as it was asked for. */
  get media(): string {
    return this.options.facts.file;
  }

  get peerHostname(): string {
    return this.options.peerHostname;
  }

  get state(): "Ready" | "Playing" {
    return this.#seat.playing ? "Playing" : "Ready";
  }

  /** What is being watched. */
  get stream(): RtpStream {
    return this.#seat.stream;
  }

  /** Whether others are watching the same stream now, which is then not this viewer's to move. */
  get sharesStream(): boolean {
    return this.#seat.shared;
  }

  /**
   * Whether it is the requester's to command: that of the user who set it up, and of nobody else. One
   * whose media goes over its connection is that connection's; clients of others come back on new
   * ones (rtspsrc, openRTSP and VLC, to keep it alive and to end it), but from the same address.
   */
  obeys({ user, hostname, carrier }: SessionRequester): boolean {
    const { context, peerHostname } = this.options;
    if (user !== this.options.user) return false;
    if (context.options.sessionAnyConnection) return true;
    return this.#carrier === undefined ? hostname === peerHostname : carrier === this.#carrier;
  }

  /**
   * Sets the way to send to this viewer alone, replacing the one before.
   * @param carrier the connection the path goes over, whose being open is then the sign of life
   */
  attach(path: MediaPath, carrier?: MediaCarrier): void {
    const seat = this.#seat instanceof OwnSeat ? this.#seat : this.#ownSeat();
    this.takeSeat(seat);
    seat.sendOver(path, carrier === undefined ? "udp" : "tcp");
    this.#carrier = carrier;
    this.#checkExpiry();
  }

  /** Watches from another seat than before. */
  takeSeat(seat: Seat): void {
    this.#releaseChannels();
    if (seat !== this.#seat) this.#seat.leave();
    this.#seat = seat;
    this.touch();
    this.#checkExpiry();
  }

  /** The file for a stream that may outlive this session. */
  holdLease(): MediaLease {
    return this.#lease.hold();
  }

  /** A sign of life. */
  touch(): void {
    this.#lastSeenAt = this.options.context.options.clock.now();
  }

  /** Plays now. */
  play(plan: PlayPlan): void {
    // It may have ended while the reply was on its way.
    if (!this.#closed) this.#seat.play(plan);
  }

  /** Stops where it is and forgets what waits (RFC 2326, section 10.6). */
  pause(): void {
    this.#seat.pause();
    this.paused();
  }

  /** Stops before a frame; see {@linkcode RtpStream.pauseAt}. */
  pauseAt(frame: number): boolean {
    return this.#seat.pauseAt(frame);
  }

  stretchBegan(): void {
    this.#tellPosition("session-playing");
  }

  paused(): void {
    this.#tellPosition("session-paused");
  }

  mediaEnded(): void {
    this.options.context.options.onEvent({ event: "session-end-of-media", ...this.options.facts });
  }

  /** Takes RTCP of the receiver: a sign of life, and what it says about our stream. */
  receiveControl(bytes: Uint8Array): void {
    this.touch();
    this.options.context.metrics.rtcpReceived++;
    const plain = this.openControl === undefined ? bytes : this.openControl(bytes);
    if (plain === undefined) return; // ffmpeg sends its reports as they are
    let packets: RtcpPacket[];
    try {
      packets = parseCompound(plain);
    } catch {
      return; // hole punches and noise come here too
    }
    this.#reportsCome = true;
    for (const packet of packets) {
      if (packet.type !== "RR" && packet.type !== "SR") continue;
      const report = packet.reports.find((block) => block.ssrc === this.stream.ssrc);
      if (report !== undefined) this.#tellReport(report);
    }
  }

  /** Says each kind of trouble once a session. */
  warn(kind: string, message: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.options.context.options.onEvent({
      event: "session-warning",
      message,
      ...this.options.facts,
    });
  }

  /** What those who watch the server see of it. */
  view(): SessionView {
    const { stream, receiverReport: report } = this;
    const { dialect, file, peer } = this.options.facts;
    const { framesSent, framesDropped } = this.#seat;
    const { live, frameCount } = stream.planSource;
    return {
      id: shownId(this.id),
      peer,
      dialect,
      file,
      state: this.state,
      transport: this.#transport,
      path: stream.path?.name ?? "",
      since: this.#since,
      frame: stream.player.position + 1,
      frameCount: live || frameCount === Infinity ? null : frameCount ?? null,
      framesSent,
      framesDropped,
      packetsSent: stream.packetCount,
      report: report === undefined ? null : factsOf(report),
    };
  }

  /** Ends the session for whoever runs the server, and the connection that carries its media. */
  kick(reason: string): void {
    const carrier = this.#carrier;
    this.close(reason, reason);
    carrier?.hangUp();
  }

  get #transport(): MediaTransport {
    if (!(this.#seat instanceof OwnSeat)) return "multicast";
    return this.#carrier === undefined ? "udp" : "tcp";
  }

  /**
   * Ends the session and frees everything it has.
   * @param farewell what the receiver is told in a BYE; undefined for none
   */
  close(reason: string, farewell = this.#carrier === undefined ? reason : undefined): void {
    if (this.#closed) return;
    const { context, facts } = this.options;
    const { framesSent: frames, framesDropped: dropped } = this.#seat;
    const { path } = this.stream;
    // Behind a reply to TEARDOWN in the same connection, gortsplib and MediaMTX want no more media;
    // so what is carried there ends without a BYE, unless that is asked for.
    this.discard(farewell);
    const impaired = path?.impaired && { impaired: { ...path.impaired } };
    const ended = { reason, frames, dropped, ...impaired };
    context.options.onEvent({ event: "session-ended", ...ended, ...facts });
  }

  /**
   * The same without a word, for a session that never was.
   * @param farewell what the receiver is told in a BYE; undefined for none
   */
  discard(farewell?: string): void {
    this.#closed = true;
    const { context } = this.options;
    this.#seat.leave(farewell);
    context.scheduler.cancel(this.#expiry);
    this.#releaseChannels();
    context.sessions.remove(this);
    this.#hold.release();
  }

  #ownSeat(): OwnSeat {
    const { context, fps } = this.options;
    const lease = this.#lease.hold();
    return new OwnSeat(new RtpStream({ lease, context, fps, listener: this }));
  }

  #releaseChannels(): void {
    this.#carrier?.releaseChannels(this);
    this.#carrier = undefined;
  }

  #tellPosition(event: "session-playing" | "session-paused"): void {
    const { position } = this.stream.player;
    this.options.context.options.onEvent({ event, position, ...this.options.facts });
  }

  #tellReport(report: ReportBlock): void {
    const { options: { onEvent }, metrics } = this.options.context;
    metrics.packetsReportedLost += Math.max(0, report.cumulativeLost - this.#lostBefore);
    this.#lostBefore = Math.max(this.#lostBefore, report.cumulativeLost);
    this.receiverReport = report;
    onEvent({ event: "session-report", ...factsOf(report), ...this.options.facts });
  }

  #checkExpiry(): void {
    const { scheduler, options } = this.options.context;
    // The open connection is the sign of life of what is sent in it: ffmpeg sends no RTCP there,
    // rtspsrc and openRTSP no requests.
    if (this.#carrier !== undefined) return scheduler.cancel(this.#expiry);
    const timeout = options.sessionTimeout * 1000;
    const silence = this.#reportsCome ? Math.max(timeout, REPORT_SILENCE_MS) : timeout;
    const now = options.clock.now();
    // Its signs of life may wait to be read.
    if (now > this.#lastSeenAt + silence + HELD_UP_MS) {
      this.#lastSeenAt = now - silence + HELD_UP_MS;
    }
    const expiresAt = this.#lastSeenAt + silence;
    if (now >= expiresAt) return this.close("timed out");
    scheduler.schedule(this.#expiry, expiresAt);
  }
}

/** What a report says, in the words of events. */
function factsOf({ cumulativeLost, fractionLost, jitter }: ReportBlock): ReportFacts {
  return {
    // live555's first report counts one packet too few and so says that all are lost.
    fractionLost: cumulativeLost < 0 ? 0 : fractionLost / 256,
    packetsLost: cumulativeLost,
    jitterMs: jitter * 1000 / JPEG_CLOCK_RATE,
  };
}
