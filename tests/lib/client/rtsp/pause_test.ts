import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import type { Answer } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { assertEquals } from "../../../support/assert.ts";

const ALL = packetsOf(PICTURES);

async function bring(stage: Stage, packets: Uint8Array[]): Promise<void> {
  const count = stage.viewer.packets.length + packets.length;
  await stage.server.connections[0]!.rtp(...packets);
  await stage.viewer.until("the packets", ({ packets }) => packets.length === count);
}

/** The Range of each PLAY. */
function ranges(stage: Stage): (string | undefined)[] {
  return stage.server.asked("PLAY").map(({ headers }) => headers.get("Range"));
}

Deno.test("after a pause it goes on where it was, and the gap is no loss", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await bring(stage, [...ALL[0]!, ...ALL[1]!.slice(0, 2)]);
    await session.pause();
    await stage.clock.advance(60_000);
    await session.play();
    await bring(stage, [...ALL[3]!, ...ALL[4]!]);
    assertEquals(ranges(stage), ["npt=0.000-", undefined]);
    assertEquals(stage.viewer.frames.map(({ damage }) => damage), [
      undefined,
      undefined,
      undefined,
    ]);
    assertEquals(session.statistics.lost, 0);
    await session.close();
    assertEquals(await session.ended, "stopped");
  });
});

Deno.test("a seek names where to, after a pause too", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await session.pause();
    await session.play({ start: 12.5 });
    await session.play({ start: 3, scale: -2 });
    await session.play({ scale: -1 });
    assertEquals(ranges(stage), ["npt=0.000-", "npt=12.500-", "npt=3.000-", undefined]);
    const scales = stage.server.asked("PLAY").map(({ headers }) => headers.get("Scale"));
    assertEquals(scales, [undefined, undefined, "-2.0", "-1.0"]);
  });
});

Deno.test("the end is known after a pause, though no reply tells where it is", async () => {
  const sdpWithRange = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=range:npt=0-1.19\r\n" +
    "m=video 0 RTP/AVP 26\r\na=control:track1\r\n";
  await onStage({ sdp: sdpWithRange }, async (stage) => {
    const session = await stage.play();
    await bring(stage, ALL.slice(0, 4).flat());
    await session.pause();
    await session.play();
    await bring(stage, ALL.slice(4).flat());
    // 0.15 s before the pause and 0.05 s behind it.
    let ended: string | undefined;
    session.ended.then((reason) => ended = reason);
    await stage.clock.advance(950);
    assertEquals(ended, undefined);
    await stage.clock.advance(100);
    assertEquals(ended, "complete");
  });
});

Deno.test("BYE still ends a stream that was paused right after an earlier BYE", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await bring(stage, ALL[0]!);
    await stage.server.connections[0]!.rtcp(goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    await session.pause();
    await session.play();
    await bring(stage, ALL[1]!);
    await stage.server.connections[0]!.rtcp(goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 4);
    await stage.clock.advance(50);
    assertEquals(await session.ended, "complete");
  });
});

Deno.test("what comes between PAUSE and its reply still counts, what comes after does not", async () => {
  const PAUSE: Answer = async (_request, client) => {
    await client.rtp(...ALL[1]!);
    return {};
  };
  await onStage({ answers: { PAUSE } }, async (stage) => {
    const session = await stage.play();
    await bring(stage, ALL[0]!);
    await session.pause();
    assertEquals(stage.viewer.pictures.length, 2);
    await stage.server.connections[0]!.rtp(...ALL[2]!);
    await stage.server.connections[0]!.rtcp(goodbye());
    await stage.viewer.until("BYE", ({ reports }) => reports.length === 2);
    await session.play();
    assertEquals(stage.viewer.pictures.length, 2);
  });
});
