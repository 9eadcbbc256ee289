import { BindError } from "../../../lib/net/errors.ts";
import { RtpPortPair } from "../../../lib/net/rtp_port_pair.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const HOST = "127.0.0.1";

/** Opens pairs until none is left, and says on which ports they were. */
function takeAll(first: number, last: number): { ports: number[]; close: () => void } {
  const pairs: RtpPortPair[] = [];
  try {
    for (;;) pairs.push(RtpPortPair.open(HOST, { first, last }));
  } catch (error) {
    assert(error instanceof BindError);
    assertEquals(
      error.message,
      `cannot bind an RTP/RTCP pair of UDP ports within ${first}-${last}: all are taken (give a wider range)`,
    );
  }
  const close = (): void => pairs.forEach((pair) => pair.close());
  return { ports: pairs.map(({ rtp }) => rtp.port), close };
}

/** An even port with some free ports behind it. */
function freeRange(): number {
  for (let first = 42_000; first < 60_000; first += 16) {
    try {
      const pairs = [0, 2, 4, 6].map((i) => RtpPortPair.at(HOST, first + i));
      pairs.forEach((pair) => pair.close());
      return first;
    } catch {
      // Somebody is there.
    }
  }
  throw new Error("No free ports");
}

Deno.test("a pair is an even port and the next", () => {
  const pair = RtpPortPair.open(HOST);
  try {
    assertEquals([pair.rtp.port % 2, pair.rtcp.port], [0, pair.rtp.port + 1]);
  } finally {
    pair.close();
  }
});

Deno.test("a range gives all its pairs, then none, and again what was given back", () => {
  const first = freeRange();
  for (
    const [from, to, ports] of [
      [first, first + 7, [0, 2, 4, 6]],
      [first + 1, first + 6, [2, 4]],
      [first, first + 1, [0]],
      [first, first, []],
    ] as const
  ) {
    for (let again = 0; again < 2; again++) {
      const all = takeAll(from, to);
      all.close();
      assertEquals(all.ports, ports.map((port) => first + port), `${from}-${to}`);
    }
  }
});

Deno.test("half a pair is no pair: whichever port is taken, the next pair is tried", () => {
  const first = freeRange();
  for (const taken of [0, 1]) {
    const socket = Deno.listenDatagram({
      ...{ transport: "udp", hostname: HOST, port: first + taken },
    });
    try {
      const all = takeAll(first, first + 3);
      all.close();
      assertEquals(all.ports, [first + 2]);
    } finally {
      socket.close();
    }
  }
  // What was opened for half a pair is not kept.
  RtpPortPair.at(HOST, first).close();
  assertThrows(() => RtpPortPair.at("192.0.2.1", first), BindError);
});
