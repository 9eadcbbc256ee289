// From datagrams that do not arrive to TCP.
import { NoMediaError, StatusError } from "../../../../lib/client/errors.ts";
import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import type { Script, ScriptedConnection } from "../../../support/scripted_server.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals, assertMatch, assertRejects } from "../../../support/assert.ts";

const TWO = PICTURES.slice(0, 2);
const FIRST = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"];

/** Sends nothing over UDP, as a firewall between would have it. */
async function overTcpAlone(client: ScriptedConnection): Promise<void> {
  if (client.transport?.interleaved === undefined) return;
  for (const packets of packetsOf(TWO)) await client.rtp(...packets);
  await client.rtcp(goodbye());
}

Deno.test("three seconds of silence over UDP bring TCP on a new connection, and a line that says so", async () => {
  await onStage({ media: overTcpAlone }, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    assertEquals(session.transport, "udp");
    await stage.clock.advance(2950);
    assertEquals(stage.viewer.codes, []);
    await stage.clock.advance(50);
    assertEquals(stage.viewer.codes, ["udp-silent"]);
    assertMatch(
      stage.viewer.notes[0]!.message,
      /^RTSP works, but no packet came to UDP port \d+ in 3\.0 s \(a firewall between\?\); trying TCP$/,
    );
    assertEquals(await stage.pass(session.ended), "complete");
    assertEquals(session.transport, "tcp");
    assertEquals(stage.viewer.pictures.length, 2);
    await session.close();
    assertEquals(stage.server.methods, [...FIRST, ...FIRST]);
    assertEquals(stage.server.connections.length, 2);
  });
});

Deno.test("playing begins with the PLAY that media come for", async () => {
  await onStage({ media: overTcpAlone }, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    const first = stage.clock.now();
    const since = await stage.pass(session.playingSince!);
    assertEquals(session.transport, "tcp");
    assertEquals(since >= first + 3000, true, `${since - first} ms behind the first`);
    await stage.pass(session.ended);
  });
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    const first = stage.clock.now();
    await stage.clock.advance(2000);
    await stage.server.connections[0]!.rtp(packetsOf(TWO)[0]![0]!);
    await stage.viewer.until("the packet", ({ packets }) => packets.length === 1);
    assertEquals(await stage.pass(session.playingSince!), first);
  });
});

Deno.test("where no other transport is tried, playing begins with the reply to PLAY", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    assertEquals(await session.playingSince, stage.clock.now());
  });
});

Deno.test("what was asked of PLAY is asked again over TCP", async () => {
  await onStage({ media: overTcpAlone }, async (stage) => {
    const session = await stage.open({ transport: "auto" });
    await session.play({ start: 7, scale: 2 });
    assertEquals(await stage.pass(session.ended), "complete");
    const asked = stage.server.asked("PLAY")
      .map(({ headers }) => [headers.get("Range"), headers.get("Scale")]);
    assertEquals(asked, [["npt=7.000-", "2.0"], ["npt=7.000-", "2.0"]]);
  });
});

Deno.test("with a short timeout half of it is waited", async () => {
  await onStage({ media: overTcpAlone }, async (stage) => {
    const session = await stage.play({ transport: "auto", timeout: 1000 });
    await stage.clock.advance(500);
    assertEquals(stage.viewer.codes, ["udp-silent"]);
    await stage.pass(session.ended);
  });
});

Deno.test("the first packet within the time keeps it at UDP", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    await stage.clock.advance(2900);
    await stage.server.connections[0]!.rtp(packetsOf(TWO)[0]![0]!);
    await stage.viewer.until("the packet", ({ packets }) => packets.length === 1);
    await stage.clock.advance(5000);
    assertEquals([session.transport, ...stage.viewer.codes], ["udp"]);
  });
});

Deno.test("time that PLAY takes is not silence (trap 50)", async () => {
  const played = Promise.withResolvers<void>();
  const script: Script = {
    answers: {
      PLAY: async () => {
        await played.promise;
        return {};
      },
    },
    media: overTcpAlone,
  };
  await onStage(script, async (stage) => {
    const session = await stage.open({ transport: "auto" });
    const playing = session.play();
    await stage.server.request("PLAY");
    await stage.clock.advance(2900);
    played.resolve();
    await playing;
    await stage.clock.advance(2900);
    assertEquals(stage.viewer.codes, []);
    await stage.clock.advance(100);
    assertEquals(stage.viewer.codes, ["udp-silent"]);
    await stage.pass(session.ended);
  });
});

Deno.test("with UDP alone, silence is no media and says which leg is dead", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    const error = await assertRejects(() => stage.pass(session.ended), NoMediaError);
    assertMatch(
      error.message,
      /^RTSP works, the server accepted PLAY, but no RTP packet came to UDP port \d+ in 10 s \(a firewall between\? try --transport tcp\)$/,
    );
  });
});

Deno.test("what goes wrong on the second connection is told", async () => {
  const script: Script = { answers: { DESCRIBE: [{}, { status: 503 }] } };
  await onStage(script, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    await assertRejects(() => stage.pass(session.ended), StatusError, "DESCRIBE was answered 503");
  });
});

Deno.test("closing while it falls back leaves nothing behind", async () => {
  const script: Script = { answers: { OPTIONS: [{}, "silence"] } };
  await onStage(script, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    await stage.clock.advance(3000);
    await stage.server.request("OPTIONS", 2);
    await session.close();
    assertEquals(await session.ended, "stopped");
    assertEquals(stage.server.methods, [...FIRST, "OPTIONS"]);
  });
});
