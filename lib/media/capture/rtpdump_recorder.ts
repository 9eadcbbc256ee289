import { isRtcp } from "../../rtp/payload_types.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import type { ObservedBytes } from "../../stream/observation.ts";
import type { PacketRecorder } from "./packet_recorder.ts";
import { RecordingClock } from "./recording_clock.ts";
import { RecordingFile } from "./recording_file.ts";
import { formatRtpdumpHeader, writeRtpdumpPacket } from "./rtpdump.ts";

/** Offsets are of 32 bits: fifty days. */
const MOST_OFFSET_MS = 0xffff_ffff;

/** Writes the RTP and RTCP packets that a client received as rtpdump, as rtptools read and play it. */
export class RtpdumpRecorder implements PacketRecorder {
  readonly #clock = new RecordingClock();
  readonly #connections = new Map<string, MessageParser>();
  #begun = false;

  private constructor(readonly file: RecordingFile) {}

  /** @param path its name once it is whole; the folder must exist */
  static async create(path: string): Promise<RtpdumpRecorder> {
    return new RtpdumpRecorder(await RecordingFile.create(path));
  }

  get leftOut(): number {
    return this.file.leftOut;
  }

  datagram(datagram: ObservedBytes): void {
    if (datagram.direction === "in") this.#packet(datagram, datagram.bytes);
  }

  chunk(chunk: ObservedBytes): void {
    if (chunk.direction !== "in") return;
    const { local, remote } = chunk;
    const key = `${local.hostname} ${local.port} ${remote.hostname} ${remote.port}`;
    let parser = this.#connections.get(key);
    if (parser === undefined) this.#connections.set(key, parser = new MessageParser());
    parser.push(chunk.bytes.slice());
    for (;;) {
      const outcome = parser.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "malformed") continue;
      if (outcome.value.kind === "interleaved") this.#packet(chunk, outcome.value.payload);
    }
  }

  /** The format has no room for remarks. */
  remark(): void {}

  async close(): Promise<void> {
    if (!this.#begun) this.#begin({ seconds: 0, nanoseconds: 0 }, { hostname: "0.0.0.0", port: 0 });
    await this.file.close();
  }

  async abort(): Promise<void> {
    await this.file.abort();
  }

  #begin(
    time: { seconds: number; nanoseconds: number },
    remote: { hostname: string; port: number },
  ): void {
    this.#begun = true;
    const { hostname: address, port } = remote;
    const microseconds = Math.floor(time.nanoseconds / 1000);
    const header = formatRtpdumpHeader({ seconds: time.seconds, microseconds, address, port });
    this.file.append((writer) => writer.bytes(header), 0);
  }

  #packet(from: ObservedBytes, bytes: Uint8Array): void {
    if (!this.#begun) this.#begin(this.#clock.at(from), from.remote);
    const offset = Math.min(MOST_OFFSET_MS, Math.max(0, Math.round(this.#clock.since(from))));
    this.file.append((writer) => {
      writeRtpdumpPacket(writer, offset, isRtcp(bytes) ? "rtcp" : "rtp", bytes);
    }, Math.floor(offset / 1000));
  }
}
