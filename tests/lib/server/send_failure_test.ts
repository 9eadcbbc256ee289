import { SegmentedSender } from "../../../lib/net/native/segmented_sender.ts";
import { DatagramSocket } from "../../../lib/net/datagram.ts";
import type { LimitName } from "../../../lib/server/limit_names.ts";
import { ServerMetrics } from "../../../lib/server/metrics.ts";
import { serverFamilies } from "../../../lib/server/metrics_server.ts";
import { formatMetrics } from "../../../lib/server/metrics_text.ts";
import { sendFailed } from "../../../lib/server/send_failure.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { FRAME_MS, pass, withServer } from "../../support/rtsp_server.ts";

/** As Deno raises it, which has no class for it. */
function noBuffers(): Error {
  return Object.assign(new Error("No buffer space available (os error 105)"), { code: "ENOBUFS" });
}

const CASES: readonly (readonly [what: string, error: unknown, limits: number])[] = [
  ["ENOBUFS", noBuffers(), 1],
  ["ENOBUFS without its code", new Error("No buffer space available (os error 105)"), 1],
  ["ENOBUFS of macOS", new Error("No buffer space available (os error 55)"), 1],
  ["ENOMEM", Object.assign(new Error("Cannot allocate memory"), { code: "ENOMEM" }), 1],
  ["no route", new Error("Network is unreachable (os error 101)"), 0],
  ["what is no error", "gone", 0],
];

for (const [what, error, limits] of CASES) {
  Deno.test(`a datagram that is refused is counted: ${what}`, () => {
    const metrics = new ServerMetrics();
    const reached: LimitName[] = [];
    const warned: string[] = [];
    const limitReached = (limit: LimitName): void => void reached.push(limit);
    const warn = (_kind: string, message: string): void => void warned.push(message);
    sendFailed({ metrics, limitReached }, error, { peer: "a:1", where: "port 5000", warn });
    assertEquals(metrics.datagramsRefused, 1);
    assertEquals(reached, Array(limits).fill("send-buffers"));
    assertEquals(warned.length, 1);
    const text = formatMetrics(serverFamilies(metrics, { connections: 0, sessions: [] }));
    assertMatch(text, /^rtspkit_datagrams_refused_total 1$/m);
  });
}

Deno.test("a system without room for datagrams loses some, and the session goes on when there is room", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    const { send } = DatagramSocket.prototype;
    const { sendDatagram } = SegmentedSender.prototype;
    // The first report: what the fast way cannot take now goes the other one.
    SegmentedSender.prototype.sendDatagram = function (bytes, to): boolean {
      return this.portable.sendDatagram(bytes, to);
    };
    DatagramSocket.prototype.send = (): Promise<never> => Promise.reject(noBuffers());
    try {
      await test.play(peer, session);
      await test.clock.advance(0);
      await test.until("session-warning");
    } finally {
      DatagramSocket.prototype.send = send;
      SegmentedSender.prototype.sendDatagram = sendDatagram;
    }
    await pass(test.clock, 5 * FRAME_MS);
    await receiver.frames(5);
    assertEquals(test.told("limit-reached").map(({ limit }) => limit), ["send-buffers"]);
    const [warning] = test.told("session-warning");
    assertEquals(
      warning!.message.replace(/\d+/, "N"),
      "cannot send to port N: No buffer space available",
    );
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));
