import { hostPort, type UdpAddress } from "../../net/address.ts";
import { ReceiverTrouble } from "../send_trouble.ts";
import { FrameDestination } from "../../net/frame_sender.ts";
import type { ImpairedLine } from "../../net/impairment/impaired_line.ts";
import { CLASSIC_CLIENT_MAX_FRAME, LAB_MAX_FRAME } from "../../stream/lab_payload.ts";
import type { Departure } from "../../net/paths/media_path.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import type { SessionFacts } from "../events.ts";
import { describeFault } from "../fault.ts";
import { type FramePlayer, playerOf } from "../frame_player.ts";
import type { FrameSink } from "../player.ts";
import { type SessionView, shownId } from "../watch.ts";
import type { ServerContext } from "../context.ts";

/** A lab client's session: one file, one player, one UDP port to send to. */
export class LabSession implements FrameSink {
  readonly destination: FrameDestination;
  readonly player: FramePlayer;
  readonly #fps: number;
  /** Bad network on purpose; undefined for none. */
  readonly #line: ImpairedLine | undefined;
  /** ms of the Unix epoch */
  readonly #since: number;
  #framesSent = 0;
  #framesDropped = 0;
  #frameCount: number | undefined;
  #warned = new Set<string>();

  constructor(
    readonly facts: SessionFacts,
    readonly lease: MediaLease,
    { hostname, port }: UdpAddress,
    readonly context: ServerContext,
  ) {
    const trouble = new ReceiverTrouble(context, this, facts.peer, `port ${port}`);
    this.destination = new FrameDestination(hostname, port, trouble);
    this.#line = context.impairments?.line({
      deliver: (_kind, bytes) => {
        context.labPorts.send(new Uint8Array(bytes), this.destination);
      },
    });
    const { options, scheduler } = context;
    this.#since = options.clock.wallTime();
    this.#fps = lease.source.frameRate ?? options.fps;
    const { loop } = options;
    this.player = playerOf({ source: lease.source, fps: this.#fps, loop, sink: this, scheduler });
  }

  get id(): string {
    return this.facts.session;
  }

  get framesSent(): number {
    return this.#framesSent;
  }

  /** Frames in the file, Infinity without an end; reads its index to the end the first time. */
  async frameCount(): Promise<number> {
    return this.#frameCount ??= await this.lease.source.frameCount();
  }

  /** What those who watch the server see of it. */
  view(): SessionView {
    const { player, destination, facts, lease } = this;
    const { dialect, file, peer } = facts;
    const { live, knownFrameCount: frameCount } = lease.source;
    const isEndless = live !== undefined || frameCount === Infinity;
    return {
      id: shownId(this.id),
      peer,
      dialect,
      file,
      state: player.playing && !player.ended ? "Playing" : "Ready",
      transport: "lab",
      path: `UDP ${hostPort(destination.hostname, destination.port)}`,
      since: this.#since,
      frame: player.position + 1,
      frameCount: isEndless ? null : frameCount ?? null,
      framesSent: this.#framesSent,
      framesDropped: this.#framesDropped,
      packetsSent: this.#framesSent,
      report: null,
    };
  }

  sendFrame(jpeg: Uint8Array, index: number, passed: number): boolean | void {
    if (jpeg.length > LAB_MAX_FRAME) {
      this.context.metrics.framesFailed++;
      return this.warn(
        "too-long",
        `frame ${
          index + 1
        } has ${jpeg.length} bytes and does not fit a datagram (at most ${LAB_MAX_FRAME}); left out, as others like it`,
      );
    }
    const isTold = jpeg.length > CLASSIC_CLIENT_MAX_FRAME && this.#tellOfLong(jpeg, index);
    const number = passed + index + 1;
    // Viewers of something live count its frames from where each of them joined.
    const shared = passed === 0 && this.lease.source.live === undefined;
    const datagram = this.context.labPacketizer.packetize(jpeg, number, this.#fps, shared);
    const departure = this.#send(datagram);
    if (departure === "dropped") return this.#dropped(index);
    this.#framesSent++;
    const { sent: { lab } } = this.context.metrics;
    lab.frames++;
    lab.packets++;
    lab.bytes += jpeg.length;
    // Who is told may write it down, which takes the runtime.
    return departure === "left" && !isTold;
  }

  #send(datagram: Uint8Array<ArrayBuffer>): Departure {
    if (this.#line === undefined) return this.context.labPorts.send(datagram, this.destination);
    this.#line.push("rtp", datagram);
    return "leaving";
  }

  mediaEnded(): void {
    this.context.options.onEvent({ event: "session-end-of-media", ...this.facts });
  }

  frameFailed(index: number, error: unknown): void {
    this.context.metrics.framesFailed++;
    const problem = describeFault(error);
    this.warn("unreadable", `frame ${index + 1} left out: ${problem}`);
  }

  #dropped(index: number): void {
    this.#framesDropped++;
    this.context.metrics.framesDropped++;
    this.warn("slow", `datagrams leave too slowly: frame ${index + 1} and others are left out`);
  }

  /** Stops the player and gives the file back. */
  close(reason: string): void {
    this.player.pause();
    this.lease.release();
    this.#line?.finish();
    this.context.options.onEvent({
      event: "session-ended",
      reason,
      frames: this.#framesSent,
      dropped: this.#framesDropped,
      ...(this.#line && { impaired: { ...this.#line.counts } }),
      ...this.facts,
    });
  }

  /**
   * Tells of it once for all who watch the same: it is the file's, and a course has a hundred viewers.
   * @returns whether it was told now
   */
  #tellOfLong(jpeg: Uint8Array, index: number): boolean {
    const { lease: { source, origin = source }, context: { toldOfLong } } = this;
    if (toldOfLong.has(origin)) return false;
    toldOfLong.add(origin);
    this.warn(
      "long",
      `frame ${
        index + 1
      } has ${jpeg.length} bytes; clients that receive 20,480 at a time show it cut`,
    );
    return true;
  }

  /** Says each kind of trouble once a session; a stream of equal lines helps nobody. */
  warn(kind: string, message: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.context.options.onEvent({ event: "session-warning", message, ...this.facts });
  }
}
