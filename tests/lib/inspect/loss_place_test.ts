import type { FindingCode } from "../../../lib/inspect/finding.ts";
import { LossPlace } from "../../../lib/inspect/loss_place.ts";
import type { InspectedRtcp, StreamFacts } from "../../../lib/inspect/rule.ts";
import { StreamClock } from "../../../lib/inspect/stream_clock.ts";
import { ReceiveStatistics } from "../../../lib/stream/receive_statistics.ts";
import { assertEquals } from "../../support/assert.ts";

/** What had come when a report came, and what it said. */
interface Reported {
  numbered: number;
  received: number;
  sent: number;
  ssrc?: number;
}

function report({ numbered, received, sent, ssrc = 1 }: Reported): InspectedRtcp {
  const statistics = new ReceiveStatistics(90_000);
  const lost = numbered - received;
  for (let i = 0; i < numbered; i++) {
    // What is missing is missing after the first.
    if (i === 0 || i > lost) statistics.receive(1000 + i, i * 3600, 100, i * 40);
  }
  const counts = { packetCount: sent, octetCount: 0, rtpTimestamp: 0, reports: [] };
  const ntpTimestamp = { seconds: 1, fraction: 0 };
  return {
    time: 0,
    ssrc,
    packet: { type: "SR", ssrc, ntpTimestamp, ...counts },
    statistics,
    clock: new StreamClock(90_000),
  };
}

function judged(reports: Reported[], transport: StreamFacts["transport"] = "udp"): FindingCode {
  const place = new LossPlace();
  for (const each of reports) place.rtcp(report(each));
  return place.loss(10, 500, { transport } as StreamFacts, "gaps").code;
}

const CASES: [name: string, reports: Reported[], code: FindingCode][] = [
  ["no report", [], "sequence-gap"],
  ["all that was numbered was sent", [{ numbered: 100, received: 90, sent: 100 }], "loss-network"],
  ["only what came was sent", [{ numbered: 100, received: 90, sent: 90 }], "loss-sender"],
  [
    "a first report from before the first packets, that they overtook",
    [{ numbered: 5, received: 5, sent: 0 }, { numbered: 500, received: 486, sent: 500 }],
    "loss-network",
  ],
  ["a report in the middle of both", [{ numbered: 100, received: 90, sent: 95 }], "sequence-gap"],
  ["too few losses", [{ numbered: 100, received: 98, sent: 98 }], "sequence-gap"],
  ["one report of a sender that began before us", [
    { numbered: 100, received: 90, sent: 5000 },
  ], "sequence-gap"],
  [
    "two reports of a sender that began before us",
    [{ numbered: 10, received: 10, sent: 5000 }, { numbered: 110, received: 100, sent: 5100 }],
    "loss-network",
  ],
  [
    "the sender left them out, of a session that began before us",
    [{ numbered: 10, received: 10, sent: 5000 }, { numbered: 110, received: 100, sent: 5090 }],
    "loss-sender",
  ],
  [
    "reports of two sources are not mixed",
    [
      { numbered: 100, received: 90, sent: 90 },
      { numbered: 200, received: 190, sent: 9000, ssrc: 2 },
    ],
    "sequence-gap",
  ],
];

for (const [name, reports, code] of CASES) {
  Deno.test(`the place of losses, ${name}: ${code}`, () => {
    assertEquals(judged(reports), code);
  });
}

Deno.test("over TCP losses are the sender's, whatever it reports", () => {
  assertEquals(judged([], "tcp"), "loss-sender");
  assertEquals(judged([{ numbered: 100, received: 90, sent: 100 }], "tcp"), "loss-sender");
});

Deno.test("reports of another source than the packets tell nothing", () => {
  const place = new LossPlace();
  place.rtcp({ ...report({ numbered: 100, received: 90, sent: 90 }), ssrc: 2 });
  assertEquals(
    place.loss(10, 500, { transport: "udp" } as StreamFacts, "gaps").code,
    "sequence-gap",
  );
});
