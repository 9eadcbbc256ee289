import { NoMediaError, ProtocolError, StatusError } from "../../../../lib/client/errors.ts";
import { parseCompound } from "../../../../lib/rtcp/compound.ts";
import { parseRtpPacket } from "../../../../lib/rtp/packet.ts";
import { BindError } from "../../../../lib/net/errors.ts";
import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import type { Answer, ScriptedConnection } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../../support/assert.ts";

const TWO = PICTURES.slice(0, 2);
const REFUSED: Answer = { status: 461, headers: { Session: undefined } };

async function twoPictures(client: ScriptedConnection): Promise<void> {
  for (const packets of packetsOf(TWO)) await client.rtp(...packets);
  await client.rtcp(goodbye());
}

interface Case {
  name: string;
  transport: "udp" | "tcp";
  /** What SETUP answers; SERVER stands for the server's ports, CLIENT for the client's. */
  answer: string | undefined;
}

const ANSWERS: Case[] = [
  {
    name: "channels renumbered (gst-rtsp-server)",
    transport: "tcp",
    answer: "RTP/AVP/TCP;unicast;interleaved=4-5",
  },
  { name: "a single channel", transport: "tcp", answer: "RTP/AVP/TCP;unicast;interleaved=0" },
  { name: "a single channel renumbered", transport: "tcp", answer: "RTP/AVP/TCP;interleaved=6" },
  { name: "no channels", transport: "tcp", answer: "RTP/AVP/TCP;unicast" },
  { name: "no Transport over TCP", transport: "tcp", answer: undefined },
  { name: "no Transport over UDP", transport: "udp", answer: undefined },
  { name: "no server_port", transport: "udp", answer: "RTP/AVP;unicast;client_port=CLIENT" },
  { name: "no client_port", transport: "udp", answer: "RTP/AVP;unicast;server_port=SERVER" },
  { name: "UDP spelled out", transport: "udp", answer: "RTP/AVP/UDP;unicast;client_port=CLIENT" },
  { name: "no word unicast", transport: "udp", answer: "RTP/AVP;client_port=CLIENT" },
  {
    name: "a source that is the server",
    transport: "udp",
    answer: "RTP/AVP;unicast;source=127.0.0.1",
  },
  {
    name: "blanks and seven digits of SSRC (Hikvision)",
    transport: "udp",
    answer: "RTP/AVP; unicast; client_port=CLIENT; ssrc= d6d6627",
  },
  {
    name: "another SSRC than that of its packets (Reolink)",
    transport: "tcp",
    answer: "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000001",
  },
  {
    name: "mode and parameters nobody knows",
    transport: "tcp",
    answer: 'RTP/AVP/TCP;unicast;interleaved=0-1;mode="PLAY";x-y=z',
  },
];

for (const { name, transport, answer } of ANSWERS) {
  Deno.test(`SETUP answered with ${name} works`, async () => {
    const SETUP: Answer = ({ headers }, { server: { udp } }) => {
      const client = /client_port=([\d-]+)/.exec(headers.get("Transport")!)?.[1] ?? "";
      const stated = answer?.replace("CLIENT", client)
        .replace("SERVER", `${udp.rtp.port}-${udp.rtcp.port}`);
      return { headers: { Transport: stated } };
    };
    await onStage({ answers: { SETUP }, media: twoPictures }, async (stage) => {
      const session = await stage.play({ transport });
      assertEquals(await stage.pass(session.ended), "complete");
      assertEquals(stage.viewer.frames.map(({ damage }) => damage), [undefined, undefined]);
      assertEquals(stage.viewer.strays, []);
    });
  });
}

const CONTRADICTIONS: [asked: "udp" | "tcp", answer: string, message: string][] = [
  ["udp", "RTP/AVP/TCP;unicast;interleaved=0-1", "asked for UDP and the server answered TCP"],
  ["tcp", "RTP/AVP/UDP;unicast;client_port=1-2", "asked for TCP and the server answered UDP"],
  ["udp", "RTP/AVP;multicast;destination=239.1.1.1", "unicast and the server answered multicast"],
  ["tcp", "nonsense", "the server's Transport cannot be read"],
];

for (const [transport, answer, message] of CONTRADICTIONS) {
  Deno.test(`SETUP for ${transport} answered ${answer} is refused and torn down`, async () => {
    await onStage({ answers: { SETUP: { headers: { Transport: answer } } } }, async (stage) => {
      await assertRejects(() => stage.open({ transport }), ProtocolError, message);
      assertEquals(stage.server.methods.at(-1), "TEARDOWN");
    });
  });
}

Deno.test("what SETUP offers is what every server reads", async () => {
  await onStage({}, async (stage) => {
    const offers: string[] = [];
    for (const transport of ["tcp", "udp", "multicast"] as const) {
      await stage.open({ transport }).catch(() => {});
      offers.push(
        stage.server.requests.findLast(({ method }) => method === "SETUP")!
          .headers.get("Transport")!,
      );
    }
    assertEquals(offers[0], "RTP/AVP/TCP;unicast;interleaved=0-1");
    assertMatch(offers[1]!, /^RTP\/AVP;unicast;client_port=\d*[02468]-\d+$/);
    assertEquals(offers[2], "RTP/AVP;multicast");
  });
});

Deno.test("461 to UDP brings TCP on the same connection", async () => {
  await onStage({ answers: { SETUP: [REFUSED, {}] }, media: twoPictures }, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(session.transport, "tcp");
    assertEquals(stage.server.connections.length, 1);
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY"]);
    assertEquals(stage.viewer.codes, ["transport-refused"]);
  });
});

Deno.test("461 to every transport is the server's answer", async () => {
  await onStage({ answers: { SETUP: REFUSED } }, async (stage) => {
    const error = await assertRejects(() => stage.open({ transport: "auto" }), StatusError);
    assertEquals(error.status, 461);
    assertEquals(stage.server.asked("SETUP").length, 2);
  });
});

for (const status of [400, 404, 454, 503]) {
  Deno.test(`${status} to SETUP does not bring the next transport`, async () => {
    await onStage({ answers: { SETUP: { status } } }, async (stage) => {
      await assertRejects(() => stage.open({ transport: "auto" }), StatusError);
      assertEquals(stage.server.asked("SETUP").length, 1);
    });
  });
}

Deno.test("461 to the one transport asked for ends it", async () => {
  await onStage({ answers: { SETUP: REFUSED } }, async (stage) => {
    await assertRejects(() => stage.open({ transport: "udp" }), StatusError, "461");
    assertEquals(stage.server.asked("SETUP").length, 1);
  });
});

Deno.test("a packet to each of the server's ports opens the way before PLAY", async () => {
  const PLAY: Answer = async (_request, { server }) => {
    await server.until("both punches", () => server.datagrams.length >= 2);
    return {};
  };
  await onStage({ answers: { PLAY } }, async (stage) => {
    await stage.play({ transport: "udp" });
    const { datagrams } = stage.server;
    const rtp = datagrams.find(({ kind }) => kind === "rtp")!;
    const rtcp = datagrams.find(({ kind }) => kind === "rtcp")!;
    // As ffmpeg does it: an RTP header without payload, a report about nobody.
    assertEquals(parseRtpPacket(rtp.bytes).payload.length, 0);
    assertEquals(parseCompound(rtcp.bytes), [{ type: "RR", ssrc: 0, reports: [] }]);
    assertEquals(rtcp.port, rtp.port + 1);
  });
});

Deno.test("over TCP nothing is sent before PLAY is answered, and no BYE after it (gortsplib)", async () => {
  await onStage({ media: twoPictures }, async (stage) => {
    const session = await stage.play();
    await stage.pass(session.ended);
    await session.close();
    assertEquals(stage.server.blocks, []);
  });
});

Deno.test("media from another port of the server's is taken, from another host it is not", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    const { first } = client.transport!.clientPort!;
    const [one, two] = packetsOf(TWO);
    const elsewhere = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.2", port: 0 });
    const elsewhither = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const to = { transport: "udp", hostname: "127.0.0.1", port: first } as const;
    for (const packet of one!) await elsewhither.send(packet, to);
    await elsewhere.send(packetsOf(TWO, { sequence: 7 })[0]![0]!, to);
    elsewhere.close();
    elsewhither.close();
    await client.rtp(...two!);
  };
  await onStage({ media }, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    await stage.viewer.until("two pictures", ({ frames }) => frames.length === 2);
    await stage.viewer.until("a stray", ({ strays }) => strays.length === 1);
    assertMatch(stage.viewer.strays[0]!.problem, /^It came from 127\.0\.0\.2 and not from the/);
    assertEquals(session.statistics.lost, 0);
  });
});

Deno.test("media from the source that the Transport names is taken", async () => {
  const SETUP: Answer = { headers: { Transport: "RTP/AVP;unicast;source=127.0.0.2" } };
  const media = async (client: ScriptedConnection): Promise<void> => {
    const source = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.2", port: 0 });
    const port = client.transport!.clientPort!.first;
    for (const packet of packetsOf(TWO).flat()) {
      await source.send(packet, { transport: "udp", hostname: "127.0.0.1", port });
    }
    source.close();
  };
  await onStage({ answers: { SETUP }, media }, async (stage) => {
    await stage.play({ transport: "udp" });
    await stage.viewer.until("two pictures", ({ frames }) => frames.length === 2);
  });
});

Deno.test("stray datagrams on the media ports disturb nothing (trap 21)", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    await client.rtp(Uint8Array.of(0xce, 0xfa, 0xed, 0xfe), new Uint8Array(200).fill(7));
    await client.rtcp(Uint8Array.of(0xce, 0xfa, 0xed, 0xfe), new Uint8Array(0));
    await twoPictures(client);
  };
  await onStage({ media }, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(stage.viewer.pictures.length, 2);
    assertEquals(stage.viewer.strays.length, 4);
  });
});

Deno.test("blocks on channels that were not set up are strays", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    await client.send(Uint8Array.of(0x24, 9, 0, 4, 1, 2, 3, 4));
    await twoPictures(client);
  };
  await onStage({ media }, async (stage) => {
    const session = await stage.play();
    assertEquals(await stage.pass(session.ended), "complete");
    assertMatch(stage.viewer.strays[0]!.problem, /channel 9/);
  });
});

Deno.test("the RTP port that was asked for is used, and told when it is taken", async () => {
  await onStage({}, async (stage) => {
    const { port } = stage.server.udp.rtp;
    await assertRejects(
      () => stage.open({ transport: "udp", rtpPort: port }),
      BindError,
      `${port}`,
    );
    const free = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
    const rtpPort = (free.addr as Deno.NetAddr).port;
    free.close();
    await stage.open({ transport: "udp", rtpPort });
    const offer = stage.server.requests.findLast(({ method }) => method === "SETUP")!;
    assert(offer.headers.get("Transport")!.endsWith(`client_port=${rtpPort}-${rtpPort + 1}`));
  });
});

Deno.test("no packet over TCP is no media, and says where it was awaited", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    await assertRejects(
      () => stage.pass(session.ended),
      NoMediaError,
      "came to the RTSP connection",
    );
  });
});
