import type { ObservedAddress, ObservedBytes } from "../../stream/observation.ts";
import { parseIpAddress } from "./ip_address.ts";
import { type Endpoint, formatUdpFrame, MAX_UDP_PAYLOAD } from "./network_frame.ts";
import type { PacketRecorder } from "./packet_recorder.ts";
import { formatPcapngHeader, writePcapngFrame } from "./pcapng_writer.ts";
import { type RecordedTime, RecordingClock } from "./recording_clock.ts";
import { RecordingFile } from "./recording_file.ts";
import { TcpScript } from "./tcp_script.ts";

/** Most remarks to one packet. */
const MOST_REMARKS = 16;

/** What came last, held until it is known whether there is something to say about it. */
interface Held {
  time: RecordedTime;
  frames: Uint8Array[];
  /** Which of the frames remarks belong to. */
  remarked: number;
  remarks: string[];
}

/**
 * Writes what a client saw as pcapng, in frames as a network would have carried it: Wireshark finds
 * RTSP, RTP and RTCP in it. Link and IP headers are made up, and so are TCP's numbers; addresses,
 * ports, times and contents are true.
 */
export class PcapngRecorder implements PacketRecorder {
  readonly #clock = new RecordingClock();
  readonly #connections = new Map<string, TcpScript>();
  #held: Held | undefined;
  #latest: RecordedTime | undefined;

  private constructor(readonly file: RecordingFile) {
    file.append((writer) => writer.bytes(formatPcapngHeader("rtspkit")), 0);
  }

  /** @param path its name once it is whole; the folder must exist */
  static async create(path: string): Promise<PcapngRecorder> {
    return new PcapngRecorder(await RecordingFile.create(path));
  }

  get leftOut(): number {
    return this.file.leftOut;
  }

  datagram(datagram: ObservedBytes): void {
    const [from, to] = endsOf(datagram);
    const payload = datagram.bytes.subarray(0, MAX_UDP_PAYLOAD);
    this.#hold(this.#clock.at(datagram), [formatUdpFrame(from, to, payload)], 0);
  }

  chunk(chunk: ObservedBytes): void {
    const key = connectionKey(chunk);
    let script = this.#connections.get(key);
    const before: Uint8Array[] = [];
    if (script === undefined) {
      script = new TcpScript(endpointOf(chunk.local), endpointOf(chunk.remote));
      this.#connections.set(key, script);
      before.push(...script.open());
    }
    const frames = [...before, ...script.data(chunk.direction, chunk.bytes)];
    this.#hold(this.#clock.at(chunk), frames, before.length);
  }

  remark(text: string): void {
    const remarks = this.#held?.remarks;
    if (remarks !== undefined && remarks.length < MOST_REMARKS) remarks.push(text);
  }

  async close(): Promise<void> {
    this.#release();
    for (const script of this.#connections.values()) {
      if (this.#latest !== undefined) this.#write(this.#latest, script.close(), 0, []);
    }
    await this.file.close();
  }

  async abort(): Promise<void> {
    await this.file.abort();
  }

  #hold(time: RecordedTime, frames: Uint8Array[], remarked: number): void {
    this.#release();
    this.#latest = time;
    this.#held = { time, frames, remarked, remarks: [] };
  }

  #release(): void {
    if (this.#held === undefined) return;
    const { time, frames, remarked, remarks } = this.#held;
    this.#held = undefined;
    this.#write(time, frames, remarked, remarks);
  }

  #write(time: RecordedTime, frames: Uint8Array[], remarked: number, remarks: string[]): void {
    this.file.append((writer) => {
      frames.forEach((bytes, i) => {
        writePcapngFrame(writer, { ...time, bytes, comments: i === remarked ? remarks : [] });
      });
    }, time.seconds);
  }
}

function connectionKey({ local, remote }: ObservedBytes): string {
  return `${local.hostname} ${local.port} ${remote.hostname} ${remote.port}`;
}

/** From whom to whom; both of one family, whatever the sockets say. */
function endsOf({ direction, local, remote }: ObservedBytes): [from: Endpoint, to: Endpoint] {
  const here = endpointOf(local);
  const there = endpointOf(remote);
  return direction === "out" ? [here, there] : [there, here];
}

/** @throws {RangeError} on what is no address */
function endpointOf({ hostname, port }: ObservedAddress): Endpoint {
  const address = parseIpAddress(hostname);
  if (address === undefined) throw new RangeError(`${hostname} is no IP address`);
  return { address, port };
}
