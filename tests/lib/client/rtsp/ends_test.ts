// How streams end, with and without a word.
import type { EndReason } from "../../../../lib/client/media_session.ts";
import { NoMediaError } from "../../../../lib/client/errors.ts";
import { goodbye, packetsOf, PICTURES, SSRC } from "../../../support/scripted_media.ts";
import {
  type Answer,
  HANG_UP,
  type Script,
  type ScriptedConnection,
  sdp,
} from "../../../support/scripted_server.ts";
import { onStage, type Stage, TIMEOUT_MS } from "../../../support/viewer.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";
import type { MediaSession } from "../../../../lib/client/media_session.ts";

const THREE = PICTURES.slice(0, 3);

async function threePictures(client: ScriptedConnection): Promise<void> {
  for (const packets of packetsOf(THREE)) await client.rtp(...packets);
}

function ranged(range: string): string {
  return sdp(`a=range:${range}`, "m=video 0 RTP/AVP 26", "a=control:track1");
}

/** Plays, and waits until the three pictures are there or on their way. */
async function playThree(stage: Stage, transport: "udp" | "tcp" = "tcp"): Promise<MediaSession> {
  const session = await stage.play({ transport });
  await stage.viewer.until("three pictures", ({ frames }) => frames.length === 3);
  return session;
}

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`BYE ends a stream at once over ${transport}`, async () => {
    const media = async (client: ScriptedConnection): Promise<void> => {
      await threePictures(client);
      await client.rtcp(goodbye());
    };
    await onStage({ media }, async (stage) => {
      const session = await playThree(stage, transport);
      await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
      await stage.clock.advance(50);
      assertEquals(await session.ended, "complete");
    });
  });
}

Deno.test("BYE of source 0, as VLC's server says it, ends the stream", async () => {
  await onStage({ media: threePictures }, async (stage) => {
    const session = await playThree(stage);
    await stage.server.connections[0]!.rtcp(goodbye(0));
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    await stage.clock.advance(50);
    assertEquals(await session.ended, "complete");
  });
});

Deno.test("packets that BYE overtook still count", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    const client = stage.server.connections[0]!;
    const packets = packetsOf(THREE).flat();
    await client.rtp(...packets.slice(0, -2));
    await client.rtcp(goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    await client.rtp(...packets.slice(-2));
    await stage.viewer.until("three pictures", ({ frames }) => frames.length === 3);
    await stage.clock.advance(50);
    assertEquals(await session.ended, "complete");
    assertEquals(session.statistics.lost, 0);
  });
});

Deno.test("BYE of another source, or before PLAY, ends nothing", async () => {
  const PLAY: Answer = { headers: { Range: "npt=0-100" } };
  const SETUP: Answer = async (_request, client) => {
    await client.send(Uint8Array.of(0x24, 1, 0, 16, ...goodbye()));
    return {};
  };
  await onStage({ answers: { PLAY, SETUP }, media: threePictures }, async (stage) => {
    const session = await playThree(stage);
    await stage.server.connections[0]!.rtcp(goodbye(SSRC + 1));
    await stage.viewer.until("both BYEs", ({ reports }) => reports.length === 4);
    await stage.clock.advance(500);
    await session.close();
    assertEquals(await session.ended, "stopped");
  });
});

Deno.test("BYE without a packet before it is an end without media", async () => {
  await onStage({ media: (client) => client.rtcp(goodbye()) }, async (stage) => {
    const session = await stage.play();
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(session.statistics.packets, 0);
  });
});

/** ms of silence after which the server is asked whether it is still there. */
const ASKED_AFTER_MS = TIMEOUT_MS / 2;

interface Silence {
  name: string;
  script: Script;
  /** ms after the last packet at which it ends. */
  after: number;
  reason: EndReason;
}

const RANGE = (range: string): Record<string, Answer> => ({ PLAY: { headers: { Range: range } } });

const SILENCES: Silence[] = [
  {
    name: "at the end of the range that PLAY's reply tells",
    script: { answers: RANGE("npt=2-2.15") },
    after: 1000,
    reason: "complete",
  },
  {
    name: "at the end of the range that the description tells",
    script: { sdp: ranged("npt=0-0.15") },
    after: 1000,
    reason: "complete",
  },
  {
    name: "a second before the end, which is near enough",
    script: { answers: RANGE("npt=0-1.09") },
    after: 1000,
    reason: "complete",
  },
  {
    name: "seconds before the end that was announced",
    script: { sdp: ranged("npt=0-60") },
    after: 10_000,
    reason: "cut",
  },
  {
    name: "at the end at twice the speed",
    script: {
      sdp: ranged("npt=0-60"),
      answers: { PLAY: { headers: { Range: "npt=57.82-60", Scale: "2" } } },
    },
    after: 1000,
    reason: "complete",
  },
  {
    name: "at the beginning, playing backwards",
    script: {
      sdp: ranged("npt=0-60"),
      answers: { PLAY: { headers: { Range: "npt=1-0", Scale: "-1" } } },
    },
    after: 1000,
    reason: "complete",
  },
  {
    name: "of a live stream whose server still answers",
    script: { sdp: ranged("npt=now-") },
    after: 10_000,
    reason: "silence",
  },
  {
    name: "of a stream of no known length whose server refuses keep-alives",
    script: { answers: { GET_PARAMETER: { status: 454 } } },
    after: 10_000,
    reason: "silence",
  },
  {
    name: "of a live stream whose server does not answer any more",
    script: { answers: { GET_PARAMETER: "silence" } },
    after: 10_000,
    reason: "cut",
  },
];

for (const { name, script, after, reason } of SILENCES) {
  Deno.test(`silence ${name}: ${reason} after ${after / 1000} s`, async () => {
    await onStage({ ...script, media: threePictures }, async (stage) => {
      const session = await playThree(stage);
      if (after > ASKED_AFTER_MS) {
        await stage.clock.advance(ASKED_AFTER_MS);
        const { server, viewer } = stage;
        await server.request("GET_PARAMETER");
        const answered = script.answers?.GET_PARAMETER !== "silence";
        await viewer.until("its answer", ({ messages }) => {
          return (messages.at(-1)?.status !== undefined) === answered;
        });
        await stage.clock.settle();
      }
      await stage.clock.advance((after % ASKED_AFTER_MS || ASKED_AFTER_MS) - 50);
      let ended: EndReason | undefined;
      session.ended.then((reason) => ended = reason);
      await stage.clock.settle();
      assertEquals(ended, undefined);
      await stage.clock.advance(50);
      assertEquals<EndReason | undefined>(ended, reason);
    });
  });
}

Deno.test("a server that closes the connection cuts TCP media off", async () => {
  await onStage({ media: threePictures }, async (stage) => {
    const session = await playThree(stage);
    stage.server.connections[0]!.close();
    assertEquals(await stage.pass(session.ended), "cut");
    assertEquals(stage.viewer.pictures.length, 3);
  });
});

Deno.test("a server that says BYE and closes the connection at once has ended well", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    await threePictures(client);
    await client.rtcp(goodbye());
    client.close();
  };
  await onStage({ sdp: ranged("npt=0-100"), media }, async (stage) => {
    const session = await playThree(stage);
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    assertEquals(await stage.pass(session.ended), "complete");
  });
});

Deno.test("a server that closes the connection at the announced end has ended well", async () => {
  await onStage({ sdp: ranged("npt=0-0.15"), media: threePictures }, async (stage) => {
    const session = await playThree(stage);
    stage.server.connections[0]!.close();
    assertEquals(await stage.pass(session.ended), "complete");
  });
});

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`a server that resets the connection mid-stream cuts it over ${transport}`, async () => {
    const unread = Promise.withResolvers<void>();
    // What the client says next is not read: closing then resets the connection.
    const PLAY: Answer = async ({ headers }, client) => {
      await client.send(`RTSP/1.0 200 OK\r\nCSeq: ${headers.get("CSeq")}\r\n\r\n`);
      await threePictures(client);
      await unread.promise;
      return HANG_UP;
    };
    await onStage({ answers: { PLAY } }, async (stage) => {
      const session = await playThree(stage, transport);
      session.pause().catch(() => {});
      await stage.viewer.until("PAUSE", ({ messages }) => messages.at(-1)?.method === "PAUSE");
      await new Promise((resolve) => setTimeout(resolve, 20));
      unread.resolve();
      assertEquals(await stage.pass(session.ended), "cut");
    });
  });
}

Deno.test("over UDP media may go on after the server has closed the connection (trap 39)", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    const client = stage.server.connections[0]!;
    const [first, second, third] = packetsOf(THREE);
    await client.rtp(...first!);
    await stage.viewer.until("a picture", ({ frames }) => frames.length === 1);
    client.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await stage.clock.advance(2500);
    await client.rtp(...second!);
    await stage.viewer.until("two pictures", ({ frames }) => frames.length === 2);
    await stage.clock.advance(2500);
    await client.rtp(...third!);
    await client.rtcp(goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(stage.viewer.pictures.length, 3);
  });
});

Deno.test("a server that closes the connection before any packet has sent no media", async () => {
  const media = (client: ScriptedConnection): Promise<void> => Promise.resolve(client.close());
  await onStage({ media }, async (stage) => {
    const session = await stage.play();
    await assertRejects(() => stage.pass(session.ended), NoMediaError, "closed the connection");
  });
});

Deno.test("timestamps that wrap do not hide the end", async () => {
  const media = (client: ScriptedConnection): Promise<void> => {
    return client.rtp(...packetsOf(THREE, { timestamp: 0xffffffff - 4000 }).flat());
  };
  await onStage({ answers: RANGE("npt=0-1.05"), media }, async (stage) => {
    const session = await playThree(stage);
    await stage.clock.advance(1000);
    assertEquals(await session.ended, "complete");
  });
});
