import { DatagramSocket, MAX_DATAGRAM } from "../../../../lib/net/datagram.ts";
import { FrameDestination, type FrameSender } from "../../../../lib/net/frame_sender.ts";
import { chooseSender } from "../../../../lib/net/native/choose_sender.ts";
import { libc } from "../../../../lib/net/native/libc.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { NO_TROUBLE } from "../../../support/send_trouble.ts";

/** Where the system has no such thing, the portable way is tested by what is beside this folder. */
const ignore = libc() === undefined;

/** A socket and what sends to it: at once, so that many datagrams wait when it comes to receive. */
class Burst {
  readonly receiver = new DatagramSocket("127.0.0.1", 0);
  readonly #sender = new DatagramSocket("127.0.0.1", 0);
  readonly #native: FrameSender = chooseSender(this.#sender);
  readonly #to = new FrameDestination("127.0.0.1", this.receiver.port, NO_TROUBLE);

  get senderPort(): number {
    return this.#sender.port;
  }

  send(...datagrams: Uint8Array<ArrayBuffer>[]): void {
    for (const bytes of datagrams) this.#native.sendDatagram(bytes, this.#to);
  }

  [Symbol.dispose](): void {
    this.receiver.close();
    this.#sender.close();
  }
}

function numbered(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => Uint8Array.of(i >> 8, i & 0xff));
}

Deno.test({
  name: "datagrams that wait come in their order, with their own lengths and sender",
  ignore,
  fn: async () => {
    using burst = new Burst();
    const lengths = [1, 0, 1400, MAX_DATAGRAM, 2];
    const sent = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
    burst.send(...sent);
    const received: Uint8Array[] = [];
    await burst.receiver.receiveAll((bytes, from) => {
      assertEquals(from, { hostname: "127.0.0.1", port: burst.senderPort });
      received.push(bytes.slice());
      if (received.length === sent.length) burst.receiver.close();
    });
    assertEquals(received, sent);
  },
});

Deno.test({
  name: "senders that take turns are told apart",
  ignore,
  fn: async () => {
    using burst = new Burst();
    const second = new DatagramSocket("127.0.0.1", 0);
    const to = new FrameDestination("127.0.0.1", burst.receiver.port, NO_TROUBLE);
    const native = chooseSender(second);
    const expected: number[] = [];
    for (const bytes of numbered(10)) {
      burst.send(bytes);
      native.sendDatagram(bytes, to);
      expected.push(burst.senderPort, second.port);
    }
    const ports: number[] = [];
    await burst.receiver.receiveAll((_, { port }) => {
      ports.push(port);
      if (ports.length === expected.length) burst.receiver.close();
    });
    assertEquals(ports, expected);
    second.close();
  },
});

Deno.test({
  name: "more than a batch, and more than the batches of one go, come whole",
  ignore,
  fn: async () => {
    using burst = new Burst();
    const sent = 1500;
    const received: number[] = [];
    const receiving = burst.receiver.receiveAll((bytes) => {
      received.push(bytes[0]! << 8 | bytes[1]!);
      if (received.length + burst.receiver.dropped! === sent) burst.receiver.close();
    });
    burst.send(...numbered(sent));
    await receiving;
    // A system that grants us little room drops the last ones; what came is in order.
    const expected = Array.from({ length: received.length }, (_, i) => i);
    assertEquals(received, expected);
  },
});

Deno.test({
  name: "a receiver that closes the socket is not called again",
  ignore,
  fn: async () => {
    using burst = new Burst();
    burst.send(...numbered(20));
    let count = 0;
    await burst.receiver.receiveAll(() => {
      if (++count === 3) burst.receiver.close();
    });
    assertEquals(count, 3);
  },
});

Deno.test({
  name: "what finds the receive buffer full is counted, also when the socket has been closed",
  ignore,
  fn: async () => {
    using burst = new Burst();
    assertEquals(burst.receiver.dropped, undefined);
    const sent = 20_000;
    let received = 0;
    const receiving = burst.receiver.receiveAll(() => {
      if (++received + burst.receiver.dropped! === sent) burst.receiver.close();
    });
    // Nothing is taken before the burst is over, and it is larger than any buffer we ask for.
    const datagram = new Uint8Array(1400);
    for (let i = 0; i < sent; i++) burst.send(datagram);
    await receiving;
    assert(burst.receiver.dropped! > 0);
    assertEquals(received + burst.receiver.dropped!, sent);
  },
});

/** How long datagrams are left waiting, in ms. */
const WAIT_MS = 60;
/** How far a busy machine may be off, in ms. */
const BLUR_MS = 40;

function hold(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

for (const timed of [true, false]) {
  Deno.test({
    name: `how long datagrams waited is ${timed ? "told, of each" : "0 where nobody asked"}`,
    ignore,
    fn: async () => {
      using burst = new Burst();
      const waits: { ages: number[]; took: number }[] = [];
      let ages: number[] = [];
      let began = 0;
      let unnoted = 0;
      // Three rounds of three: two that come at once, another, and a long time with nobody looking.
      const round = (): void => {
        began = performance.now();
        burst.send(...numbered(2));
        hold(WAIT_MS);
        burst.send(...numbered(1));
        hold(WAIT_MS);
      };
      const receiving = burst.receiver.receiveAll((_bytes, _from, age) => {
        ages.push(age);
        if (ages.length < 3) return;
        // The system begins to note times some moments after it was first asked to.
        const isNoted = !timed || waits.length > 0 || ages[0]! >= WAIT_MS || ++unnoted > 20;
        if (isNoted) waits.push({ ages, took: performance.now() - began });
        ages = [];
        if (waits.length === 3) burst.receiver.close();
        else setTimeout(round, 0);
      }, { timed });
      round();
      await receiving;
      for (const { ages: [first, second, third], took } of waits) {
        if (!timed) {
          assertEquals([first, second, third], [0, 0, 0]);
          continue;
        }
        for (const age of [first!, second!]) {
          assert(age >= 2 * WAIT_MS - 1 && age <= took + BLUR_MS, `${age} of ${took} ms`);
        }
        assert(
          third! >= WAIT_MS - 1 && third! <= took - WAIT_MS + BLUR_MS,
          `${third} of ${took} ms`,
        );
      }
    },
  });
}
