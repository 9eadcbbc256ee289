import { systemClock } from "../../lib/net/clock.ts";
import { DatagramSocket } from "../../lib/net/datagram.ts";
import { QuietReader } from "../../lib/net/quiet_reader.ts";
import { closeQuietly, writeAll } from "../../lib/net/tcp.ts";
import { type LabReply, parseLabReply } from "../../lib/rtsp/lab/reply.ts";
import { parseRtpPacket, type RtpPacket } from "../../lib/rtp/packet.ts";
import { fail } from "./assert.ts";
import { ascii } from "./split.ts";

/** Far more than anything on one machine takes; only a defect lasts so long. */
const PATIENCE_MS = 20_000;

/** A lab client on real sockets that says what a test tells it to, and keeps what it gets. */
export class LabClient {
  /** Every RTP packet that came, in order of arrival. */
  readonly packets: RtpPacket[] = [];
  session = "0";
  /** Called with each packet as it comes. */
  onPacket: (packet: RtpPacket) => void = () => {};
  #cseq = 0;
  #text = "";
  #waiting: (() => void)[] = [];
  readonly #reader: QuietReader;

  private constructor(
    readonly connection: Deno.TcpConn,
    readonly socket: DatagramSocket,
    readonly version: string,
  ) {
    this.#reader = new QuietReader(connection, systemClock);
    socket.receiveAll((bytes) => {
      const packet = parseRtpPacket(bytes.slice());
      this.packets.push(packet);
      this.onPacket(packet);
      for (const look of this.#waiting.splice(0)) look();
    });
  }

  static async connect(port: number, version = "RTSP/1.0"): Promise<LabClient> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new LabClient(connection, new DatagramSocket("127.0.0.1", 0), version);
  }

  /** The numbers of the frames that came. */
  get numbers(): number[] {
    return this.packets.map((packet) => packet.sequence);
  }

  async say(text: string | Uint8Array): Promise<void> {
    await writeAll(this.connection, typeof text === "string" ? ascii(text) : text);
  }

  /** The next reply as it came; undefined when the server closes instead. */
  async hear(): Promise<string | undefined> {
    for (;;) {
      const end = endOfReply(this.#text);
      if (end > 0) {
        const reply = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return reply;
      }
      const bytes = await this.#reader.read(PATIENCE_MS);
      if (bytes === "quiet") fail(`No whole reply, only ${JSON.stringify(this.#text)}`);
      if (bytes === "end") return undefined;
      this.#text += new TextDecoder().decode(bytes);
    }
  }

  /** Says `text` and hears the reply to it. */
  async ask(text: string | Uint8Array): Promise<LabReply> {
    await this.say(text);
    const reply = await this.hear();
    if (reply === undefined) fail(`The server closed instead of answering ${text}`);
    return parseLabReply(reply);
  }

  /** A request in the course text's shape. */
  async request(method: string, file = "movie.Mjpeg", line?: string): Promise<LabReply> {
    const third = method === "SETUP"
      ? `Transport: RTP/UDP; client_port= ${this.socket.port}`
      : `Session: ${this.session}`;
    const lines = [`${method} ${file} ${this.version}`, `CSeq: ${++this.#cseq}`, third];
    if (line !== undefined) lines.push(line);
    const reply = await this.ask(lines.join("\n"));
    if (method === "SETUP" && reply.status === 200) this.session = reply.session ?? "0";
    return reply;
  }

  /** Waits until what has come is enough. */
  async until(enough: (client: LabClient) => boolean): Promise<void> {
    const deadline = systemClock.now() + PATIENCE_MS;
    while (!enough(this)) {
      const left = deadline - systemClock.now();
      if (left <= 0) fail(`It did not come in ${PATIENCE_MS} ms; frames: ${this.numbers}`);
      await new Promise<void>((resolve) => {
        const timer = systemClock.setTimer(left, resolve);
        this.#waiting.push(() => {
          timer.cancel();
          resolve();
        });
      });
    }
  }

  close(): void {
    closeQuietly(this.connection);
    this.socket.close();
  }
}

/** Where the first reply in `text` ends: three lines and, in the same segment, those behind them. */
function endOfReply(text: string): number {
  const third = /^[^\n]*\n[^\n]*\n[^\n]*\n/.exec(text)?.[0].length;
  if (third === undefined || !text.endsWith("\n")) return 0;
  const next = text.indexOf("\nRTSP/1.", third - 1);
  return next < 0 ? text.length : next + 1;
}
