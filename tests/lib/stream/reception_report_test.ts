import { MAX_CUMULATIVE_LOST, MIN_CUMULATIVE_LOST } from "../../../lib/rtcp/report_block.ts";
import { ReceiveStatistics } from "../../../lib/stream/receive_statistics.ts";
import { ReceptionReporter } from "../../../lib/stream/reception_report.ts";
import { assertEquals } from "../../support/assert.ts";

const SSRC = 0xabcdef01;

/** Receives these sequence numbers, a ms apart, all of one timestamp. */
function receive(statistics: ReceiveStatistics, ...sequences: number[]): void {
  for (const sequence of sequences) statistics.receive(sequence, 0, 100, sequence);
}

function reporter(): { statistics: ReceiveStatistics; reporter: ReceptionReporter } {
  const statistics = new ReceiveStatistics(90_000);
  return { statistics, reporter: new ReceptionReporter(statistics) };
}

Deno.test("before anything has come there is nothing to tell", () => {
  assertEquals(reporter().reporter.report(SSRC, 0), {
    ssrc: SSRC,
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighestSequence: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  });
});

Deno.test("the fraction lost is of the packets expected since the last report, in 256ths", () => {
  const { statistics, reporter: told } = reporter();
  const rows: [sequences: number[], fraction: number, cumulative: number][] = [
    [[1, 2, 4, 5], 51, 1], // one of five
    [[6, 7, 8], 0, 1],
    [[], 0, 1],
    [[16], 224, 8], // seven of eight
    [[17, 17, 17], 0, 6], // two came once more than they should
    [[3], 0, 5], // late: it is not lost any more
  ];
  for (const [sequences, fractionLost, cumulativeLost] of rows) {
    receive(statistics, ...sequences);
    const block = told.report(SSRC, 0);
    assertEquals([block.fractionLost, block.cumulativeLost], [fractionLost, cumulativeLost]);
  }
});

Deno.test("the highest sequence number counts its cycles in the upper half", () => {
  const { statistics, reporter: told } = reporter();
  receive(statistics, 65_534, 65_535, 0, 1);
  assertEquals(told.report(SSRC, 0).extendedHighestSequence, 0x1_0001);
});

Deno.test("a loss of everything but one in 256 fits the field", () => {
  const { statistics, reporter: told } = reporter();
  receive(statistics, 1);
  told.report(SSRC, 0);
  receive(statistics, 2000);
  assertEquals(told.report(SSRC, 0).fractionLost, 255);
});

Deno.test("the delay since the sender's report is in 65,536ths of a second", () => {
  const { reporter: told } = reporter();
  told.senderReported({ seconds: 0x01020304, fraction: 0x05060708 }, 1000);
  const block = told.report(SSRC, 2500);
  assertEquals(block.lastSenderReport, 0x03040506);
  assertEquals(block.delaySinceLastSenderReport, 1.5 * 65_536);
});

Deno.test("more losses or duplicates than 24 bits hold are told as the most or least they hold", () => {
  const block = (expected: number, duplicated: number): number => {
    const { statistics } = reporter();
    Object.defineProperty(statistics, "expected", { value: expected });
    statistics.duplicated = duplicated;
    return new ReceptionReporter(statistics).report(SSRC, 0).cumulativeLost;
  };
  assertEquals(block(MAX_CUMULATIVE_LOST, 0), MAX_CUMULATIVE_LOST);
  assertEquals(block(MAX_CUMULATIVE_LOST + 1, 0), MAX_CUMULATIVE_LOST);
  assertEquals(block(0, -MIN_CUMULATIVE_LOST), MIN_CUMULATIVE_LOST);
  assertEquals(block(0, 1 - MIN_CUMULATIVE_LOST), MIN_CUMULATIVE_LOST);
});
