import { ProtocolError, StatusError } from "../../../../lib/client/errors.ts";
import { MulticastSender, type MulticastTarget } from "../../../../lib/net/multicast_sender.ts";
import { parseCompound } from "../../../../lib/rtcp/compound.ts";
import { testGroup, whyNoMulticast } from "../../../support/group_receiver.ts";
import { peerTest } from "../../../support/peers.ts";
import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import { type Answer, sdp } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const MULTICAST = { name: "multicast", missing: await whyNoMulticast() };

/** What SETUP answers for a group. */
function groupAnswer({ group, rtpPort, ttl }: Required<MulticastTarget>): Answer {
  const ports = `${rtpPort}-${rtpPort + 1}`;
  return {
    headers: { Transport: `RTP/AVP;multicast;destination=${group};port=${ports};ttl=${ttl}` },
  };
}

/** A description that names a group. */
function groupSdp({ group, rtpPort, ttl }: Required<MulticastTarget>): string {
  return sdp(`m=video ${rtpPort} RTP/AVP 26`, `c=IN IP4 ${group}/${ttl}`, "a=control:track1");
}

/** Sends pictures to the group while the stage plays, and has their reports heard. */
async function withSender(
  target: Required<MulticastTarget>,
  body: (
    send: (kind: "rtp" | "rtcp", ...packets: Uint8Array[]) => Promise<void>,
    heard: Uint8Array[],
  ) => Promise<void>,
): Promise<void> {
  const sender = await MulticastSender.open(target, "127.0.0.1");
  const heard: Uint8Array[] = [];
  const receiving = sender.receiveReports((bytes) => heard.push(bytes.slice()));
  const send = async (kind: "rtp" | "rtcp", ...packets: Uint8Array[]): Promise<void> => {
    const to = { hostname: target.group, port: target.rtpPort + (kind === "rtp" ? 0 : 1) };
    for (const packet of packets) await sender.ports[kind].send(packet, to);
  };
  try {
    await body(send, heard);
  } finally {
    sender.close();
    await receiving;
  }
}

/** Plays pictures from a group, to their end. */
async function playFrom(
  stage: Stage,
  target: Required<MulticastTarget>,
  transport: "auto" | "multicast",
): Promise<void> {
  await withSender(target, async (send, heard) => {
    const session = await stage.play({ transport });
    assertEquals(session.transport, "multicast");
    await send("rtp", ...packetsOf(PICTURES).flat());
    await stage.viewer.until("the pictures", ({ frames }) => frames.length === PICTURES.length);
    assertEquals(session.statistics.lost, 0);
    await stage.clock.advance(5100);
    await send("rtcp", goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length >= 2);
    assertEquals(await stage.pass(session.ended), "complete");
    await session.close();
    // Our reports reach the group, and what comes back of them is not taken for another's.
    const types = heard.flatMap((bytes) => parseCompound(bytes)).map(({ type }) => type);
    assertEquals(types.filter((type) => type === "SDES").length > 0, true, `${types}`);
    assertEquals(stage.viewer.reports.map(({ packet }) => packet.type), ["RR", "BYE"]);
  });
}

peerTest(
  "multicast is asked for, and received from the group that the reply names",
  [MULTICAST],
  async () => {
    const target = testGroup();
    await onStage({ answers: { SETUP: groupAnswer(target) } }, async (stage) => {
      await playFrom(stage, target, "multicast");
      assertEquals(stage.server.asked("SETUP")[0]?.headers.get("Transport"), "RTP/AVP;multicast");
      assertEquals(stage.server.methods.at(-1), "TEARDOWN");
    });
  },
);

peerTest(
  "a description that names a group is played from it without being told",
  [MULTICAST],
  async () => {
    const target = testGroup();
    const answers = { SETUP: groupAnswer(target) };
    await onStage({ sdp: groupSdp(target), answers }, (stage) => playFrom(stage, target, "auto"));
  },
);

peerTest("a reply that names no group means the one in the description", [MULTICAST], async () => {
  const target = testGroup();
  const SETUP = { headers: { Transport: "RTP/AVP;multicast" } };
  await onStage({ sdp: groupSdp(target), answers: { SETUP } }, (stage) => {
    return playFrom(stage, target, "multicast");
  });
});

peerTest("two viewers on one machine see the same group", [MULTICAST], async () => {
  const target = testGroup();
  await onStage({ answers: { SETUP: groupAnswer(target) } }, async (stage) => {
    await withSender(target, async (send) => {
      const sessions = [
        await stage.play({ transport: "multicast" }),
        await stage.play({ transport: "multicast" }),
      ];
      await send("rtp", ...packetsOf(PICTURES).flat());
      await stage.viewer.until("the pictures", ({ frames }) => frames.length === 12);
      assertEquals(sessions.map(({ statistics }) => statistics.lost), [0, 0]);
    });
  });
});

peerTest("another member's BYE before the first packet ends nothing", [MULTICAST], async () => {
  const target = testGroup();
  await onStage({ answers: { SETUP: groupAnswer(target) } }, async (stage) => {
    await withSender(target, async (send) => {
      const session = await stage.play({ transport: "multicast" });
      await send("rtcp", goodbye(0xabc));
      await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
      await stage.clock.advance(500);
      await send("rtp", ...packetsOf(PICTURES).flat());
      await stage.viewer.until("the pictures", ({ frames }) => frames.length === 6);
      await session.close();
      assertEquals(await session.ended, "stopped");
    });
  });
});

peerTest("a group from which nothing comes brings TCP", [MULTICAST], async () => {
  const target = testGroup();
  const answers = { SETUP: [groupAnswer(target), {}] };
  const media = packetsOf(PICTURES).flat();
  await onStage({
    sdp: groupSdp(target),
    answers,
    media: async (client) => {
      if (client.transport?.interleaved !== undefined) await client.rtp(...media);
    },
  }, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    await stage.clock.advance(3000);
    await stage.viewer.until("the pictures", ({ frames }) => frames.length === 6);
    assertEquals(session.transport, "tcp");
    const [{ message } = { message: "" }] = stage.viewer.notes;
    assertEquals(message.includes(`the multicast group ${target.group}:${target.rtpPort}`), true);
  });
});

Deno.test("a server that refuses multicast is asked for UDP, then TCP", async () => {
  const refused: Answer = { status: 461, headers: { Session: undefined } };
  const answers = { SETUP: [refused, refused, {}] };
  await onStage({ sdp: groupSdp(testGroup()), answers }, async (stage) => {
    const session = await stage.open({ transport: "auto" });
    assertEquals(session.transport, "tcp");
    assertEquals(stage.server.asked("SETUP").length, 3);
    assertEquals(stage.viewer.codes, ["transport-refused", "transport-refused"]);
  });
});

Deno.test("without a group in the description auto does not ask for multicast", async () => {
  await onStage({}, async (stage) => {
    assertEquals((await stage.open({ transport: "auto" })).transport, "udp");
  });
});

const NO_GROUPS: [transport: string, message: string][] = [
  ["RTP/AVP;multicast", "names no IPv4 multicast group and port"],
  ["RTP/AVP;multicast;destination=192.0.2.1;port=5000-5001", "names no IPv4 multicast group"],
  ["RTP/AVP;multicast;destination=239.1.2.3", "names no IPv4 multicast group and port"],
  ["RTP/AVP;unicast;client_port=1-2", "asked for multicast and the server answered unicast"],
  ["RTP/AVP/TCP;interleaved=0-1", "asked for multicast and the server answered unicast"],
];

for (const [Transport, message] of NO_GROUPS) {
  Deno.test(`SETUP for multicast answered ${Transport} is refused and torn down`, async () => {
    await onStage({ answers: { SETUP: { headers: { Transport } } } }, async (stage) => {
      await assertRejects(() => stage.open({ transport: "multicast" }), ProtocolError, message);
      assertEquals(stage.server.methods.at(-1), "TEARDOWN");
    });
  });
}

Deno.test("multicast asked for and refused is the server's answer", async () => {
  await onStage({ answers: { SETUP: { status: 461 } } }, async (stage) => {
    await assertRejects(() => stage.open({ transport: "multicast" }), StatusError, "461");
  });
});
