import { parseCompound } from "../../../../lib/rtcp/compound.ts";
import type { RtcpPacket } from "../../../../lib/rtcp/packet.ts";
import type { ReportBlock } from "../../../../lib/rtcp/report_block.ts";
import { packetsOf, PICTURES, senderReport, SSRC } from "../../../support/scripted_media.ts";
import type { Answer } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

/** Our own source, from the random bytes of these tests. */
const OWN = 0x5a5a5a5a;
const NTP = { seconds: 0x11223344, fraction: 0x55667788 };

/** Sends packets, and waits until they are there. */
async function bring(stage: Stage, packets: Uint8Array[]): Promise<void> {
  const count = stage.viewer.packets.length + packets.length;
  await stage.server.connections.at(-1)!.rtp(...packets);
  await stage.viewer.until("the packets", ({ packets }) => packets.length === count);
}

/** The report blocks that came, and a check of what goes with them. */
async function reports(stage: Stage, count: number): Promise<ReportBlock[]> {
  const { server } = stage;
  const all = (): Uint8Array[] => [
    ...server.blocks.map(({ payload }) => payload),
    ...server.datagrams.filter(({ kind }) => kind === "rtcp").map(({ bytes }) => bytes),
  ];
  const ours = (): RtcpPacket[][] =>
    all().map(parseCompound).filter(([first]) => {
      return first?.type === "RR" && first.ssrc === OWN;
    });
  await server.until("the reports", () => ours().length >= count);
  return ours().map(([report, description]) => {
    assertEquals(description, {
      type: "SDES",
      chunks: [{ source: OWN, items: [{ type: "CNAME", text: "5a5a5a5a" }] }],
    });
    assert(report?.type === "RR");
    return report.reports[0]!;
  });
}

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`a receiver report over ${transport} tells loss, jitter and delay exactly`, async () => {
    // So that the numbers wrap between the packets.
    const [one, two, three] = packetsOf(PICTURES.slice(0, 3), { sequence: 65_530 });
    const sent = [one, two, three].flatMap((packets) => packets!);
    await onStage({}, async (stage) => {
      await stage.play({ transport });
      const start = stage.clock.now();
      // Lost: the second packet, and the three around the border of the others.
      await bring(stage, one!.filter((_, i) => i !== 1));
      await stage.clock.advance(60);
      await bring(stage, two!.slice(0, -2));
      await stage.clock.advance(40);
      await stage.server.connections[0]!.rtcp(senderReport(NTP));
      await stage.viewer.until("the report", ({ reports }) => reports.length === 1);
      await bring(stage, three!.slice(1));
      const reportedAt = stage.clock.now();
      await stage.clock.advance(5000);
      const [block] = await reports(stage, 1);
      const { delaySinceLastSenderReport, ...rest } = block!;
      // 60 ms instead of 50, then 40: 900 ticks each time; the pictures' own packets come at once.
      let jitter = 900 / 16;
      jitter *= (15 / 16) ** (two!.length - 3);
      jitter += (900 - jitter) / 16;
      jitter *= (15 / 16) ** (three!.length - 2);
      assertEquals(rest, {
        ssrc: SSRC,
        fractionLost: Math.floor(4 * 256 / sent.length),
        cumulativeLost: 4,
        extendedHighestSequence: 65_530 + sent.length - 1,
        jitter: Math.round(jitter),
        lastSenderReport: 0x33445566,
      });
      // It came with the first look after five seconds of playing.
      const due = start + 5050 + 50 - reportedAt;
      const delay = delaySinceLastSenderReport * 1000 / 65_536;
      assert(Math.abs(delay - due) <= 51, `${delay} ms`);
    });
  });
}

Deno.test("each report is about the time since the one before; duplicates make up for losses", async () => {
  const packets = packetsOf(PICTURES).flat();
  await onStage({}, async (stage) => {
    await stage.play();
    await bring(stage, [...packets.slice(0, 4), ...packets.slice(5, 8)]);
    await stage.clock.advance(5100);
    await reports(stage, 1);
    await bring(stage, [packets[8]!, packets[8]!, packets[8]!, packets[9]!]);
    await stage.clock.advance(5000);
    await reports(stage, 2);
    await bring(stage, [packets[11]!]);
    await stage.clock.advance(5000);
    const seen = (await reports(stage, 3)).map(({ fractionLost, cumulativeLost }) => {
      return [fractionLost, cumulativeLost];
    });
    assertEquals(seen, [[Math.floor(256 / 8), 1], [0, -1], [128, 0]]);
  });
});

Deno.test("without a sender report there is no time since it", async () => {
  await onStage({}, async (stage) => {
    await stage.play();
    await bring(stage, packetsOf(PICTURES)[0]!);
    await stage.clock.advance(5100);
    const [block] = await reports(stage, 1);
    assertEquals([block!.lastSenderReport, block!.delaySinceLastSenderReport], [0, 0]);
  });
});

Deno.test("reports go to the server's RTCP port, or over its second channel", async () => {
  const SETUP: Answer = { headers: { Transport: "RTP/AVP/TCP;unicast;interleaved=6-7" } };
  await onStage({ answers: { SETUP } }, async (stage) => {
    await stage.play();
    await bring(stage, packetsOf(PICTURES)[0]!);
    await stage.clock.advance(5100);
    await reports(stage, 1);
    assertEquals(stage.server.blocks.map(({ channel }) => channel), [7]);
  });
});

Deno.test("nothing is reported before the first packet, while paused, or to a dead server", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await stage.clock.advance(9000);
    await bring(stage, packetsOf(PICTURES)[0]!);
    await session.pause();
    await stage.clock.advance(9000);
    assertEquals(stage.server.blocks, []);
  });
});

Deno.test("over UDP the last report and BYE come before TEARDOWN", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play({ transport: "udp" });
    await bring(stage, packetsOf(PICTURES)[0]!);
    await session.close();
    await reports(stage, 1);
    const last = parseCompound(stage.server.datagrams.at(-1)!.bytes);
    assertEquals(last.at(-1), { type: "BYE", sources: [OWN] });
  });
});
