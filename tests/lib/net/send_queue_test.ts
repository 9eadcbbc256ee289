import { RTP_HEADROOM } from "../../../lib/jpeg/packetize.ts";
import type { DatagramSocket } from "../../../lib/net/datagram.ts";
import { SendQueue } from "../../../lib/net/send_queue.ts";
import { FrameDestination } from "../../../lib/net/frame_sender.ts";
import type { UdpAddress } from "../../../lib/net/address.ts";
import { parseRtpPacket } from "../../../lib/rtp/packet.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const KIB = 1024;
const PACKETS = 4;
const HEADER = { payloadType: 26, sequence: 65_534, timestamp: 1, ssrc: 2 };

type Frame = Parameters<SendQueue["accept"]>[0];

/** A frame of packets whose payloads are their numbers, again and again. */
function frameOf(bytes: number): Frame {
  const length = bytes / PACKETS;
  const buffer = new Uint8Array(bytes);
  for (let i = 0; i < PACKETS; i++) buffer.fill(i, i * length, (i + 1) * length);
  return {
    buffer,
    gap: 0,
    offsets: Uint32Array.from({ length: PACKETS }, (_, i) => i * length),
    lengths: new Uint32Array(PACKETS).fill(length),
    packetCount: PACKETS,
    payloadBytes: bytes - PACKETS * RTP_HEADROOM,
    prepared: undefined,
  };
}

/** A socket that takes a datagram when it is told to. */
class SlowSocket {
  /** What left, with the port it went to. */
  readonly sent: { bytes: Uint8Array; port: number }[] = [];
  #next: { take: (error?: unknown) => void } | undefined;

  send(bytes: Uint8Array, { port }: UdpAddress): Promise<void> {
    assert(this.#next === undefined, "one datagram at a time");
    return new Promise((resolve, reject) => {
      this.#next = {
        take: (error) => {
          this.#next = undefined;
          if (error !== undefined) return reject(error);
          this.sent.push({ bytes: bytes.slice(), port });
          resolve();
        },
      };
    });
  }

  /** Takes what it was given, or refuses it. @returns false when it was given nothing */
  async take(error?: unknown): Promise<boolean> {
    const next = this.#next;
    next?.take(error);
    // The queue goes on in its own time.
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return next !== undefined;
  }

  async takeAll(): Promise<void> {
    while (await this.take());
  }
}

class Stage {
  readonly socket = new SlowSocket();
  readonly failures: unknown[] = [];
  declined = 0;

  queue(sendNow?: SendQueue["sendNow"]): SendQueue {
    return new SendQueue(this.socket as unknown as DatagramSocket, sendNow);
  }

  to(port: number): FrameDestination {
    return new FrameDestination("192.0.2.7", port, {
      failed: (error) => this.failures.push(error),
      declined: () => this.declined++,
    });
  }
}

/** Frames of one size that a queue takes for a receiver. */
function accepted(queue: SendQueue, to: FrameDestination, frame: Frame): number {
  let count = 0;
  while (queue.accept(frame, HEADER, to) === "leaving") count++;
  return count;
}

Deno.test("frames leave packet by packet in their order, with each viewer's headers as they were then", async () => {
  const stage = new Stage();
  const queue = stage.queue();
  const frame = frameOf(400);
  const header = { ...HEADER };
  assertEquals(queue.accept(frame, header, stage.to(1)), "leaving");
  Object.assign(header, { sequence: 7, timestamp: 8, ssrc: 9 });
  queue.accept(frame, header, stage.to(2));
  header.sequence = 1000;
  // Another sender writes its viewers' headers there meanwhile.
  for (const offset of frame.offsets) frame.buffer.fill(0xff, offset, offset + RTP_HEADROOM);
  assert(!queue.isEmpty);
  await stage.socket.takeAll();
  assert(queue.isEmpty);
  const packets = stage.socket.sent.map(({ bytes, port }) => {
    const { sequence, marker, ssrc, timestamp, payload } = parseRtpPacket(bytes);
    return [port, sequence, marker, timestamp, ssrc, payload[0], payload.length];
  });
  const length = 100 - RTP_HEADROOM;
  assertEquals(packets, [
    [1, 65_534, false, 1, 2, 0, length],
    [1, 65_535, false, 1, 2, 1, length],
    [1, 0, false, 1, 2, 2, length],
    [1, 1, true, 1, 2, 3, length],
    [2, 7, false, 8, 9, 0, length],
    [2, 8, false, 8, 9, 1, length],
    [2, 9, false, 8, 9, 2, length],
    [2, 10, true, 8, 9, 3, length],
  ]);
});

Deno.test("a packet that is refused is told to its receiver, and holds nobody up", async () => {
  const stage = new Stage();
  const queue = stage.queue();
  queue.accept(frameOf(400), HEADER, stage.to(1));
  const error = new Error("no route");
  await stage.socket.take();
  await stage.socket.take(error);
  await stage.socket.takeAll();
  assertEquals(stage.failures, [error]);
  assertEquals(stage.socket.sent.length, PACKETS - 1);
  assert(queue.isEmpty);
});

Deno.test("half a mebibyte may wait for one receiver, then whole frames are declined until there is room", async () => {
  const stage = new Stage();
  const queue = stage.queue();
  const to = stage.to(1);
  const frame = frameOf(64 * KIB);
  assertEquals(accepted(queue, to, frame), 9);
  assertEquals(stage.declined, 1);
  for (let i = 0; i < PACKETS; i++) assertEquals(queue.accept(frame, HEADER, to), "dropped");
  for (let i = 0; i < PACKETS; i++) await stage.socket.take();
  assertEquals(accepted(queue, to, frame), 1);
  await stage.socket.takeAll();
  assertEquals([to.waiting, stage.socket.sent.length], [0, 10 * PACKETS]);
  assertEquals(accepted(queue, to, frame), 9, "as before");
});

Deno.test("one frame may always wait, and the rest of one that has begun to leave", () => {
  const stage = new Stage();
  const queue = stage.queue();
  const huge = frameOf(16 * KIB * KIB);
  const to = stage.to(1);
  assertEquals(accepted(queue, to, huge), 1);
  assertEquals(queue.accept(huge, HEADER, to, 1), "leaving");
  assertEquals(accepted(queue, stage.to(2), huge), 1);
});

Deno.test("many receivers have equal shares of eight mebibytes", async () => {
  const stage = new Stage();
  const queue = stage.queue();
  const frame = frameOf(16 * KIB);
  const receivers = Array.from({ length: 64 }, (_, i) => stage.to(i + 1));
  // In turns, as viewers' frames come due.
  const counts = receivers.map(() => 0);
  for (let round = 0; round < 100; round++) {
    receivers.forEach((to, i) => {
      if (queue.accept(frame, HEADER, to) === "leaving") counts[i]!++;
    });
  }
  const share = 8 * KIB / 64;
  for (const count of counts.slice(1)) assertEquals(count, share / 16 + 1);
  await stage.socket.takeAll();
  // Who waits alone has room again.
  assertEquals(accepted(queue, receivers[0]!, frame), 33);
});

Deno.test("what can be sent at once goes without the runtime, as soon as it has sent a packet", async () => {
  const stage = new Stage();
  const sentNow: [port: number, packets: number][] = [];
  let room = 0;
  const queue = stage.queue((waiting) => {
    const packets = Math.min(room, waiting.frame.packetCount - waiting.next);
    room -= packets;
    if (packets > 0) sentNow.push([waiting.to.port, packets]);
    waiting.next += packets;
    return waiting.next === waiting.frame.packetCount;
  });
  const frame = frameOf(400);
  queue.accept(frame, HEADER, stage.to(1), 2);
  queue.accept(frame, HEADER, stage.to(2));
  queue.accept(frame, HEADER, stage.to(3));
  room = 1 + 3;
  await stage.socket.take();
  assertEquals(sentNow, [[1, 1], [2, 3]]);
  room = 100;
  await stage.socket.take();
  assertEquals(sentNow, [[1, 1], [2, 3], [3, 4]]);
  const alone = stage.socket.sent.map((
    { bytes, port },
  ) => [port, parseRtpPacket(bytes).payload[0]]);
  assertEquals(alone, [[1, 2], [2, 3]]);
  assert(queue.isEmpty);
});

Deno.test("frames of a receiver that is forgotten do not leave; datagrams and the others' do", async () => {
  const stage = new Stage();
  const queue = stage.queue();
  const frame = frameOf(400);
  const [first, second] = [stage.to(1), stage.to(2)];
  queue.accept(frame, HEADER, first);
  queue.accept(frame, HEADER, second);
  queue.accept(frame, HEADER, first);
  queue.acceptDatagram(Uint8Array.of(7), first);
  queue.forget(first);
  queue.forget(first);
  await stage.socket.takeAll();
  // The runtime had the first packet already.
  assertEquals(stage.socket.sent.map(({ port }) => port), [1, 2, 2, 2, 2, 1]);
  assertEquals(stage.socket.sent.at(-1)!.bytes, Uint8Array.of(7));
  assertEquals([first.waiting, second.waiting], [0, 0]);
});
