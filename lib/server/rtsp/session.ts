import type { MediaPath } from "../../net/paths/media_path.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import type { ServerContext } from "../context.ts";
import type { SessionFacts } from "../events.ts";
import type { MediaTransport } from "../metrics.ts";
import { type SessionView, shownId, type WatchedSession } from "../watch.ts";
import type { GroupMember } from "./group_stream.ts";
import type { PlayPlan } from "./play_plan.ts";
import { RtpStream } from "./rtp_stream.ts";
import { OwnSeat, type Seat } from "./seat.ts";
import { SessionLife } from "./session_life.ts";
import { SharedLease } from "./shared_lease.ts";
import { ViewerReports } from "./viewer_reports.ts";

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

/** An RTSP session (RFC 2326, section 3.4): one file, one viewer, one way to send. */
export class RtspSession implements GroupMember, WatchedSession {
  /** What its viewer says of the stream. */
  readonly reports: ViewerReports;
  readonly #lease: SharedLease;
  readonly #hold: MediaLease;
  #seat: Seat;
  #carrier: MediaCarrier | undefined;
  readonly #life: SessionLife;
  /** ms of the Unix epoch */
  readonly #since: number;
  #closed = false;
  /** Kinds of trouble that were told; few sessions have any. */
  #warned: Set<string> | undefined;

  constructor(readonly options: RtspSessionOptions) {
    // Before the stream: at a moment when both are due, the end comes first.
    this.#life = new SessionLife(options.context, () => this.close("timed out"));
    this.#lease = new SharedLease(options.lease);
    this.#hold = this.#lease.hold();
    this.#seat = this.#ownSeat();
    this.reports = new ViewerReports(options.context, options.facts);
    this.#since = options.context.options.clock.wallTime();
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
    this.#watchLife();
  }

  /** Watches from another seat than before. */
  takeSeat(seat: Seat): void {
    this.#releaseChannels();
    if (seat !== this.#seat) this.#seat.leave();
    this.#seat = seat;
    this.touch();
    this.#watchLife();
  }

  /** The file for a stream that may outlive this session. */
  holdLease(): MediaLease {
    return this.#lease.hold();
  }

  /** A sign of life. */
  touch(): void {
    this.#life.touch();
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
    if (this.reports.receive(bytes, this.stream.ssrc)) this.#life.reported();
  }

  /** Says each kind of trouble once a session. */
  warn(kind: string, message: string): void {
    if (this.#warned?.has(kind)) return;
    (this.#warned ??= new Set()).add(kind);
    this.options.context.options.onEvent({
      event: "session-warning",
      message,
      ...this.options.facts,
    });
  }

  /** What those who watch the server see of it. */
  view(): SessionView {
    const { stream } = this;
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
      report: this.reports.last ?? null,
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
    this.#seat.leave(farewell);
    this.#life.rest();
    this.#releaseChannels();
    this.options.context.sessions.remove(this);
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

  /**
   * The open connection is the sign of life of what is sent in it: ffmpeg sends no RTCP there, rtspsrc
   * and openRTSP no requests. What goes elsewhere needs others.
   */
  #watchLife(): void {
    if (this.#carrier === undefined) this.#life.watch();
    else this.#life.rest();
  }
}
