import { assert } from "../support/assert.ts";
import { join } from "../support/file_bytes.ts";
import type { Seeded } from "../support/seeded.ts";
import { ascii } from "../support/split.ts";
import { FakeConnection, FakeDatagrams } from "./fake_connections.ts";
import { split } from "./target.ts";

/** Between replies; no byte of RTSP. */
const NEXT = 0x1e;
/** Stands for the CSeq of the request that is answered. */
const CSEQ = "CSEQ";
const MOST_PARTS = 200;
/** Method and CSeq of a request. */
const REQUEST = /([A-Z_]+) \S+ RTSP\/1\.0\r\n(?:[^\r\n]+\r\n)*?CSeq: (\d+)\r$/gm;

const DOLLAR = 0x24;
const SERVER = "192.0.2.1";
const FIRST_PORT = 20_000;

/** Nothing is sent to anybody but the server, or a group of those that routers keep. */
function checkDestination({ hostname, port }: { hostname: string; port: number }): void {
  const isGroup = /^(?:22[4-9]|23\d)\./.test(hostname);
  assert(hostname === SERVER || isGroup, `a datagram goes to ${hostname}`);
  assert(port > 0 && port <= 0xffff, `port ${port}`);
}

/** A server that answers request after request with what it was given, whatever they ask. */
export class ParrotServer {
  requests = 0;
  readonly connections: FakeConnection[] = [];
  readonly #parts: Uint8Array[];
  readonly #random: Seeded;

  constructor(bytes: Uint8Array, random: Seeded) {
    this.#parts = split(bytes, NEXT).slice(0, MOST_PARTS);
    this.#random = random;
  }

  readonly sockets: FakeDatagrams[] = [];

  /** In the place of `Deno.listenDatagram`. */
  readonly listen = (
    { hostname, port = 0 }: { hostname: string; port?: number },
  ): FakeDatagrams => {
    const bound = port === 0 ? FIRST_PORT + 2 * this.sockets.length : port;
    const socket = new FakeDatagrams({ hostname, port: bound }, checkDestination);
    this.sockets.push(socket);
    return socket;
  };

  /** In the place of `Deno.connect`. */
  readonly connect = (): Promise<Deno.TcpConn> => {
    const connection = new FakeConnection({ hostname: SERVER, port: 554 });
    this.connections.push(connection);
    connection.onWrite = (bytes) => this.#answer(connection, bytes);
    return Promise.resolve(connection as unknown as Deno.TcpConn);
  };

  /** Says what is left, a part after the other. */
  more(): void {
    const part = this.#parts.shift();
    if (part !== undefined) this.say(part);
    else if (this.#random.next() < 0.5) this.connections.at(-1)?.end();
  }

  /** Says something that is no answer, the way that media comes. */
  protected say(part: Uint8Array): void {
    const connection = this.connections.at(-1);
    const sockets = this.sockets.filter(({ closed }) => !closed);
    if (part[0] === DOLLAR && sockets.length > 0) {
      // What would be a block in the connection comes by itself.
      const socket = sockets[(part[1] ?? 0) % sockets.length]!;
      const hostname = this.#random.next() < 0.1 ? "192.0.2.99" : SERVER;
      socket.arrive(part.slice(4), { hostname, port: 6000 });
    } else if (connection !== undefined && !connection.closed) connection.say(part.slice());
  }

  /** What is said to a request; undefined for nothing. */
  protected reply(_method: string): Uint8Array | undefined {
    return this.#parts.shift();
  }

  /** What is done in here is done with this server and nobody else. */
  async inPlace(work: () => Promise<void>): Promise<void> {
    const { connect, listenDatagram } = Deno;
    Deno.connect = this.connect as unknown as typeof Deno.connect;
    Deno.listenDatagram = this.listen as unknown as typeof Deno.listenDatagram;
    try {
      await work();
    } finally {
      Deno.connect = connect;
      Deno.listenDatagram = listenDatagram;
      for (const connection of this.connections) connection.end();
    }
  }

  /** Nothing is left open. */
  checkClosed(): void {
    for (const { closed } of this.connections) assert(closed, "connections are closed");
    for (const { closed } of this.sockets) assert(closed, "sockets are closed");
  }

  #answer(connection: FakeConnection, bytes: Uint8Array): void {
    const said = new TextDecoder("latin1").decode(bytes);
    for (const [, method, cseq] of said.matchAll(REQUEST)) {
      this.requests++;
      const part = this.reply(method!);
      if (part === undefined) continue;
      connection.say(withCSeq(part, cseq!));
    }
  }
}

function withCSeq(bytes: Uint8Array, cseq: string): Uint8Array {
  const said = new TextDecoder("latin1").decode(bytes);
  if (!said.includes(CSEQ)) return bytes.slice();
  return Uint8Array.from(said.replace(CSEQ, cseq), (character) => character.charCodeAt(0));
}

/** A reply with that body, if any. */
export function reply(headers: readonly string[], body = "", status = "200 OK"): Uint8Array {
  const length = body === "" ? [] : [`Content-Length: ${ascii(body).length}`];
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${CSEQ}`, ...headers, ...length, "", body];
  return ascii(lines.join("\r\n"));
}

/** What a {@linkcode ParrotServer} says, one after the other. */
export function script(...parts: Uint8Array[]): Uint8Array {
  return join(...parts.flatMap((part, i) => i === 0 ? [part] : [Uint8Array.of(NEXT), part]));
}
