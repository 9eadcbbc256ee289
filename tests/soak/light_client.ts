import type { RtspResponse } from "../../lib/rtsp/message.ts";
import { MessageParser } from "../../lib/rtsp/parser.ts";

/** Longer than any reply takes unless something is wrong, in ms. */
const REPLY_MS = 20_000;
const READ_BYTES = 64 * 1024;

/** A control connection and no more: hundreds of them cost next to nothing. */
export class LightClient {
  /** Interleaved blocks that came. */
  blocks = 0;
  /** Called with each interleaved block. */
  onBlock: (channel: number, payload: Uint8Array) => void = () => {};
  #cseq = 0;
  #awaited: ((response: RtspResponse | undefined) => void) | undefined;
  #ended = false;
  readonly #parser = new MessageParser();

  private constructor(readonly connection: Deno.TcpConn, readonly url: string) {}

  /** @param url of what it is going to ask for */
  static async connect(url: string): Promise<LightClient> {
    const { hostname, port } = new URL(url.replace(/^rtsp/, "http"));
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const client = new LightClient(connection, url);
    client.#read();
    return client;
  }

  /** Asks, and waits for a reply. @throws {Error} when it is none, or not 200 */
  async ask(
    method: string,
    headers: readonly string[] = [],
    url = this.url,
  ): Promise<RtspResponse> {
    const replied = Promise.withResolvers<RtspResponse | undefined>();
    this.#awaited = replied.resolve;
    const timer = setTimeout(() => replied.resolve(undefined), REPLY_MS);
    try {
      const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#cseq}`, ...headers];
      await this.say(`${lines.join("\r\n")}\r\n\r\n`);
      const response = this.#ended ? undefined : await replied.promise;
      if (response === undefined) throw new Error(`${method} was not answered`);
      if (response.status !== 200) throw new Error(`${method} was answered ${response.status}`);
      return response;
    } finally {
      clearTimeout(timer);
    }
  }

  async say(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await this.connection.write(bytes.subarray(at));
  }

  /** Hangs up; what was not read by then makes it a reset. */
  close(): void {
    this.#ended = true;
    try {
      this.connection.close();
    } catch {
      // The server was first.
    }
  }

  async #read(): Promise<void> {
    try {
      while (!this.#ended) {
        const bytes = new Uint8Array(READ_BYTES);
        const count = await this.connection.read(bytes);
        if (count === null) break;
        this.#parser.push(bytes.subarray(0, count));
        this.#take();
      }
    } catch {
      // Reset or closed: as good as the end.
    }
    this.#ended = true;
    this.#awaited?.(undefined);
  }

  #take(): void {
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "malformed") throw outcome.error;
      const { value } = outcome;
      if (value.kind === "response") this.#awaited?.(value);
      if (value.kind !== "interleaved") continue;
      this.blocks++;
      this.onBlock(value.channel, value.payload);
    }
  }
}
