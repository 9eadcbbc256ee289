import { RTP_HEADROOM } from "../../../../lib/jpeg/packetize.ts";
import { DatagramSocket } from "../../../../lib/net/datagram.ts";
import { FrameDestination, type Segmentation } from "../../../../lib/net/frame_sender.ts";
import { type Libc, libc } from "../../../../lib/net/native/libc.ts";
import { SegmentedSender } from "../../../../lib/net/native/segmented_sender.ts";
import { findDescriptor, SOCKET_TYPE } from "../../../../lib/net/native/socket_descriptor.ts";
import { parseRtpPacket, writeRtpHeader } from "../../../../lib/rtp/packet.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { NO_TROUBLE } from "../../../support/send_trouble.ts";

const ignore = libc() === undefined;
const PACKETS = 3;
const FRAME = frameOf(PACKETS, 100);
const HEADER = { payloadType: 26, sequence: 65_534, timestamp: 1, ssrc: 2 };

function frameOf(packets: number, payload: number): Parameters<SegmentedSender["send"]>[0] {
  const length = RTP_HEADROOM + payload;
  return {
    buffer: new Uint8Array(packets * length),
    gap: 0,
    offsets: Uint32Array.from({ length: packets }, (_, i) => i * length),
    lengths: new Uint32Array(packets).fill(length),
    packetCount: packets,
    payloadBytes: packets * payload,
    prepared: undefined,
  };
}

/** A sender, and how many messages each call of the system had. */
class Stage {
  readonly calls: number[] = [];
  readonly sender: SegmentedSender;
  readonly #socket = new DatagramSocket("127.0.0.1", 0);

  constructor(segmentation: Segmentation) {
    const library = {
      sendmsg: () => {
        this.calls.push(1);
        return 1;
      },
      sendmmsg: (_descriptor: number, _messages: unknown, count: number) => {
        this.calls.push(count);
        return count;
      },
    } as unknown as Libc;
    this.sender = new SegmentedSender(library, -1, this.#socket, segmentation);
  }

  /** Sends a frame to each. @returns the messages that took */
  messages(receivers: readonly FrameDestination[]): number {
    this.calls.length = 0;
    for (const to of receivers) assertEquals(this.sender.send(FRAME, HEADER, to), "left");
    return this.calls.reduce((sum, count) => sum + count, 0);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function receivers(hostname: string, count: number): FrameDestination[] {
  return Array.from(
    { length: count },
    (_, i) => new FrameDestination(hostname, 5000 + i, NO_TROUBLE),
  );
}

const HERE = receivers("127.0.0.1", 8);
const ELSEWHERE = receivers("192.0.2.7", 8);

Deno.test({
  name: "on this machine every packet is a message of its own for fewer than eight viewers",
  ignore,
  fn: () => {
    using stage = new Stage("auto");
    const few = HERE.slice(0, 7);
    assertEquals(stage.messages(few), 7 * PACKETS);
    assertEquals(stage.messages([...few, HERE[7]!]), 7 * PACKETS + 1);
    assertEquals(stage.messages(HERE), 8);
    stage.sender.release(HERE[7]!);
    stage.sender.release(HERE[7]!);
    assertEquals(stage.messages(few), 7 * PACKETS);
    for (const to of few) stage.sender.release(to);
  },
});

for (
  const { segmentation, here, elsewhere } of [
    { segmentation: "auto", here: PACKETS, elsewhere: 1 },
    { segmentation: "everywhere", here: 1, elsewhere: 1 },
    { segmentation: "elsewhere", here: PACKETS, elsewhere: 1 },
    { segmentation: "never", here: PACKETS, elsewhere: PACKETS },
  ] as const
) {
  Deno.test({
    name: `messages of a frame for one viewer: ${segmentation}`,
    ignore,
    fn: () => {
      using stage = new Stage(segmentation);
      const [near, far] = [HERE[0]!, ELSEWHERE[0]!];
      assertEquals(stage.messages([near]), here);
      assertEquals(stage.messages([far]), elsewhere);
      stage.sender.release(near);
      stage.sender.release(far);
    },
  });
}

Deno.test({
  name: "what the system has no room for waits, and arrives in its order with what came after it",
  ignore,
  fn: async () => {
    const receiver = new DatagramSocket("127.0.0.1", 0);
    const socket = new DatagramSocket("127.0.0.1", 0);
    const descriptor = findDescriptor(libc()!, SOCKET_TYPE.datagram, socket.port)!;
    let room = 2;
    const library = withRoom(() => room-- > 0);
    const sender = new SegmentedSender(library, descriptor, socket, "never");
    const to = new FrameDestination("127.0.0.1", receiver.port, NO_TROUBLE);
    const frame = frameOf(5, 100);
    const departures = [0, 5, 10].map((sequence) =>
      sender.send(frame, { ...HEADER, sequence }, to)
    );
    departures.push(sender.sendDatagram(parting(15), to));
    assertEquals(departures, Array(4).fill("leaving"));
    // Packet by packet at first, by the runtime; then some more at once.
    room = 4;
    const sequences: number[] = [];
    await receiver.receiveAll((bytes) => {
      sequences.push(parseRtpPacket(bytes).sequence);
      if (sequences.length === 16) receiver.close();
    });
    assertEquals(sequences, Array.from({ length: 16 }, (_, i) => i));
    assert(room < 0, "the fast way was tried again");
    assertEquals(to.waiting, 0);
    room = 1;
    assertEquals(sender.sendDatagram(parting(16), to), "left");
    sender.close();
    assertEquals(sender.sendDatagram(parting(17), to), "leaving");
    socket.close();
  },
});

/** The library, whose socket takes a message at a time, where there is room. */
function withRoom(hasRoom: () => boolean): Libc {
  const library = libc()!;
  const sendmsg: Libc["sendmsg"] = (...given) => hasRoom() ? library.sendmsg(...given) : -1;
  const sendmmsg: Libc["sendmmsg"] = (descriptor, messages, _count, flags) => {
    return hasRoom() ? library.sendmmsg(descriptor, messages, 1, flags) : -1;
  };
  return { ...library, sendmsg, sendmmsg };
}

function parting(sequence: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  writeRtpHeader(bytes, 0, { ...HEADER, marker: true, sequence });
  return bytes;
}
