import { Exchange } from "../../../lib/inspect/exchange.ts";
import type { ObservedMessage } from "../../../lib/stream/observation.ts";
import { assertEquals } from "../../support/assert.ts";

const BASE = { version: "RTSP/1.0", body: "" };

/** A request and its reply, in ms. */
function pair(
  [at, replied]: [number, number],
  method: string,
  status: number,
  headers: [string, string][] = [],
  cseq = String(at),
): ObservedMessage[] {
  const own: [string, string] = ["CSeq", cseq];
  return [
    { ...BASE, direction: "out", time: at, method, target: "rtsp://h/m", headers: [own] },
    { ...BASE, direction: "in", time: replied, status, reason: "x", headers: [own, ...headers] },
  ];
}

function seen(...messages: ObservedMessage[]): Exchange {
  const exchange = new Exchange();
  for (const message of messages) exchange.message(message);
  return exchange;
}

Deno.test("what replies say of a session is kept", () => {
  const exchange = seen(
    ...pair([0, 9], "OPTIONS", 200),
    ...pair([10, 14], "DESCRIBE", 200, [["content-base", "rtsp://h/m/"]]),
    ...pair([20, 30], "SETUP", 200, [
      ["Transport", "RTP/AVP/TCP;unicast;interleaved=0-1"],
      ["Session", "1; timeout=25"],
    ]),
    ...pair([40, 50], "PLAY", 200),
  );
  const { contentBase, transport, sessionTimeout, playedAt, roundTripMs, setUp } = exchange;
  assertEquals({ contentBase, transport, sessionTimeout, playedAt, roundTripMs, setUp }, {
    contentBase: "rtsp://h/m/",
    transport: "tcp",
    sessionTimeout: 25,
    playedAt: 50,
    roundTripMs: 4,
    setUp: ["rtsp://h/m"],
  });
});

Deno.test("the transport is the one that was accepted last", () => {
  const kinds = [
    "RTP/AVP;unicast;client_port=1-2;server_port=3-4",
    "RTP/AVP;multicast;destination=239.1.1.1;port=5-6",
    "RTP/AVP;unicast;interleaved=0-1",
  ].map((value) => seen(...pair([0, 1], "SETUP", 200, [["Transport", value]])).transport);
  assertEquals(kinds, ["udp", "multicast", "tcp"]);
  assertEquals(seen(...pair([0, 1], "SETUP", 461)).transport, undefined);
});

Deno.test("replies find their requests by CSeq, and without one in order", () => {
  const [first, reply] = pair([0, 50], "DESCRIBE", 404, [], "7");
  const [second, other] = pair([10, 20], "OPTIONS", 200, [], "8");
  const exchange = seen(first!, second!, other!, reply!);
  assertEquals(exchange.refused?.method, "DESCRIBE");
  const bare = { ...other!, headers: [] };
  assertEquals(seen(second!, bare).asked[0]?.reply?.status, 200);
});

Deno.test("a reply is to a request of its own dialect while both are tried", () => {
  const [options, reply] = pair([0, 3000], "OPTIONS", 200, [], "1");
  const [setUp, other] = pair([1000, 3500], "SETUP", 404, [], "1").map((message) => {
    return { ...message, wire: "" };
  });
  for (const without of [[], undefined]) {
    const replies = [reply!, other!].map((message) => {
      return { ...message, headers: without ?? message.headers };
    });
    const { asked, roundTripMs } = seen(options!, setUp!, ...replies);
    assertEquals(asked.map(({ method, reply }) => [method, reply?.status]), [
      ["OPTIONS", 200],
      ["SETUP", 404],
    ]);
    assertEquals(roundTripMs, 2500);
  }
  const seenTogether = [...pair([0, 9], "SETUP", 200), ...pair([1, 10], "PLAY", 455)];
  const [first, reply1, second, reply2] = seenTogether;
  const wired = [reply1!, reply2!].map((message) => ({ ...message, wire: "RTSP/1.0" }));
  assertEquals(seen(first!, second!, ...wired).refused?.method, "PLAY", "lab requests in captures");
});

Deno.test("only what is asked once media flow is there to keep them flowing", () => {
  const exchange = seen(
    ...pair([0, 1], "OPTIONS", 200),
    ...pair([10, 11], "PLAY", 200),
    ...pair([3000, 3001], "GET_PARAMETER", 501),
  );
  assertEquals(exchange.keepAlives.map(({ method, since }) => [method, since]), [
    ["GET_PARAMETER", 2990],
  ]);
});

Deno.test("requests without an end are not remembered without an end", () => {
  const many = Array.from({ length: 1000 }, (_, i) => pair([i, i], "OPTIONS", 200));
  const exchange = seen(...pair([0, 0], "DESCRIBE", 404, [], "first"), ...many.flat());
  assertEquals(exchange.asked.length, 200);
  assertEquals(exchange.asked[0]?.method, "DESCRIBE");
  assertEquals(exchange.lastAskedAt, 999);
});
