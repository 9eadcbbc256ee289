import { TimeoutError } from "../../../lib/net/clock.ts";
import { PortRelay, type RelayPeer } from "../../../lib/server/port_relay.ts";
import type { RelayedRequest } from "../../../lib/server/session_relay.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Three relays that know each other, as workers have them. */
async function withRelays(
  body: (relays: [PortRelay, PortRelay, PortRelay], clock: FakeClock) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const prefixes = ["aaaa", "bbbb", "cccc"] as const;
  const peers: RelayPeer[][] = [[], [], []];
  for (const [a, b] of [[0, 1], [0, 2], [1, 2]] as const) {
    const { port1, port2 } = new MessageChannel();
    peers[a]!.push({ prefix: prefixes[b], port: port1 });
    peers[b]!.push({ prefix: prefixes[a], port: port2 });
  }
  const relay = (at: 0 | 1 | 2): PortRelay => new PortRelay(prefixes[at], peers[at]!, clock);
  const relays: [PortRelay, PortRelay, PortRelay] = [relay(0), relay(1), relay(2)];
  try {
    await body(relays, clock);
    assertEquals(clock.pending, 0, "timers left");
  } finally {
    for (const relay of relays) relay.close();
  }
}

function request(session: string, body = new Uint8Array(0)): RelayedRequest {
  const headers: [string, string][] = [["CSeq", "1"], ["Session", session]];
  const from = { peer: "peer", hostname: "192.0.2.1", user: undefined };
  return { session, ...from, method: "GET_PARAMETER", uri: "rtsp://h/f", headers, body };
}

Deno.test("a request goes to the server whose session it names, and its answer comes back", () =>
  withRelays(async ([a, b, c]) => {
    const asked: [string, RelayedRequest][] = [];
    for (const relay of [a, b, c]) {
      relay.answerWith((request) => {
        asked.push([relay.prefix, request]);
        const headers: [string, string][] = [["Content-Type", relay.prefix]];
        return Promise.resolve({ status: 200, known: true, headers, body: request.body });
      });
    }
    const toC = request("cccc0123", new Uint8Array([1, 2]));
    const toA = request("aaaa4567");
    const answers = await Promise.all([a.ask(toC), c.ask(toA), b.ask(toA)]);
    assertEquals(answers.map((answer) => answer!.headers[0]![1]), ["cccc", "aaaa", "aaaa"]);
    assertEquals(answers[0]?.body, new Uint8Array([1, 2]));
    assertEquals(asked.map(([prefix]) => prefix).sort(), ["aaaa", "aaaa", "cccc"]);
    assertEquals(asked.find(([prefix]) => prefix === "cccc")![1], toC);
  }));

Deno.test("nobody is asked about sessions of this server or of none", () =>
  withRelays(([a]) => {
    for (const id of ["aaaa0123", "dddd0123", "", "bbb", "1"]) {
      assertEquals(a.ask(request(id)), undefined, id);
    }
    return Promise.resolve();
  }));

Deno.test("answers find their questions, whatever their order", () =>
  withRelays(async ([a, b]) => {
    b.answerWith(({ body }) => Promise.resolve({ status: 200, known: true, headers: [], body }));
    const bodies = Array.from({ length: 20 }, (_, i) => new Uint8Array([i]));
    const answers = await Promise.all(bodies.map((body) => a.ask(request("bbbb", body))));
    assertEquals(answers.map((answer) => answer?.body), bodies);
  }));

Deno.test("a server that does not answer is not waited for without end", () =>
  withRelays(async ([a], clock) => {
    const asked = a.ask(request("bbbb"))!;
    const refused = assertRejects(() => asked, TimeoutError, "worker");
    await clock.advance(5000);
    await refused;
  }));
