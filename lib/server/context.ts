import { toHex } from "../bytes/hex.ts";
import { BufferPool } from "../net/buffer_pool.ts";
import { LabPorts } from "./lab/lab_ports.ts";
import { LabPacketizer } from "../stream/lab_payload.ts";
import type { ServerOptions } from "./options.ts";
import { Places, type ServerPlaces } from "./places.ts";
import { GroupStreams } from "./rtsp/group_streams.ts";
import { RtpPorts } from "./rtsp/rtp_ports.ts";
import { SessionRegistry } from "./rtsp/session_registry.ts";
import { Scheduler } from "./scheduler.ts";
import { JpegPacketCache } from "./rtsp/jpeg_packet_cache.ts";

/** What every conversation of one server shares. */
export class ServerContext {
  readonly scheduler: Scheduler;
  readonly labPorts = new LabPorts();
  readonly labPacketizer = new LabPacketizer();
  readonly jpegPackets: JpegPacketCache;
  readonly buffers = new BufferPool();
  readonly rtpPorts: RtpPorts;
  readonly sessions: SessionRegistry;
  readonly groupStreams: GroupStreams;
  /** Names all streams of this server in RTCP, and nobody's machine (RFC 7022, section 4.2). */
  readonly canonicalName: string;
  readonly places: ServerPlaces;
  /** Sessions of both dialects; those of lab clients belong to their connections. */
  #sessionCount = 0;
  #closed = false;

  constructor(readonly options: ServerOptions) {
    this.scheduler = new Scheduler(options.clock, options.gridMs);
    this.jpegPackets = new JpegPacketCache(options.maxPayload);
    this.sessions = new SessionRegistry();
    this.places = options.places ?? {
      connections: new Places(options.limits.maxConnections),
      sessions: new Places(options.limits.maxSessions),
    };
    this.groupStreams = new GroupStreams(this);
    this.canonicalName = toHex(options.randomBytes(12));
    this.rtpPorts = new RtpPorts(options.udpPorts, options.segmentation, (kind, bytes, from) => {
      this.sessions.receiveDatagram(kind, bytes, from);
    });
  }

  /** Sessions of both dialects. */
  get sessionCount(): number {
    return this.#sessionCount;
  }

  /** Takes the place of one more session, if one is left; none is once the server has stopped. */
  takeSessionPlace(): boolean {
    if (this.#closed || !this.places.sessions.take()) return false;
    this.#sessionCount++;
    return true;
  }

  /** Gives the place of a session back. */
  giveSessionPlaceBack(): void {
    this.#sessionCount--;
    this.places.sessions.giveBack();
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
    this.#closed = true;
    this.sessions.closeAll("server stopped");
    this.labPorts.close();
    this.rtpPorts.close();
  }

  #random64(): bigint {
    const bytes = this.options.randomBytes(8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  }
}
