import {
  ImpairedPath,
  type PacketPath,
  type Remains,
} from "../../../../lib/net/impairment/impaired_path.ts";
import { Impairments } from "../../../../lib/net/impairment/impairments.ts";
import type { Departure } from "../../../../lib/net/paths/media_path.ts";
import { inspectJpeg } from "../../../../lib/jpeg/inspect.ts";
import { type PacketizedFrame, packetizeJpeg } from "../../../../lib/jpeg/packetize.ts";
import { parseRtpPacket } from "../../../../lib/rtp/packet.ts";
import { type ImpairmentSettings, NO_IMPAIRMENT } from "../../../../lib/stream/impairment.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { clipFrames } from "../../../support/clips.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const [JPEG] = clipFrames({ frames: 1, width: 320, height: 240 });
const HEADER = { payloadType: 26, sequence: 65_534, timestamp: 4_000_000_000, ssrc: 0x1234 };

/** The picture in packets of at most so many bytes of payload. */
function packets(maxPayload: number): PacketizedFrame {
  return packetizeJpeg(JPEG!, inspectJpeg(JPEG!), { maxPayload });
}

/** A path that keeps what it is to send. */
class KeptPath implements PacketPath {
  readonly name = "kept";
  readonly gap = 0;
  readonly slow = "nobody leaves";
  readonly packets: Uint8Array[] = [];
  readonly control: Uint8Array[] = [];
  closed = 0;
  behind = false;

  constructor(readonly remains: Remains) {}

  sendFrame(): Departure {
    throw new Error("Frames come as packets");
  }

  sendPacket(bytes: Uint8Array): boolean {
    if (!this.behind) this.packets.push(bytes);
    return !this.behind;
  }

  sendControl(bytes: Uint8Array): boolean {
    this.control.push(bytes);
    return true;
  }

  close(): void {
    this.closed++;
  }
}

function impaired(settings: Partial<ImpairmentSettings>, remains: Remains = "arrive in time"): {
  clock: FakeClock;
  kept: KeptPath;
  path: ImpairedPath;
} {
  const clock = new FakeClock();
  const kept = new KeptPath(remains);
  const all = new Impairments({ ...NO_IMPAIRMENT, ...settings }, clock);
  return { clock, kept, path: new ImpairedPath(kept, all) };
}

Deno.test("a frame goes as the packets it is made of, numbered and marked as ever", () => {
  const { kept, path } = impaired({});
  const frame = packets(1000);
  assert(frame.packetCount > 3);
  const before = frame.buffer.slice();
  assertEquals(path.sendFrame(frame, HEADER), "leaving");
  assertEquals(frame.buffer, before, "others send the same frame");
  const sent = kept.packets.map((bytes) => parseRtpPacket(bytes));
  assertEquals(sent.length, frame.packetCount);
  sent.forEach(({ marker, payloadType, sequence, timestamp, ssrc, payload }, i) => {
    assertEquals(
      { payloadType, sequence, timestamp, ssrc },
      { ...HEADER, sequence: (HEADER.sequence + i) & 0xffff },
    );
    assertEquals(marker, i === sent.length - 1);
    const from = frame.offsets[i]! + 12;
    assertEquals(payload, frame.buffer.subarray(from, frame.offsets[i]! + frame.lengths[i]!));
  });
});

Deno.test("it says what it does, and counts it", () => {
  const { kept, path } = impaired({ loss: 0.5 });
  const frame = packets(200);
  path.sendFrame(frame, HEADER);
  assertEquals(path.name, "kept, impaired");
  assertEquals(path.impaired.packets, frame.packetCount);
  assertEquals(path.impaired.lost, frame.packetCount - kept.packets.length);
  assert(path.impaired.lost > 0);
});

Deno.test("what the path itself leaves out is counted too", () => {
  const { kept, path } = impaired({});
  kept.behind = true;
  path.sendFrame(packets(60_000), HEADER);
  assertEquals(path.impaired.overflowed, 1);
});

Deno.test("datagrams that are under way arrive after the path was closed, a BYE too", async () => {
  const { clock, kept, path } = impaired({ delayMs: 50 });
  path.sendFrame(packets(60_000), HEADER);
  path.sendControl(Uint8Array.of(1, 2, 3));
  path.close();
  assertEquals([kept.packets.length, kept.control.length, kept.closed], [0, 0, 0]);
  await clock.advance(50);
  assertEquals([kept.packets.length, kept.control.length, kept.closed], [1, 1, 1]);
  assertEquals(clock.pending, 0);
});

Deno.test("in a connection nothing more comes once the path was closed", async () => {
  const { clock, kept, path } = impaired({ delayMs: 50 }, "are gone");
  path.sendFrame(packets(60_000), HEADER);
  path.close();
  await clock.advance(50);
  assertEquals([kept.packets.length, kept.closed, clock.pending], [0, 1, 0]);
});

Deno.test("to a group what is under way arrives at once, as its ports are closed", () => {
  const { clock, kept, path } = impaired({ delayMs: 50 }, "arrive at once");
  path.sendFrame(packets(60_000), HEADER);
  path.sendControl(Uint8Array.of(1));
  path.close();
  assertEquals([kept.packets.length, kept.control.length, kept.closed], [1, 1, 1]);
  assertEquals(clock.pending, 0);
});
