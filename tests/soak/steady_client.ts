import { parseRtpPacket } from "../../lib/rtp/packet.ts";
import { LightClient } from "./light_client.ts";
import { CLIP } from "./visits.ts";

const KEEP_ALIVE_MS = 3000;
const TICKS_PER_MS = 90;

/** How well frames kept their time in a window. */
export interface Pacing {
  frames: number;
  /** Packets whose numbers were left out. */
  lost: number;
  /** ms from the frames' own times: half of them are nearer than this. */
  p50: number;
  p95: number;
  worst: number;
}

/** Plays from beginning to end of a soak, and notes when each frame came. */
export class SteadyClient {
  #lost = 0;
  #sequence: number | undefined;
  /** Timestamp of the last frame, and ms of media from the first to it. */
  #timestamp: number | undefined;
  #mediaMs = 0;
  /** How much later than its media time each frame of this window came, in ms. */
  #offsets: number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(readonly client: LightClient, readonly socket: Deno.DatagramConn) {}

  static async play(server: string): Promise<SteadyClient> {
    const client = await LightClient.connect(`${server}/${CLIP}`);
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const steady = new SteadyClient(client, socket);
    const { port } = socket.addr as Deno.NetAddr;
    const transport = `Transport: RTP/AVP;unicast;client_port=${port}-${port + 1}`;
    const { headers } = await client.ask("SETUP", [transport], `${client.url}/track1`);
    const session = `Session: ${headers.get("Session")!.split(";")[0]}`;
    await client.ask("PLAY", [session]);
    steady.#timer = setInterval(() => {
      // Without an answer the session ends, and the windows have no frames: that is seen.
      client.ask("GET_PARAMETER", [session]).catch(() => {});
    }, KEEP_ALIVE_MS);
    steady.#receive();
    return steady;
  }

  /** What came since it was last asked for. */
  window(): Pacing {
    const offsets = this.#offsets.splice(0).sort((a, b) => a - b);
    const lost = this.#lost;
    this.#lost = 0;
    const at = (list: number[], share: number): number =>
      list[Math.min(list.length - 1, Math.floor(share * list.length))] ?? NaN;
    // Where the grid stands is not known from outside: the middle of what the frames say.
    const origin = at(offsets, 0.5);
    const away = offsets.map((offset) => Math.abs(offset - origin)).sort((a, b) => a - b);
    const [p50, p95] = [at(away, 0.5), at(away, 0.95)];
    return { frames: offsets.length, lost, p50, p95, worst: away.at(-1) ?? NaN };
  }

  close(): void {
    clearInterval(this.#timer);
    this.client.close();
    this.socket.close();
  }

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(0x10000);
    try {
      for (;;) this.#take((await this.socket.receive(buffer))[0], performance.now());
    } catch {
      // Closed.
    }
  }

  #take(bytes: Uint8Array, now: number): void {
    const { sequence, timestamp, marker } = parseRtpPacket(bytes);
    if (this.#sequence !== undefined) this.#lost += (sequence - this.#sequence - 1) & 0xffff;
    this.#sequence = sequence;
    if (!marker) return;
    if (this.#timestamp !== undefined) {
      this.#mediaMs += ((timestamp - this.#timestamp) | 0) / TICKS_PER_MS;
    }
    this.#timestamp = timestamp;
    this.#offsets.push(now - this.#mediaMs);
  }
}
