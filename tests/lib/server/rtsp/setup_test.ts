import { parseTransport } from "../../../../lib/rtsp/headers/transport.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import { type TestServer, withServer } from "../../../support/rtsp_server.ts";

/** SETUP with this Transport value; the reply's value where it is 200. */
async function transportFor(test: TestServer, peer: RtspPeer, value: string): Promise<string> {
  const response = await peer.request("SETUP", `${test.url()}/track1`, {
    headers: [`Transport: ${value}`],
  });
  assertEquals(response.status, 200, value);
  return response.headers.get("Transport")!;
}

Deno.test("UDP: the reply names both sides' ports and the SSRC of the stream", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const { rtp, rtcp } = receiver.pair;
    const session = await test.setUp(peer, receiver);
    const value = session.response.headers.get("Transport")!;
    const [transport] = parseTransport(value);
    const { first, last } = transport!.serverPort!;
    assertEquals(first % 2, 0, "RTP has an even port");
    assertEquals(last, first + 1, "RTCP has the next");
    const ssrc = transport!.ssrc!.toString(16).toUpperCase().padStart(8, "0");
    assertEquals(
      value,
      `RTP/AVP;unicast;client_port=${rtp.port}-${rtcp.port};server_port=${first}-${last};ssrc=${ssrc};mode="PLAY"`,
    );
    await test.play(peer, session);
    await test.clock.advance(0);
    const [packet] = await receiver.rtp(1);
    assertEquals(packet!.ssrc, transport!.ssrc);
    assertEquals([...receiver.sources], [first], "media comes from the port that was named");
  }));

Deno.test("UDP: server ports come from the range that was given, one pair for all", () =>
  withServer({ udpPorts: { first: 41_001, last: 41_063 } }, async (test) => {
    const peer = await test.connect();
    const ports = [];
    for (let i = 0; i < 2; i++) {
      const { response } = await test.setUp(peer, test.receiver());
      ports.push(parseTransport(response.headers.get("Transport")!)[0]!.serverPort!);
    }
    assertEquals(ports[0], ports[1]);
    const { first, last = 0 } = ports[0]!;
    assert(first >= 41_002 && last <= 41_063 && last > first, `${first}-${last}`);
  }));

Deno.test("UDP: 461 when no port of the range is free, and TCP still works", () => {
  const taken = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const first = port & ~1;
  return withServer({ udpPorts: { first, last: first + 1 } }, async (test) => {
    const peer = await test.connect();
    const headers = [`Transport: ${test.receiver().transport}`];
    assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 461);
    assertMatch(test.told("session-warning")[0]!.message, /all are taken/);
    await test.setUp(peer);
  }).finally(() => taken.close());
});

Deno.test("UDP: RTP/AVP/UDP is answered as it was asked", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const value = await transportFor(test, peer, "RTP/AVP/UDP;unicast;client_port=9000-9001");
    assert(value.startsWith("RTP/AVP/UDP;unicast;client_port=9000-9001;"), value);
  }));

Deno.test("UDP: a single client port means RTCP on the next", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const value = await transportFor(test, peer, "RTP/AVP;unicast;client_port=9000");
    assert(value.includes(";client_port=9000-9001;"), value);
  }));

Deno.test("UDP: a destination that is the client itself is taken", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const wish = "RTP/AVP;unicast;destination=127.0.0.1;client_port=9000-9001";
    await transportFor(test, peer, wish);
  }));

Deno.test("TCP: the channels asked for", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const value = await transportFor(test, peer, "RTP/AVP/TCP;unicast;interleaved=6-7");
    assertMatch(value, /^RTP\/AVP\/TCP;unicast;interleaved=6-7;ssrc=[0-9A-F]{8};mode="PLAY"$/);
  }));

for (
  const [wish, channels] of [["", "0-1"], [";interleaved=4", "4-5"], [";interleaved=3-3", "0-1"], [
    ";interleaved=255",
    "0-1",
  ]] as const
) {
  Deno.test(`TCP: "${wish}" gets channels ${channels}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const value = await transportFor(test, peer, `RTP/AVP/TCP;unicast${wish}`);
      assert(value.includes(`;interleaved=${channels};`), value);
    }));
}

Deno.test("TCP: channels in use are not given twice, and are free again after TEARDOWN", () =>
  withServer({ sessionAnyConnection: true }, async (test) => {
    const peer = await test.connect();
    const other = await test.connect();
    const wish = "RTP/AVP/TCP;unicast;interleaved=0-1";
    const first = await test.setUp(peer);
    assert((await transportFor(test, peer, wish)).includes("interleaved=2-3;"));
    // From another connection than the one whose channels they are.
    await test.ask(other, "TEARDOWN", first);
    assert((await transportFor(test, peer, wish)).includes("interleaved=0-1;"));
  }));

for (
  const [name, value, taken] of [
    [
      "an unknown one first",
      "RTP/SAVP;unicast;client_port=9000-9001,RTP/AVP/TCP;unicast;interleaved=0-1",
      "RTP/AVP/TCP",
    ],
    ["UDP before TCP", "RTP/AVP;unicast;client_port=9000-9001,RTP/AVP/TCP;unicast", "RTP/AVP;"],
    ["TCP before UDP", "RTP/AVP/TCP;unicast, RTP/AVP;unicast;client_port=9000-9001", "RTP/AVP/TCP"],
    [
      "somebody else's address first",
      "RTP/AVP;unicast;destination=192.0.2.1;client_port=9000-9001,RTP/AVP/TCP",
      "RTP/AVP/TCP",
    ],
    ["blanks as live555's own would take", "RTP/AVP; unicast; client_port=9000-9001", "RTP/AVP;"],
    ["lower case", "rtp/avp/tcp;UNICAST;Interleaved=0-1", "RTP/AVP/TCP"],
  ] as const
) {
  Deno.test(`several transports: the first acceptable is taken: ${name}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const reply = await transportFor(test, peer, value);
      assert(reply.startsWith(taken), reply);
      assertEquals(parseTransport(reply).length, 1);
    }));
}

Deno.test("several Transport headers count as one list", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const response = await peer.request("SETUP", test.url(), {
      headers: ["Transport: RTP/SAVP;unicast", "Transport: RTP/AVP/TCP;unicast"],
    });
    assertEquals(response.status, 200);
  }));

Deno.test("SETUP again in a session moves it from TCP to UDP and back, the stream being the same", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer);
    const ssrcOf = (value: string | null | undefined): unknown => parseTransport(value!)[0]!.ssrc;
    const ssrc = ssrcOf(session.response.headers.get("Transport"));
    const again = await test.setUp(peer, receiver, { headers: [session.header] });
    assertEquals(again.id, session.id);
    assertEquals(ssrcOf(again.response.headers.get("Transport")), ssrc);
    assertEquals(test.server.sessionCount, 1);
    await test.play(peer, session);
    await test.clock.advance(0);
    await receiver.rtp(2);
    assertEquals(peer.blocks.length, 0, "nothing goes over the old way");
    await test.ask(peer, "PAUSE", session);
    await test.setUp(peer, undefined, { headers: [session.header] });
    await test.play(peer, session);
    await test.clock.advance(0);
    const [packet] = await peer.rtp(1);
    assertEquals(packet!.ssrc, ssrc);
  }));

Deno.test("a session moved to another connection, where that is allowed, does not end with the first", () =>
  withServer({ sessionAnyConnection: true }, async (test) => {
    const first = await test.connect();
    const second = await test.connect();
    const session = await test.setUp(first);
    await test.setUp(second, undefined, { headers: [session.header] });
    await first.close();
    await test.until("disconnected");
    assertEquals(test.server.sessionCount, 1);
    await test.play(second, session);
    await test.clock.advance(0);
    await second.rtp(1);
  }));

Deno.test("a SETUP refused in a session leaves its transport as it was", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const headers = ["Transport: RTP/SAVP;unicast;client_port=9000-9001"];
    assertEquals((await test.ask(peer, "SETUP", session, { headers })).status, 461);
    await test.play(peer, session);
    await test.clock.advance(0);
    await peer.rtp(1);
  }));

Deno.test("SETUP needs no DESCRIBE before it and takes the aggregate's URL for the track's", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer, undefined, { url: test.url() });
    await test.play(peer, session);
    await test.clock.advance(0);
    await peer.rtp(1);
  }));

Deno.test("each SETUP without Session makes a session of its own", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const first = await test.setUp(peer, test.receiver());
    const second = await test.setUp(peer, test.receiver());
    assert(first.id !== second.id);
    assertEquals(test.server.sessionCount, 2);
  }));

Deno.test("SSRC, first sequence number and first timestamp are random", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const seen = { ssrc: new Set(), seq: new Set(), rtptime: new Set() };
    for (let i = 0; i < 16; i++) {
      const session = await test.setUp(peer, test.receiver());
      seen.ssrc.add(parseTransport(session.response.headers.get("Transport")!)[0]!.ssrc);
      const info = (await test.play(peer, session)).headers.get("RTP-Info")!;
      const [, seq, rtptime] = /;seq=(\d+);rtptime=(\d+)$/.exec(info)!;
      seen.seq.add(seq);
      seen.rtptime.add(rtptime);
    }
    // 16 of 65,536: two are equal once in 550 runs, three never.
    assert(seen.seq.size >= 15, `${seen.seq.size} sequence numbers`);
    assertEquals([seen.ssrc.size, seen.rtptime.size], [16, 16]);
  }));
