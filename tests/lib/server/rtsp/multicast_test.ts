import { DatagramSocket } from "../../../../lib/net/datagram.ts";
import { MulticastSender } from "../../../../lib/net/multicast_sender.ts";
import { formatCompound } from "../../../../lib/rtcp/compound.ts";
import { parseRtpInfo } from "../../../../lib/rtsp/headers/rtp_info.ts";
import { parseTransport } from "../../../../lib/rtsp/headers/transport.ts";
import type { RtspResponse } from "../../../../lib/rtsp/message.ts";
import type { TransportChoice } from "../../../../lib/server/options.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "../../../support/assert.ts";
import { GroupReceiver, testGroup, whyNoMulticast } from "../../../support/group_receiver.ts";
import { framesOf, numbers, numbersOf } from "../../../support/rtp_frames.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import {
  MOVIE,
  pass,
  type SetUp,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

const noMulticast = await whyNoMulticast();
const ignore = noMulticast !== undefined;

const MULTICAST = "Transport: RTP/AVP;multicast";
const UNICAST = "Transport: RTP/AVP;unicast;client_port=40000-40001";
const INTERLEAVED = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";

/** A server that sends to a group of its own, and a member of it. */
interface Theatre {
  test: TestServer;
  receiver: GroupReceiver;
  target: ReturnType<typeof testGroup>;
}

/** A test that needs multicast; where there is none it says why it is skipped. */
function multicastTest(name: string, body: (theatre: Theatre) => Promise<void>): void {
  const shown = ignore ? `${name} (skipped: ${noMulticast})` : name;
  Deno.test({ name: shown, ignore }, async () => {
    const target = testGroup();
    const { group, rtpPort: port, ttl } = target;
    await withServer({ transport: "multicast", multicast: { group, port, ttl } }, async (test) => {
      const receiver = await GroupReceiver.join(target);
      try {
        await body({ test, receiver, target });
      } finally {
        await receiver.close();
      }
    });
  });
}

/** A viewer of the group. */
interface Viewer extends SetUp {
  peer: RtspPeer;
}

async function viewerOf(test: TestServer, transport = MULTICAST): Promise<Viewer> {
  const peer = await test.connect();
  const response = await peer.request("SETUP", `${test.url()}/track1`, { headers: [transport] });
  assertEquals(response.status, 200, "status of SETUP");
  const id = response.headers.get("Session")!.split(";")[0]!;
  return { peer, response, id, header: `Session: ${id}` };
}

function ask(
  test: TestServer,
  viewer: Viewer,
  method: string,
  ...headers: string[]
): Promise<RtspResponse> {
  return test.ask(viewer.peer, method, viewer, { headers });
}

function infoOf(response: RtspResponse): { seq: number | undefined; rtptime: number | undefined } {
  const [{ seq, rtptime } = {}] = parseRtpInfo(response.headers.get("RTP-Info")!);
  return { seq, rtptime };
}

const OFFERS: readonly [
  choice: TransportChoice,
  unicast: number,
  tcp: number,
  multicast: number,
][] = [
  ["auto", 200, 200, 461],
  ["udp", 200, 461, 461],
  ["tcp", 461, 200, 461],
];
for (const [transport, unicast, tcp, multicast] of OFFERS) {
  Deno.test(`--transport ${transport}: UDP gets ${unicast}, TCP ${tcp}, multicast ${multicast}`, () =>
    withServer({ transport }, async (test) => {
      const peer = await test.connect();
      for (
        const [header, status] of [[UNICAST, unicast], [INTERLEAVED, tcp], [MULTICAST, multicast]]
      ) {
        const headers = [header as string];
        const response = await peer.request("SETUP", `${test.url()}/track1`, { headers });
        assertEquals(response.status, status as number, header as string);
      }
    }));
}

Deno.test("trap 42: no group and no port in the SDP of a server that does not multicast", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const text = new TextDecoder().decode((await peer.request("DESCRIBE", test.url())).body);
    assertStringIncludes(text, "\r\nc=IN IP4 0.0.0.0\r\n");
    assertStringIncludes(text, "\r\nm=video 0 RTP/AVP 26\r\n");
  }));

Deno.test("the SDP of a server that multicasts names group, time to live and port", () => {
  const multicast = { group: "239.255.1.2", port: 20_000, ttl: 7 };
  return withServer({ transport: "multicast", multicast }, async (test) => {
    const peer = await test.connect();
    const text = new TextDecoder().decode((await peer.request("DESCRIBE", test.url())).body);
    assertStringIncludes(text, "\r\nc=IN IP4 239.255.1.2/7\r\n");
    assertStringIncludes(text, "\r\nm=video 20000 RTP/AVP 26\r\n");
  });
});

multicastTest(
  "--transport multicast: multicast and TCP are taken, UDP to one viewer is not",
  async ({ test }) => {
    const peer = await test.connect();
    for (
      const [header, status] of [[UNICAST, 461], [INTERLEAVED, 200], [MULTICAST, 200]] as const
    ) {
      const response = await peer.request("SETUP", `${test.url()}/track1`, { headers: [header] });
      assertEquals(response.status, status, header);
    }
  },
);

multicastTest(
  "the reply names the server's group and ports, whatever the client wished for",
  async ({ test, target }) => {
    const { group, rtpPort, ttl } = target;
    const wishes = [
      "RTP/AVP;multicast",
      "RTP/AVP/UDP;multicast",
      "RTP/AVP",
      "RTP/AVP;multicast;destination=239.1.2.3;port=4000-4001;ttl=127",
      "RTP/AVP;unicast;client_port=40000-40001,RTP/AVP;multicast",
    ];
    for (const wish of wishes) {
      const { response } = await viewerOf(test, `Transport: ${wish}`);
      const value = response.headers.get("Transport")!;
      const protocol = wish.startsWith("RTP/AVP/UDP") ? "RTP/AVP/UDP" : "RTP/AVP";
      const place = `${protocol};multicast;destination=${group};port=${rtpPort}-${
        rtpPort + 1
      };ttl=${ttl}`;
      assert(value.startsWith(`${place};ssrc=`), value);
      assertMatch(value, /;ssrc=[0-9A-F]{8};mode="PLAY"$/);
    }
  },
);

multicastTest(
  "every frame goes out once, however many watch, and all are told the same SSRC",
  async ({ test, receiver }) => {
    const viewers = [await viewerOf(test), await viewerOf(test), await viewerOf(test)];
    const ssrcs = viewers.map(({ response }) =>
      parseTransport(response.headers.get("Transport")!)[0]!.ssrc
    );
    assertEquals(new Set(ssrcs).size, 1);
    for (const viewer of viewers) await test.play(viewer.peer, viewer, "Range: npt=0.000-");
    await pass(test.clock, 4 * 50);
    const frames = framesOf(await receiver.frames(5));
    assertEquals(numbersOf(frames, MOVIE), numbers(0, 4));
    assertEquals(frames[0]!.packets[0]!.ssrc, ssrcs[0]);
  },
);

multicastTest(
  "who joins is told where the others are: range, sequence number and timestamp",
  async ({ test, receiver }) => {
    const first = await viewerOf(test);
    const begun = await test.play(first.peer, first, "Range: npt=0.000-");
    assertEquals(begun.headers.get("Range"), "npt=0.000-3.000");
    await pass(test.clock, 19 * 50);
    await receiver.frames(20);
    const second = await viewerOf(test);
    const joined = await test.play(second.peer, second, "Range: npt=0.000-");
    assertEquals(joined.headers.get("Range"), "npt=1.000-3.000");
    assertEquals(test.told("session-playing").map(({ position }) => position), [0, 20]);
    await pass(test.clock, 2 * 50);
    const frames = framesOf(await receiver.frames(22));
    assertEquals(numbersOf(frames, MOVIE), numbers(0, 21));
    const { packets, timestamp } = frames[20]!;
    assertEquals(infoOf(joined), { seq: packets[0]!.sequence, rtptime: timestamp });
    assertEquals(infoOf(begun), {
      seq: frames[0]!.packets[0]!.sequence,
      rtptime: frames[0]!.timestamp,
    });
  },
);

multicastTest(
  "two who press PLAY at the same moment begin one stream once",
  async ({ test, receiver }) => {
    const viewers = [await viewerOf(test), await viewerOf(test)];
    const replies = await Promise.all(
      viewers.map((viewer) => ask(test, viewer, "PLAY", "Range: npt=1-")),
    );
    assertEquals(replies.map(({ status }) => status), [200, 200]);
    await test.until("session-playing", 2);
    await pass(test.clock, 2 * 50);
    assertEquals(numbersOf(framesOf(await receiver.frames(3)), MOVIE), numbers(20, 22));
  },
);

multicastTest(
  "PAUSE and TEARDOWN of one leave the others alone; the last one's PAUSE stops",
  async ({ test, receiver }) => {
    const [a, b, c] = [await viewerOf(test), await viewerOf(test), await viewerOf(test)];
    for (const viewer of [a, b, c]) await test.play(viewer.peer, viewer);
    await pass(test.clock, 4 * 50);
    assertEquals((await ask(test, a, "PAUSE")).status, 200);
    assertEquals((await ask(test, c, "TEARDOWN")).status, 200);
    await pass(test.clock, 5 * 50);
    await receiver.frames(10);
    const paused = await ask(test, b, "PAUSE");
    assertEquals(paused.headers.get("Range"), "npt=0.500-");
    await pass(test.clock, 10 * 50);
    const again = await test.play(a.peer, a);
    assertEquals(again.headers.get("Range"), "npt=0.500-3.000");
    await pass(test.clock, 50);
    assertEquals(numbersOf(framesOf(await receiver.frames(12)), MOVIE), numbers(0, 11));
    assert(!(await receiver.rtcpWith("SR")).some(({ type }) => type === "BYE"));
  },
);

multicastTest(
  "the last TEARDOWN says BYE and frees everything; the next viewer begins anew",
  async ({ test, receiver }) => {
    const [a, b] = [await viewerOf(test), await viewerOf(test)];
    for (const viewer of [a, b]) await test.play(viewer.peer, viewer);
    await pass(test.clock, 2 * 50);
    await ask(test, a, "TEARDOWN");
    await ask(test, b, "TEARDOWN");
    assertEquals([test.server.sessionCount, test.server.scheduledCount], [0, 0]);
    const bye = (await receiver.rtcpWith("BYE")).at(-1)!;
    const [packet] = await receiver.frames(3);
    assert(bye.type === "BYE" && bye.sources[0] === packet!.ssrc);
    const c = await viewerOf(test);
    const reply = await test.play(c.peer, c, "Range: npt=now-");
    assertEquals(reply.headers.get("Range"), "npt=0.000-3.000");
    await test.clock.advance(0);
    const frames = await receiver.frames(4);
    assert(frames.at(-1)!.ssrc !== packet!.ssrc, "another stream has another SSRC");
  },
);

const WISHES: readonly [headers: string[], alone: number, joining: number, watching: number][] = [
  [["Range: npt=0-"], 200, 200, 456],
  [["Range: npt=0-1"], 200, 200, 456],
  [["Range: npt=now-"], 200, 200, 200],
  [["Range: npt=1-"], 200, 456, 456],
  [["Range: npt=3-"], 457, 457, 457],
  [["Range: clock=19970123T143720Z-"], 456, 456, 456],
  [["Scale: 1"], 200, 200, 200],
  [["Scale: 2"], 200, 456, 456],
  [["Scale: -1"], 200, 456, 456],
  [["Speed: 1"], 200, 200, 200],
  [["Speed: 2"], 200, 456, 456],
];
for (const [headers, alone, joining, watching] of WISHES) {
  multicastTest(
    `PLAY ${
      headers[0]
    }: ${alone} for one alone, ${joining} for one who joins, ${watching} for one of two`,
    async ({ test }) => {
      const a = await viewerOf(test);
      assertEquals((await ask(test, a, "PLAY", ...headers)).status, alone, "alone");
      await ask(test, a, "TEARDOWN");
      const [b, c] = [await viewerOf(test), await viewerOf(test)];
      await test.play(b.peer, b);
      await pass(test.clock, 50);
      assertEquals((await ask(test, c, "PLAY", ...headers)).status, joining, "joining");
      if (joining !== 200) await test.play(c.peer, c);
      await pass(test.clock, 50);
      assertEquals((await ask(test, c, "PLAY", ...headers)).status, watching, "watching");
    },
  );
}

multicastTest("one who stays behind alone may seek again", async ({ test, receiver }) => {
  const [a, b] = [await viewerOf(test), await viewerOf(test)];
  for (const viewer of [a, b]) await test.play(viewer.peer, viewer);
  await pass(test.clock, 50);
  await ask(test, b, "PAUSE");
  await ask(test, a, "PAUSE");
  await test.play(a.peer, a, "Range: npt=2-");
  await pass(test.clock, 50);
  assertEquals(numbersOf(framesOf(await receiver.frames(4)), MOVIE), [0, 1, 40, 41]);
});

multicastTest(
  "at the end all are told, once BYE is sent, and PLAY begins anew",
  async ({ test, receiver }) => {
    const [a, b] = [await viewerOf(test), await viewerOf(test)];
    await test.play(a.peer, a, "Range: npt=2.9-");
    await test.play(b.peer, b);
    await pass(test.clock, 3 * 50);
    assertEquals(test.told("session-end-of-media").length, 2);
    await receiver.rtcpWith("BYE");
    const again = await test.play(b.peer, b, "Range: npt=0.000-");
    assertEquals(again.headers.get("Range"), "npt=0.000-3.000");
    await test.clock.advance(0);
    assertEquals(numbersOf(framesOf(await receiver.frames(3)), MOVIE), [58, 59, 0]);
    await ask(test, a, "TEARDOWN");
    await ask(test, b, "TEARDOWN");
    assertEquals(test.told("session-ended").map(({ frames }) => frames), [2, 3]);
    const byes = (await receiver.rtcpWith("BYE")).filter(({ type }) => type === "BYE");
    assert(byes.length <= 2, "one at the end of the media, one at the last TEARDOWN");
  },
);

multicastTest(
  "a viewer's reports to the group keep its session; without them it ends, and no other",
  async ({ test, receiver, target }) => {
    const watched = await viewerOf(test);
    await test.play(watched.peer, watched);
    await test.clock.advance(0);
    const [report] = await receiver.rtcpWith("SR");
    assert(report?.type === "SR");
    const viewer = await MulticastSender.open(target, "127.0.0.1");
    try {
      await test.clock.advance(40_000);
      const about = {
        ssrc: report.ssrc,
        fractionLost: 64,
        cumulativeLost: 5,
        extendedHighestSequence: 1,
        jitter: 90,
        lastSenderReport: 0,
        delaySinceLastSenderReport: 0,
      };
      const bytes = formatCompound([
        { type: "RR", ssrc: 1, reports: [about] },
        { type: "SDES", chunks: [{ source: 1, items: [{ type: "CNAME", text: "viewer" }] }] },
      ]);
      await viewer.ports.rtcp.send(bytes, { hostname: target.group, port: target.rtpPort + 1 });
      await test.until("session-report");
      const [told] = test.told("session-report");
      assertEquals([told!.fractionLost, told!.packetsLost, told!.jitterMs], [0.25, 5, 1]);
      await test.clock.advance(59_000);
      assertEquals(test.server.sessionCount, 1, "the report was a sign of life");
      await test.clock.advance(1_000);
      assertEquals(test.server.sessionCount, 0, "our own reports are none");
      assertEquals(test.told("session-ended")[0]!.reason, "timed out");
    } finally {
      viewer.close();
    }
  },
);

multicastTest(
  "a session that times out leaves the stream to the others",
  async ({ test, receiver }) => {
    const [gone, here] = [await viewerOf(test), await viewerOf(test)];
    for (const viewer of [gone, here]) await test.play(viewer.peer, viewer, "Scale: 0.02");
    await test.clock.advance(59_000);
    await ask(test, here, "GET_PARAMETER");
    await test.clock.advance(1_000);
    assertEquals(test.server.sessionCount, 1);
    const before = (await receiver.frames(20)).length;
    await test.clock.advance(50_000);
    await eventually("more frames", () => receiver.rtpDatagrams.length > before);
  },
);

multicastTest(
  "a viewer whom multicast does not reach changes to TCP, with a stream of its own",
  async ({ test, receiver }) => {
    const viewer = await viewerOf(test);
    const other = await viewerOf(test);
    const headers = [INTERLEAVED, viewer.header];
    const changed = await viewer.peer.request("SETUP", `${test.url()}/track1`, { headers });
    assertEquals(changed.status, 200);
    await test.play(viewer.peer, viewer, "Range: npt=1-");
    await test.play(other.peer, other);
    await pass(test.clock, 50);
    assertEquals(numbersOf(framesOf(await viewer.peer.frames(2)), MOVIE), [20, 21]);
    assertEquals(numbersOf(framesOf(await receiver.frames(2)), MOVIE), [0, 1]);
    await ask(test, viewer, "PAUSE");
    const back = await viewer.peer.request("SETUP", `${test.url()}/track1`, {
      headers: [MULTICAST, viewer.header],
    });
    assertEquals(back.headers.get("Transport"), other.response.headers.get("Transport"));
  },
);

Deno.test("a group that cannot be sent to is refused with 461, and the log says why", async () => {
  const { group, rtpPort: port, ttl } = testGroup();
  const taken = new DatagramSocket("0.0.0.0", port + 1);
  const options = { transport: "multicast" as const, multicast: { group, port, ttl } };
  try {
    await withServer(options, async (test) => {
      const peer = await test.connect();
      const headers = [MULTICAST];
      const response = await peer.request("SETUP", `${test.url()}/track1`, { headers });
      assertEquals(response.status, 461);
      assertMatch(test.told("session-warning")[0]!.message, /cannot/);
      const other = await test.setUp(peer);
      assertEquals(other.response.status, 200, "TCP still works");
    });
  } finally {
    taken.close();
  }
});
