import { RtpReceiver } from "../../../lib/client/receiver.ts";
import { writeRtpHeader } from "../../../lib/rtp/packet.ts";
import { assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function packet(sequence: number, version = 2): Uint8Array {
  const bytes = new Uint8Array(16);
  writeRtpHeader(bytes, 0, { marker: false, payloadType: 26, sequence, timestamp: 0, ssrc: 0 });
  bytes[0] = (bytes[0]! & 0x3f) | version << 6;
  return bytes;
}

/** A receiver, and the sequence numbers that came out of it and were called strays. */
function setUp(anyVersion = false): {
  receiver: RtpReceiver;
  clock: FakeClock;
  out: number[];
  strays: string[];
} {
  const clock = new FakeClock();
  const out: number[] = [];
  const strays: string[] = [];
  const receiver = new RtpReceiver({
    clock,
    observer: { stray: ({ problem }) => strays.push(problem) },
    clockRate: 90_000,
    anyVersion,
    emit: ({ packet }) => out.push(packet.sequence),
  });
  return { receiver, clock, out, strays };
}

Deno.test("packets come out in order, and a gap after its wait", async () => {
  const { receiver, clock, out } = setUp();
  for (const sequence of [1, 3, 2, 6]) receiver.receive(packet(sequence));
  assertEquals(out, [1, 2, 3]);
  await clock.advance(receiver.deadline - clock.now());
  receiver.expire();
  assertEquals(out, [1, 2, 3, 6]);
  assertEquals([receiver.statistics.lost, receiver.statistics.reordered], [2, 1]);
  assertEquals(receiver.deadline, Infinity);
});

Deno.test("a source that starts over comes out at once, its first packet too", () => {
  const { receiver, out } = setUp();
  for (const sequence of [5000, 5001, 5003, 1, 2, 3]) receiver.receive(packet(sequence));
  assertEquals(out, [5000, 5001, 5003, 1, 2, 3]);
});

Deno.test("a stray far from the others never comes out", () => {
  const { receiver, out } = setUp();
  for (const sequence of [1, 2, 40_000, 3, 4]) receiver.receive(packet(sequence));
  assertEquals(out, [1, 2, 3, 4]);
  receiver.restart();
  for (const sequence of [200, 201]) receiver.receive(packet(sequence));
  assertEquals(out, [1, 2, 3, 4, 200, 201]);
});

Deno.test("a jump that nothing confirmed before a pause does not come out after it", () => {
  const { receiver, out } = setUp();
  for (const sequence of [1, 40_000]) receiver.receive(packet(sequence));
  receiver.restart();
  receiver.receive(packet(2));
  assertEquals(out, [1, 2]);
});

Deno.test("an announced restart lets go of what waits behind a gap", () => {
  const { receiver, out } = setUp();
  for (const sequence of [10, 12]) receiver.receive(packet(sequence));
  receiver.restart();
  for (const sequence of [1, 2]) receiver.receive(packet(sequence));
  assertEquals(out, [10, 12, 1, 2]);
});

Deno.test("what is no RTP is told and left out, version 0 only where it is not allowed", () => {
  const strict = setUp();
  strict.receiver.receive(packet(1, 0));
  strict.receiver.receive(Uint8Array.of(1, 2, 3));
  assertEquals([strict.out, strict.strays.length], [[], 2]);
  const lab = setUp(true);
  lab.receiver.receive(packet(1, 0));
  assertEquals([lab.out, lab.strays], [[1], []]);
});
