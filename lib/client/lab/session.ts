import { anyAddressFor, plainAddress, type UdpAddress } from "../../net/address.ts";
import type { Clock, Timer } from "../../net/clock.ts";
import { DatagramSocket } from "../../net/datagram.ts";
import type { Impairments } from "../../net/impairment/impairments.ts";
import { LAB_JUMP_FRAMES } from "../../rtsp/lab/methods.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { NoMediaError, StatusError } from "../errors.ts";
import type { EndReason, FrameJumps, MediaSession, MediaTrack } from "../media_session.ts";
import type { Observer } from "../observer.ts";
import { LabConnection } from "./connection.ts";
import { JPEG_CLOCK_RATE, LabIntake } from "./intake.ts";

/** The four words of the lab's command line: `HOST PORT RTP_PORT FILE`. */
export interface LabTarget {
  hostname: string;
  port: number;
  /** UDP port to receive on; 0 for any free one. */
  rtpPort: number;
  file: string;
}

/** What a lab session needs from outside. */
export interface LabSessionOptions {
  clock: Clock;
  /** Bound on connecting, on each reply, and on the first packet, in ms. */
  timeout: number;
  observer: Observer;
  signal?: AbortSignal | undefined;
  /** Called, and waited for, when the server has answered: it speaks this dialect. */
  understood?: (() => Promise<void>) | undefined;
  /** A bad network that media goes through on its way in; undefined for none. */
  impairments?: Impairments | undefined;
}

/**
 * How long silence must last to be the end of the file, in ms. Lab servers just stop sending; the
 * slowest seen delays a frame by less than half of this.
 */
export const END_SILENCE_MS = 2000;

/** How long TEARDOWN's reply is waited for: some lab servers never answer it. */
const TEARDOWN_MS = 1000;

/** How often a session that plays looks after itself, in ms. */
const WATCH_MS = 50;

/** How long after the reply to a jump its first packet may still be on its way, in ms. */
const JUMP_SETTLES_MS = 1000;

/** Plays one file from a lab server. */
export class LabMediaSession implements MediaSession {
  totalFrames: number | undefined;
  readonly #intake: LabIntake;
  #settle: PromiseWithResolvers<EndReason> = Promise.withResolvers();
  #timer: Timer | undefined;
  #playing = false;
  #lastPacketAt = 0;
  /** Whether the end has come; the server goes on waiting for a jump. */
  #over = false;
  #closed = false;
  readonly #jumps: FrameJumps = {
    frames: LAB_JUMP_FRAMES,
    restart: () => this.#jump("RESTART"),
    forward: () => this.#jump("FORWARD"),
    backward: () => this.#jump("BACKWARD"),
  };

  private constructor(
    readonly target: LabTarget,
    readonly options: LabSessionOptions,
    readonly connection: LabConnection,
    readonly socket: DatagramSocket,
  ) {
    this.ended.catch(() => {});
    const { clock, observer } = options;
    this.#intake = new LabIntake({ clock, observer, totalFrames: () => this.totalFrames });
  }

  /**
   * Connects and sets up.
   * @throws {BindError} when the RTP port is taken
   * @throws {UnreachableError} when there is no server, or it does not answer
   * @throws {StatusError} when it refuses
   */
  static async open(target: LabTarget, options: LabSessionOptions): Promise<LabMediaSession> {
    const connection = await LabConnection.open(target.hostname, target.port, options);
    let socket: DatagramSocket | undefined;
    try {
      const server = plainAddress(connection.socket.remoteAddr.hostname);
      socket = new DatagramSocket(anyAddressFor(server), target.rtpPort);
      const session = new LabMediaSession(target, options, connection, socket);
      session.#listen(server);
      await session.#request("SETUP", socket.port);
      return session;
    } catch (error) {
      socket?.close();
      connection.close();
      throw error;
    }
  }

  get transport(): string {
    return "udp";
  }

  get encoding(): string {
    return "JPEG";
  }

  get statistics(): ReceiveStatistics {
    return this.#intake.statistics;
  }

  get tracks(): MediaTrack[] {
    const { encoding, statistics, hostDrops } = this;
    return [{
      name: "video",
      mediaType: "video",
      encoding,
      clockRate: JPEG_CLOCK_RATE,
      statistics,
      hostDrops,
    }];
  }

  get hostDrops(): number | undefined {
    return this.socket.dropped;
  }

  get ended(): Promise<EndReason> {
    return this.#settle.promise;
  }

  /** Only the seven-button programs tell how many frames there are, and they have the jumps. */
  get jumps(): FrameJumps | undefined {
    return this.playsAgain ? this.#jumps : undefined;
  }

  get playsAgain(): boolean {
    return this.totalFrames !== undefined;
  }

  async play(): Promise<void> {
    // Lab servers stay in Playing at the end, where PLAY is not theirs to answer.
    if (this.#over && this.playsAgain) return await this.#jump("RESTART");
    // Frames may come before the reply: they count as soon as PLAY is on its way.
    this.#playing = true;
    this.#lastPacketAt = this.options.clock.now();
    await this.#request("PLAY");
    this.#watch();
  }

  async pause(): Promise<void> {
    await this.#request("PAUSE");
    this.#playing = false;
    this.#timer?.cancel();
    this.#intake.restart();
  }

  /** Packets of before and behind a jump may come on either side of its reply. */
  async #jump(method: string): Promise<void> {
    const { clock, timeout } = this.options;
    this.#intake.jumpingUntil(clock.now() + timeout);
    this.#lastPacketAt = clock.now();
    if (this.#over) this.#goOn();
    try {
      await this.#request(method);
    } finally {
      this.#intake.jumpingUntil(clock.now() + JUMP_SETTLES_MS);
    }
    this.#lastPacketAt = clock.now();
  }

  /** The end was not the last word. */
  #goOn(): void {
    this.#over = false;
    this.#settle = Promise.withResolvers();
    this.ended.catch(() => {});
    this.#intake.beginAgain();
    this.#playing = true;
    this.#watch();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end("stopped");
    try {
      await this.connection.request("TEARDOWN", this.target.file, { timeout: TEARDOWN_MS });
    } catch {
      // The session is over in any case; silence or a reset is how some lab servers say so.
    }
    this.socket.close();
    this.connection.close();
  }

  async #request(method: string, clientPort?: number): Promise<void> {
    const options = clientPort === undefined ? {} : { clientPort };
    const reply = await this.connection.request(method, this.target.file, options);
    await this.options.understood?.();
    if (reply.status !== 200) throw new StatusError(method, reply.status, reply.reason);
    this.totalFrames = reply.frames ?? this.totalFrames;
  }

  #listen(server: string): void {
    const { clock, observer, impairments } = this.options;
    const line = impairments?.line({ deliver: (_kind, bytes) => this.#take(bytes, 0), stream: 0 });
    const hostname = plainAddress(this.connection.socket.localAddr.hostname);
    const local = { hostname, port: this.socket.port };
    const timed = clock.isMachines ?? false;
    this.socket.receiveAll((bytes: Uint8Array, from: UdpAddress, age: number) => {
      observer.datagram?.({
        time: clock.wallTime() - age,
        arrival: clock.now() - age,
        direction: "in",
        local,
        remote: from,
        bytes,
      });
      if (from.hostname !== server) {
        const problem = `It came from ${from.hostname} and not from the server`;
        return observer.stray?.({ time: clock.wallTime(), size: bytes.length, problem });
      }
      const own = bytes.slice();
      if (line === undefined) this.#take(own, age);
      else line.push("rtp", own);
    }, { timed }).catch((error) => this.#settle.reject(error));
  }

  /**
   * @param bytes kept
   * @param age ms since it arrived
   */
  #take(bytes: Uint8Array, age: number): void {
    if (this.#closed) return;
    this.#lastPacketAt = this.options.clock.now();
    this.#intake.take(bytes, age);
    this.#endWhenComplete();
  }

  #endWhenComplete(): void {
    if (this.#intake.isComplete) this.#end("complete");
  }

  /** Looks now and then for gaps to give up, for silence, and for being called off. */
  #watch(): void {
    const { clock, timeout, signal } = this.options;
    if (!this.#playing || this.#closed) return;
    this.#intake.expire();
    // What waited behind a gap may have been the last.
    this.#endWhenComplete();
    if (this.#over) return;
    const silent = clock.now() - this.#lastPacketAt;
    if (signal?.aborted) return this.#end("stopped");
    if (this.statistics.packets === 0 && silent >= timeout) return this.#failWithoutMedia();
    if (this.statistics.packets > 0 && silent >= END_SILENCE_MS) {
      this.#endSilent().catch((error) => this.#settle.reject(error));
      return;
    }
    this.#timer = clock.setTimer(WATCH_MS, () => this.#watch());
  }

  /** Lab servers keep the connection after the last frame: one that closed it did not get there. */
  async #endSilent(): Promise<void> {
    const cut = this.totalFrames !== undefined || await this.connection.isClosed();
    this.#end(cut ? "cut" : "silence");
  }

  #failWithoutMedia(): void {
    const { file } = this.target;
    this.#settle.reject(
      new NoMediaError(
        `${file}: the server answered PLAY, but no RTP packet came to UDP port ${this.socket.port} in ${
          this.options.timeout / 1000
        } s`,
      ),
    );
  }

  #end(reason: EndReason): void {
    this.#over = true;
    this.#playing = false;
    this.#timer?.cancel();
    this.#intake.flush();
    this.#settle.resolve(reason);
  }
}
