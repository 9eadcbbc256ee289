// Connections that are no sockets: thousands of conversations a second, and nothing left to chance.

/** The end of a connection that is given to a server or client under test. */
export class FakeConnection {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 554 };
  /** Called with all that is written; must not keep it. */
  onWrite: (bytes: Uint8Array) => void = () => {};
  /** Whether the other end reads nothing: what is written waits for ever. */
  deaf = false;
  closed = false;
  readonly #incoming: Uint8Array[] = [];
  #ended = false;
  #reading: (() => void) | undefined;
  #stuck: ((reason: Error) => void) | undefined;

  /** @param peer the other end's address */
  constructor(peer: { hostname: string; port: number }) {
    this.remoteAddr = { transport: "tcp", ...peer };
  }

  /** The other end says something. */
  say(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#incoming.push(bytes);
    this.#reading?.();
  }

  /** The other end says nothing more. */
  end(): void {
    this.#ended = true;
    this.#reading?.();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      if (this.closed) throw new Deno.errors.BadResource("closed");
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#reading = resolve);
      this.#reading = undefined;
    }
    const first = this.#incoming[0]!;
    const count = Math.min(first.length, buffer.length);
    buffer.set(first.subarray(0, count));
    if (count === first.length) this.#incoming.shift();
    else this.#incoming[0] = first.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.closed) return Promise.reject(new Deno.errors.BrokenPipe("closed"));
    if (this.deaf) return new Promise((_, reject) => this.#stuck = reject);
    this.onWrite(bytes);
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.closed = true;
    this.#reading?.();
    this.#stuck?.(new Deno.errors.Interrupted("closed"));
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}

/** A listener that is told who connects. */
export class FakeListener {
  readonly addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 554 };
  readonly #waiting: FakeConnection[] = [];
  #accept: (() => void) | undefined;
  #closed = false;

  connect(connection: FakeConnection): void {
    this.#waiting.push(connection);
    this.#accept?.();
  }

  async accept(): Promise<Deno.TcpConn> {
    while (this.#waiting.length === 0) {
      if (this.#closed) throw new Deno.errors.BadResource("closed");
      await new Promise<void>((resolve) => this.#accept = resolve);
      this.#accept = undefined;
    }
    return this.#waiting.shift() as unknown as Deno.TcpConn;
  }

  close(): void {
    this.#closed = true;
    this.#accept?.();
  }
}

/** Where a datagram comes from or goes to. */
interface Place {
  hostname: string;
  port: number;
}

/** A UDP socket that is none: what is sent is told, what arrives is given to it. */
export class FakeDatagrams {
  readonly addr: Deno.NetAddr;
  closed = false;
  readonly #arrived: [bytes: Uint8Array, from: Place][] = [];
  #receiving: (() => void) | undefined;

  /** @param sent called with where each datagram goes */
  constructor(bound: Place, readonly sent: (to: Place) => void) {
    this.addr = { transport: "udp", ...bound };
  }

  /** A datagram arrives. */
  arrive(bytes: Uint8Array, from: Place): void {
    this.#arrived.push([bytes, from]);
    this.#receiving?.();
  }

  async receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.NetAddr]> {
    while (this.#arrived.length === 0) {
      if (this.closed) throw new Deno.errors.BadResource("closed");
      await new Promise<void>((resolve) => this.#receiving = resolve);
      this.#receiving = undefined;
    }
    const [bytes, from] = this.#arrived.shift()!;
    const taken = bytes.subarray(0, buffer.length);
    buffer.set(taken);
    return [buffer.subarray(0, taken.length), { transport: "udp", ...from }];
  }

  send(bytes: Uint8Array, to: Deno.NetAddr): Promise<number> {
    if (this.closed) return Promise.reject(new Deno.errors.BadResource("closed"));
    this.sent(to);
    return Promise.resolve(bytes.length);
  }

  joinMulticastV4(): Promise<unknown> {
    const nothing = (): Promise<void> => Promise.resolve();
    return Promise.resolve({ leave: nothing, setTTL: nothing, setLoopback: nothing });
  }

  close(): void {
    this.closed = true;
    this.#receiving?.();
  }
}
