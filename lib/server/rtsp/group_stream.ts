import { isLoopback, type UdpAddress } from "../../net/address.ts";
import { ReceiverTrouble } from "../send_trouble.ts";
import type { MulticastSender, MulticastTarget } from "../../net/multicast_sender.ts";
import { UdpPath } from "../../net/paths/udp_path.ts";
import type { PlayPlan } from "./play_plan.ts";
import { RtpStream, type RtpStreamOptions, type StreamListener } from "./rtp_stream.ts";
import type { Seat } from "./seat.ts";

/** What a group tells the session that sits in it. */
export interface GroupMember extends StreamListener {
  /** The address its receiver reports come from. */
  readonly peerHostname: string;
  receiveControl(bytes: Uint8Array): void;
}

/** What a group's stream is made of. */
export interface GroupStreamOptions extends Omit<RtpStreamOptions, "listener"> {
  sender: MulticastSender;
  /** Told when the last member has left and everything is freed. */
  onEmpty: () => void;
}

/**
 * One stream for all viewers of a file, sent once to a multicast group. It runs while anybody plays;
 * the first to play decides where it begins, and those who join take it as it is.
 */
export class GroupStream implements StreamListener {
  readonly stream: RtpStream;
  #seats = new Set<GroupSeat>();
  #ownHostname: string | undefined;
  #closed = false;

  constructor(readonly options: GroupStreamOptions) {
    const { sender, context, lease, fps } = options;
    const { group, rtpPort } = sender.target;
    this.stream = new RtpStream({ lease, context, fps, listener: this });
    const destination = { hostname: group, rtpPort, rtcpPort: rtpPort + 1 };
    const trouble = new ReceiverTrouble(context, this, group, `group ${group}`);
    const path = new UdpPath(sender.ports, destination, trouble);
    this.stream.sendOver(context.impair(path), "multicast");
    sender.receiveReports((bytes, from) => this.#receive(bytes, from)).catch((error) => {
      trouble.failed(error);
    });
  }

  get target(): MulticastTarget {
    return this.options.sender.target;
  }

  /** Whether it has come to its end and nobody can take a seat any more. */
  get closed(): boolean {
    return this.#closed;
  }

  join(member: GroupMember): GroupSeat {
    const seat = new GroupSeat(this, member);
    this.#seats.add(seat);
    return seat;
  }

  /** Whether the stream runs for anyone but this seat. */
  runsForOthers(seat: GroupSeat): boolean {
    return this.stream.running && this.#playing().some((other) => other !== seat);
  }

  /** A viewer has stopped: the stream goes on for the others. */
  stopped(): void {
    if (this.#playing().length === 0) this.stream.pause();
  }

  left(seat: GroupSeat, farewell: string | undefined): void {
    if (!this.#seats.delete(seat)) return;
    if (this.#seats.size > 0) return this.stopped();
    this.#closed = true;
    this.stream.close(farewell);
    this.options.sender.close();
    this.options.onEmpty();
  }

  stretchBegan(): void {
    for (const { member } of this.#playing()) member.stretchBegan();
  }

  /** No seat asks for a pause point. */
  paused(): void {}

  mediaEnded(): void {
    for (const seat of this.#playing()) {
      seat.ended();
      seat.member.mediaEnded();
    }
  }

  warn(kind: string, message: string): void {
    for (const { member } of this.#playing()) member.warn(kind, message);
  }

  #playing(): GroupSeat[] {
    return [...this.#seats].filter((seat) => seat.wantsFrames);
  }

  /**
   * All of a group hear each other's reports; only the sender's address tells whose one is. Our own
   * come back too, and tell by which address viewers on this machine send theirs.
   */
  #receive(bytes: Uint8Array, from: UdpAddress): void {
    if (isFrom(bytes, this.stream.ssrc)) {
      this.#ownHostname = from.hostname;
      return;
    }
    for (const { member } of this.#seats) {
      const isLocal = isLoopback(member.peerHostname) && from.hostname === this.#ownHostname;
      if (isLocal || member.peerHostname === from.hostname) member.receiveControl(bytes);
    }
  }
}

/** One session's part in a group's stream. */
export class GroupSeat implements Seat {
  readonly framesDropped = 0;
  #framesBefore = 0;
  /** What the stream had sent when this viewer began to play; undefined while it does not. */
  #joinedAt: number | undefined;

  constructor(readonly group: GroupStream, readonly member: GroupMember) {}

  get stream(): RtpStream {
    return this.group.stream;
  }

  /** Whether the viewer has asked to play and not to pause, and the media has not ended since. */
  get wantsFrames(): boolean {
    return this.#joinedAt !== undefined;
  }

  get playing(): boolean {
    return this.wantsFrames && this.stream.running;
  }

  get shared(): boolean {
    return this.group.runsForOthers(this);
  }

  get framesSent(): number {
    const since = this.#joinedAt === undefined ? 0 : this.stream.framesSent - this.#joinedAt;
    return this.#framesBefore + since;
  }

  play(plan: PlayPlan): void {
    const joins = this.shared;
    this.#joinedAt ??= this.stream.framesSent;
    if (joins) this.member.stretchBegan();
    else this.stream.play(plan);
  }

  /** One viewer's pause point is not the others'. */
  pauseAt(): boolean {
    return false;
  }

  pause(): void {
    this.ended();
    this.group.stopped();
  }

  leave(farewell?: string): void {
    this.group.left(this, farewell);
  }

  /** Frames no longer count as this viewer's. */
  ended(): void {
    this.#framesBefore = this.framesSent;
    this.#joinedAt = undefined;
  }
}

/** Bytes of the part of an RTCP header before the sender's SSRC (RFC 3550, section 6.4). */
const SENDER_SSRC_AT = 4;

/** Whether an RTCP packet is our own, come back to us. */
function isFrom(bytes: Uint8Array, ssrc: number): boolean {
  if (bytes.length < SENDER_SSRC_AT + 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(SENDER_SSRC_AT) === ssrc;
}
