import { assertEquals, assertMatch, fail } from "../../support/assert.ts";
import { concat } from "../../lib/jpeg/pictures.ts";
import { run } from "./child.ts";

/** How long the recorder may take to show that it sees what it should. */
const CAPTURE_MS = 20_000;
/** How often a datagram is sent until the recorder is awake. */
const KNOCK_MS = 50;
const MARK_BYTES = 16;
/** What the system keeps for a recorder that is not fast enough, in MiB. */
const BUFFER_MIB = "32";

/**
 * Records what passes over the loopback interface while `use` runs.
 * @param filter of libpcap
 * @returns the recording, pcapng
 */
export async function recordLoopback(
  filter: string,
  use: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const recorder = new Recorder(filter);
  try {
    await recorder.awake();
    await use();
    return await recorder.finish();
  } finally {
    await recorder.close();
  }
}

/** dumpcap, which tshark runs too; marked datagrams tell how far it has come. */
class Recorder {
  readonly #process: Deno.ChildProcess;
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  readonly #parts: Uint8Array[] = [];
  readonly #reading: Promise<void>;
  readonly #talk: Promise<string>;
  #seen = Promise.withResolvers<void>();
  #mark = new Uint8Array(0);
  #tail = new Uint8Array(0);

  constructor(filter: string) {
    const marks = `udp port ${(this.#socket.addr as Deno.NetAddr).port}`;
    this.#process = new Deno.Command("dumpcap", {
      args: ["-q", "-B", BUFFER_MIB, "-i", "lo", "-f", `${filter} or ${marks}`, "-w", "-"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read();
    this.#talk = new Response(this.#process.stderr).text();
  }

  /** Resolves once it records. */
  async awake(): Promise<void> {
    await this.#passMark("the recorder never saw a datagram");
  }

  /** Ends the recording once everything sent so far is in it. */
  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    await this.#passMark("the recorder did not come to the end");
    this.#process.kill("SIGINT");
    await this.#reading;
    const { code } = await this.#process.status;
    const talk = await this.#talk;
    assertEquals(code, 0, talk);
    assertMatch(talk, /received\/dropped on interface .*: \d+\/0 /);
    return concat(...this.#parts);
  }

  async close(): Promise<void> {
    this.#socket.close();
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has gone, as it should.
    }
    await Promise.all([this.#reading, this.#talk, this.#process.status]);
  }

  /** Sends a datagram that no other resembles until it is in the recording. */
  async #passMark(problem: string): Promise<void> {
    this.#seen = Promise.withResolvers();
    this.#mark = crypto.getRandomValues(new Uint8Array(MARK_BYTES));
    const send = (): void => void this.#socket.send(this.#mark, this.#socket.addr);
    const knocking = setInterval(send, KNOCK_MS);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), CAPTURE_MS);
    });
    try {
      if (await Promise.race([this.#seen.promise, late]) === "late") fail(problem);
    } finally {
      clearInterval(knocking);
      clearTimeout(timer);
    }
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#process.stdout) {
      this.#parts.push(bytes);
      // The mark may lie across two pieces.
      const fresh = concat(this.#tail, bytes);
      this.#tail = fresh.slice(-MARK_BYTES);
      if (this.#mark.length > 0 && indexOf(fresh, this.#mark) >= 0) this.#seen.resolve();
    }
  }
}

/** A recording as tshark reads it. */
export class Dissection {
  /**
   * @param path of the recording
   * @param rtspPort the port that talks RTSP, which tshark cannot know
   */
  constructor(readonly path: string, readonly rtspPort: number) {}

  /** One line per packet that passes a display filter. */
  lines(filter: string): Promise<string[]> {
    return this.#read(["-Y", filter]);
  }

  /** The values of fields, per packet that passes a display filter. */
  async fields(filter: string, names: string[]): Promise<string[][][]> {
    const fields = names.flatMap((name) => ["-e", name]);
    const lines = await this.#read(["-Y", filter, "-T", "fields", ...fields]);
    return lines.map((line) => line.split("\t").map((values) => values.split(",")));
  }

  /** The packets that pass a display filter, as a recording of their own. */
  async keep(filter: string, path: string): Promise<Dissection> {
    await this.#read(["-Y", filter, "-w", path]);
    return new Dissection(path, this.rtspPort);
  }

  /** What `-z rtp,streams` says of the stream of `ssrc`. */
  async rtpStream(ssrc: string): Promise<RtpStream> {
    const table = await this.#read(["-q", "-z", "rtp,streams"]);
    const row = table.find((line) => line.toLowerCase().includes(ssrc.toLowerCase()));
    if (row === undefined) fail(`no stream of ${ssrc} in:\n${table.join("\n")}`);
    const columns = row.trim().split(/\s+/);
    const at = columns.findIndex((column) => column.toLowerCase() === ssrc.toLowerCase());
    const [payload, packets, lost] = columns.slice(at + 1);
    const problems = columns.at(-1) === "X" ? columns.slice(0, -1) : columns;
    const [meanJitterMs, maxJitterMs] = problems.slice(-2).map(Number);
    return {
      payload: payload!,
      packets: Number(packets),
      lost: Number(lost),
      meanJitterMs: meanJitterMs!,
      maxJitterMs: maxJitterMs!,
    };
  }

  async #read(args: string[]): Promise<string[]> {
    const decode = ["-d", `tcp.port==${this.rtspPort},rtsp`];
    const { code, stdout, stderr } = await run("tshark", [
      "-n",
      "-r",
      this.path,
      ...decode,
      ...args,
    ]);
    assertEquals(code, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  }
}

/** A row of tshark's table of RTP streams. */
export interface RtpStream {
  payload: string;
  packets: number;
  lost: number;
  meanJitterMs: number;
  maxJitterMs: number;
}

/** Where `needle` begins in `bytes`; -1 when it is not there. */
function indexOf(bytes: Uint8Array, needle: Uint8Array): number {
  for (let at = bytes.indexOf(needle[0]!); at >= 0; at = bytes.indexOf(needle[0]!, at + 1)) {
    if (needle.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
