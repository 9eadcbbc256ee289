import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../lib/rtp/packet.ts";
import { ascii } from "../support/split.ts";

/** One datagram of a lab server's. */
export interface LabDatagram {
  sequence: number;
  payload: Uint8Array;
  marker?: boolean;
  ssrc?: number;
  timestamp?: number;
  /** 2 if absent. */
  version?: number;
}

/** What a lab server does. */
export interface LabScript {
  /** Sent in one go behind the reply to PLAY. */
  datagrams?: LabDatagram[];
  /** The fourth line of its replies. */
  fourthLine?: string;
}

const VERSION_SHIFT = 6;
const OTHER_BITS = 0x3f;

/** A lab server of the classic kind: it reads by position and answers without an end mark. */
export class ScriptedLabServer {
  /** First words of the requests that came. */
  readonly methods: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;

  constructor(readonly script: LabScript) {
    this.#serving = this.#serve();
  }

  /** The words that name its stream. */
  get words(): string[] {
    return ["127.0.0.1", String((this.#listener.addr as Deno.NetAddr).port), "0", "movie.Mjpeg"];
  }

  async close(): Promise<void> {
    this.#listener.close();
    this.#socket.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) await this.#talk(connection);
  }

  async #talk(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(256);
    let port = 0;
    for (;;) {
      const length = await connection.read(buffer);
      if (length === null) break;
      const text = new TextDecoder().decode(buffer.subarray(0, length));
      const lines = text.split("\n");
      const method = lines[0]!.split(" ")[0]!;
      this.methods.push(method);
      if (method === "SETUP") port = Number(lines[2]!.split(" ")[3]);
      await connection.write(ascii(this.#reply(lines[1]!.split(" ")[1]!)));
      if (method === "PLAY") await this.#play(port);
    }
    connection.close();
  }

  #reply(cseq: string): string {
    const { fourthLine } = this.script;
    const lines = ["RTSP/1.0 200 OK", `CSeq: ${cseq}`, "Session: 123456"];
    return (fourthLine === undefined ? lines : [...lines, fourthLine]).join("\n");
  }

  async #play(port: number): Promise<void> {
    const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port };
    for (const datagram of this.script.datagrams ?? []) {
      await this.#socket.send(bytesOf(datagram), to);
    }
  }
}

/** Serves a script for as long as `use` takes. */
export async function withLabServer(
  script: LabScript,
  use: (server: ScriptedLabServer) => Promise<void>,
): Promise<void> {
  const server = new ScriptedLabServer(script);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

function bytesOf(datagram: LabDatagram): Uint8Array {
  const { payload, marker = false, ssrc = 0, timestamp = 0, version = 2, sequence } = datagram;
  const bytes = new Uint8Array(RTP_HEADER_LENGTH + payload.length);
  writeRtpHeader(bytes, 0, { marker, payloadType: 26, sequence, timestamp, ssrc });
  bytes[0] = (bytes[0]! & OTHER_BITS) | (version << VERSION_SHIFT);
  bytes.set(payload, RTP_HEADER_LENGTH);
  return bytes;
}
