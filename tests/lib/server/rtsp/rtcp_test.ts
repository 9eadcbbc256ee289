import { ntpToUnixMilliseconds } from "../../../../lib/rtcp/ntp.ts";
import { checkCompound } from "../../../../lib/rtcp/check_compound.ts";
import type { RtcpPacket } from "../../../../lib/rtcp/packet.ts";
import type { SenderReport } from "../../../../lib/rtcp/sender_report.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { framesOf } from "../../../support/rtp_frames.ts";
import { FRAME_MS, pass, withServer } from "../../../support/rtsp_server.ts";

function senderReports(compounds: RtcpPacket[][]): SenderReport[] {
  return compounds.flat().filter((packet) => packet.type === "SR");
}

/** ms from frame 0 to the moment of a report, by each of the report's two clocks. */
function moments(report: SenderReport, firstTimestamp: number, firstAt: number): [number, number] {
  const byRtp = (report.rtpTimestamp - firstTimestamp | 0) / 90;
  return [ntpToUnixMilliseconds(report.ntpTimestamp) - firstAt, byRtp];
}

Deno.test("sender reports are whole compounds with SDES CNAME, the first with the first frame", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await test.clock.advance(0);
    const [compound] = await peer.rtcp(1);
    assertEquals(checkCompound(compound!), []);
    const [report, description, ...more] = compound!;
    assert(report?.type === "SR" && description?.type === "SDES" && more.length === 0);
    const packets = await peer.frames(1);
    assertEquals(report.ssrc, packets[0]!.ssrc);
    assertEquals(report.rtpTimestamp, packets[0]!.timestamp);
    // Ahead of the frame, so that its receiver's clock is set before the first packet.
    assertEquals([report.packetCount, report.octetCount], [0, 0]);
    assertEquals(description.chunks.map(({ source }) => source), [report.ssrc]);
    const [name] = description.chunks[0]!.items;
    assert(name?.type === "CNAME");
    // Random, and nobody's address (RFC 7022).
    assertMatch(name.text, /^[0-9a-f]{24}$/);
  }));

Deno.test("sender reports come every 2.5 to 7.5 s, their two clocks being one", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    const firstAt = test.clock.wallTime();
    await pass(test.clock, 40_000);
    const first = (await peer.rtp(1))[0]!.timestamp;
    const reports = senderReports(await peer.rtcp(6));
    const times = reports.map((report) => {
      const [byNtp, byRtp] = moments(report, first, firstAt);
      assert(Math.abs(byNtp - byRtp) < 1, `${byNtp} ms by NTP, ${byRtp} ms by RTP`);
      // Each goes ahead of a frame, so that nobody wakes for it alone.
      const frames = byNtp / FRAME_MS;
      assert(Math.abs(frames - Math.round(frames)) < 0.1, `${frames} frames`);
      return byNtp;
    });
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    assert(gaps.every((gap) => gap >= 2500 && gap <= 7500 + FRAME_MS), gaps.join());
    assert(new Set(gaps.map(Math.round)).size > 1, "the interval varies");
  }));

Deno.test("over a pause the clocks are matched anew with the first frame", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 200);
    await test.ask(peer, "PAUSE", session);
    await test.clock.advance(30_000);
    await test.play(peer, session);
    await test.clock.advance(0);
    const reports = senderReports(await peer.rtcp(2));
    assertEquals(reports.length, 2, "none while paused");
    const frames = framesOf(await peer.frames(6));
    assertEquals(reports[1]!.rtpTimestamp, frames[5]!.timestamp);
    const apart = ntpToUnixMilliseconds(reports[1]!.ntpTimestamp) -
      ntpToUnixMilliseconds(reports[0]!.ntpTimestamp);
    assertEquals(apart, 30_000 + 4 * FRAME_MS);
  }));

for (
  const [name, headers] of [
    ["Scale: 0.5", ["Scale: 0.5"]],
    ["Scale: -2", ["Scale: -2", "Range: npt=2.95-"]],
  ] as const
) {
  Deno.test(`with ${name} the clocks still run alike`, () =>
    withServer({ loop: true }, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      await test.play(peer, session, ...headers);
      const firstAt = test.clock.wallTime();
      await pass(test.clock, 1300);
      await test.ask(peer, "TEARDOWN", session);
      await test.play(peer, await test.setUp(peer));
      const first = (await peer.rtp(1))[0]!.timestamp;
      for (const report of senderReports(await peer.rtcp(1))) {
        const [byNtp, byRtp] = moments(report, first, firstAt);
        assert(Math.abs(byNtp - byRtp) < 1, `${byNtp} ms by NTP, ${byRtp} ms by RTP`);
      }
    }));
}

Deno.test("from one queued range to the next the clocks stay together", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-2.5");
    const firstAt = test.clock.wallTime();
    for (let i = 0; i < 4; i++) {
      await test.ask(peer, "PLAY", session, { headers: ["Range: npt=0-2.5", "Scale: 0.5"] });
    }
    await pass(test.clock, 23_000);
    await test.until("session-end-of-media");
    const first = (await peer.rtp(1))[0]!.timestamp;
    const reports = senderReports(await peer.rtcp(4));
    for (const report of reports) {
      const [byNtp, byRtp] = moments(report, first, firstAt);
      assert(Math.abs(byNtp - byRtp) < 1, `${byNtp} ms by NTP, ${byRtp} ms by RTP`);
    }
  }));

Deno.test("at the end a report with all counts, SDES and BYE, after the last frame", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=2.9-");
    await pass(test.clock, 100);
    const [, last] = await peer.rtcp(2);
    const packets = await peer.frames(2);
    const [report, , bye] = last!;
    assert(report?.type === "SR" && bye?.type === "BYE");
    assertEquals(report.packetCount, packets.length);
    assertEquals(bye.sources, [packets[0]!.ssrc]);
    assertEquals(bye.reason, "end of media");
    assertEquals(peer.order.at(-1), "channel 1", "nothing comes after it");
  }));

Deno.test("TEARDOWN over UDP says BYE; over TCP nothing comes after its reply", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const overUdp = await test.setUp(peer, receiver);
    const overTcp = await test.setUp(peer);
    for (const session of [overUdp, overTcp]) {
      await test.play(peer, session);
      await test.clock.advance(0);
      await test.ask(peer, "TEARDOWN", session);
    }
    const bye = (await receiver.rtcp(2))[1]!.at(-1)!;
    assertEquals(bye.type === "BYE" && bye.reason, "teardown");
    await test.clock.advance(1000);
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    assertEquals(peer.order.slice(-2), ["200", "200"]);
    assertEquals(senderReports(await peer.rtcp(1)).length, 1, "the one with the first frame");
  }));

Deno.test("who sent nothing says no BYE", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const [receiver, other] = [test.receiver(), test.receiver()];
    const silent = await test.setUp(peer, receiver);
    await test.play(peer, silent);
    await test.ask(peer, "TEARDOWN", silent);
    const heard = await test.setUp(peer, other);
    await test.play(peer, heard);
    await test.clock.advance(0);
    await test.ask(peer, "TEARDOWN", heard);
    await other.rtcp(2);
    assertEquals([receiver.rtpDatagrams.length, receiver.rtcpDatagrams.length], [0, 0]);
  }));
