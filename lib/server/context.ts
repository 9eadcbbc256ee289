import { toHex } from "../bytes/hex.ts";
import { BufferPool } from "../net/buffer_pool.ts";
import { ImpairedPath, type PacketPath } from "../net/impairment/impaired_path.ts";
import { Impairments } from "../net/impairment/impairments.ts";
import { ClosedSockets } from "../net/native/closed_sockets.ts";
import type { MediaPath } from "../net/paths/media_path.ts";
import { ByteBudget } from "../net/byte_budget.ts";
import { LabPorts } from "./lab/lab_ports.ts";
import { LabPacketizer } from "../stream/lab_payload.ts";
import { describeFault } from "./fault.ts";
import { ServerMetrics } from "./metrics.ts";
import type { LimitName } from "./limit_names.ts";
import type { ServerOptions } from "./options.ts";
import { LimitedMedia } from "./limited_media.ts";
import { LimitWatch } from "./limit_watch.ts";
import { placesWithin, type ServerPlaces } from "./places.ts";
import { type SessionAsker, type SessionPlace, SessionPlaces } from "./session_place.ts";
import { GroupStreams } from "./rtsp/group_streams.ts";
import { RtpPorts } from "./rtsp/rtp_ports.ts";
import { SessionRegistry } from "./rtsp/session_registry.ts";
import { Scheduler } from "./scheduler.ts";
import { JpegPacketCache } from "./rtsp/jpeg_packet_cache.ts";
import type { WatchedSession } from "./watch.ts";

/** What every conversation of one server shares. */
export class ServerContext {
  readonly metrics: ServerMetrics;
  readonly scheduler: Scheduler;
  readonly labPorts = new LabPorts();
  /** Lab clients that have a session. */
  readonly labViewers = new Set<WatchedSession>();
  readonly labPacketizer = new LabPacketizer();
  /** Media of which it was told that classic lab clients show long frames cut, by their origin. */
  readonly toldOfLong = new WeakSet<object>();
  /** By the gap that a path needs before each packet. */
  readonly #jpegPackets = new Map<number, JpegPacketCache>();
  readonly buffers = new BufferPool();
  readonly rtpPorts: RtpPorts;
  readonly sessions: SessionRegistry;
  readonly groupStreams: GroupStreams;
  /** Names all streams of this server in RTCP, and nobody's machine (RFC 7022, section 4.2). */
  readonly canonicalName: string;
  readonly places: ServerPlaces;
  readonly limitWatch: LimitWatch;
  /** Connections over TLS that were closed and may not be gone. */
  readonly closedSockets: ClosedSockets;
  /** What is served, as much of it as may be open at once. */
  readonly media: LimitedMedia;
  /** What waits for all peers together. */
  readonly queued: ByteBudget;
  /** Bad network on purpose; undefined for none. */
  readonly impairments: Impairments | undefined;
  readonly #sessionPlaces: SessionPlaces;
  readonly #stop = new AbortController();

  constructor(readonly options: ServerOptions) {
    this.metrics = options.metrics ?? new ServerMetrics();
    this.scheduler = new Scheduler(options.clock, options.gridMs, this.metrics, (error) => {
      options.onEvent({ event: "error", peer: "-", message: describeFault(error) });
    });
    this.sessions = new SessionRegistry();
    const { limits } = options;
    this.closedSockets = new ClosedSockets(options.clock);
    this.places = options.places ?? placesWithin(limits, { seed: this.randomBits(32) });
    this.limitWatch = new LimitWatch(options.clock, (bites) => {
      options.onEvent({ event: "limit-reached", ...bites });
    });
    this.#sessionPlaces = new SessionPlaces(this.places, limits, (limit, peer) => {
      this.limitReached(limit, peer);
    });
    this.media = new LimitedMedia(options.media, limits.maxOpenFiles, () => {
      this.limitReached("open-files", "-");
    });
    this.queued = new ByteBudget(limits.totalBacklogBytes);
    const { impairment, clock } = options;
    this.impairments = impairment && new Impairments(impairment, clock);
    this.groupStreams = new GroupStreams(this);
    this.canonicalName = toHex(options.randomBytes(12));
    this.rtpPorts = new RtpPorts(options.udpPorts, options.segmentation, (kind, bytes, from) => {
      this.sessions.receiveDatagram(kind, bytes, from);
    });
  }

  /** Sessions of both dialects; those of lab clients belong to their connections. */
  get sessionCount(): number {
    return this.#sessionPlaces.count;
  }

  /** Aborted when the server stops: nothing waits for its time then. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Takes the place of one more session, if one is left; none is once the server has stopped. */
  takeSessionPlace(asker: SessionAsker, media: string): SessionPlace | undefined {
    return this.#sessionPlaces.take(asker, media);
  }

  /** A limit was reached, and somebody had to do without. */
  limitReached(limit: LimitName, peer: string): void {
    this.metrics.limitReached(limit);
    this.limitWatch.reached(limit, peer);
  }

  /** The packets of frames, for paths that need such a gap. */
  jpegPackets(gap: number): JpegPacketCache {
    let cache = this.#jpegPackets.get(gap);
    if (cache === undefined) {
      cache = new JpegPacketCache(this.options.maxPayload, gap);
      this.#jpegPackets.set(gap, cache);
    }
    return cache;
  }

  /** The same path, behind a stretch of bad network where one is asked for. */
  impair(path: PacketPath): MediaPath {
    return this.impairments === undefined ? path : new ImpairedPath(path, this.impairments);
  }

  /** A random decimal number of exactly `digits` digits, at most 18. */
  randomDigits(digits: number): string {
    const least = 10n ** BigInt(digits - 1);
    return String(least + this.#random64() % (9n * least));
  }

  /** A random number of `bits` bits, at most 32. */
  randomBits(bits: number): number {
    return Number(this.#random64() >> BigInt(64 - bits));
  }

  close(): void {
    this.#stop.abort(new Deno.errors.Interrupted("The server stops"));
    this.#sessionPlaces.close();
    // What is under way, a BYE above all, leaves before the sockets close; in a connection before the
    // session's path closes.
    this.impairments?.hurry();
    this.sessions.closeAll("server stopped");
    this.impairments?.flush();
    this.labPorts.close();
    this.rtpPorts.close();
    this.limitWatch.close();
  }

  #random64(): bigint {
    const bytes = this.options.randomBytes(8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  }
}
