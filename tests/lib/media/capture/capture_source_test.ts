import {
  type CaptureSource,
  isRecording,
  openRecording,
} from "../../../../lib/media/capture/capture_source.ts";
import { MemoryBytes } from "../../../../lib/media/byte_source.ts";
import { SourceClosedError } from "../../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { CLIENT, end, pcapngOf, pcapOf, udpFrame } from "../../../support/capture_builder.ts";
import { packetsOf, PICTURES } from "../../../support/scripted_media.ts";

const SERVER = end("192.0.2.1", 6000);

/** A capture of pictures 50 ms apart, without the packets that `keep` refuses. */
function capture(keep: (number: number) => boolean = () => true): Uint8Array {
  const frames = packetsOf(PICTURES).flatMap((packets, picture) => {
    return packets.map((packet) =>
      udpFrame(50 * picture + 3 * (picture % 2), SERVER, CLIENT, packet)
    );
  });
  return pcapngOf(frames.filter((_, i) => keep(i)));
}

Deno.test("the pictures of a capture are frames, with the rate of their timestamps", async () => {
  for (const bytes of [capture(), pcapOf([])]) assert(isRecording(bytes));
  const source = await openRecording(new MemoryBytes(capture()));
  assertEquals(source.knownFrameCount, undefined);
  const first = await source.frame(0);
  assertEquals(first?.subarray(0, 2), Uint8Array.of(0xff, 0xd8));
  assertEquals(source.frameRate, 20);
  assertEquals(await source.frameCount(), PICTURES.length);
  assertEquals(source.knownFrameCount, PICTURES.length);
  assertEquals(await source.frame(PICTURES.length), undefined);
  assertEquals(source.faults, []);
  source.close();
});

Deno.test("a picture that lacks a packet is left out and told", async () => {
  const [one, two] = packetsOf(PICTURES);
  const lost = one!.length + two!.length - 1;
  const source = await openRecording(new MemoryBytes(capture((number) => number !== lost)));
  assertEquals(await source.frameCount(), PICTURES.length - 1);
  assertEquals(source.faults.length, 1);
  assertEquals(source.faults[0]!.frame, 2);
  assertEquals(source.faults[0]!.recovered, false);
  source.close();
});

Deno.test("a capture that ends early or is damaged plays as far as it goes, and says so", async () => {
  const whole = capture();
  const cut = await openRecording(new MemoryBytes(whole.subarray(0, whole.length - 1)));
  assert(await cut.frameCount() >= PICTURES.length - 1);
  assertEquals(cut.faults.at(-1)?.problem, "The recording ends in the middle of a packet");
  const damaged = whole.slice();
  damaged[whole.length - 1] = 1;
  const source = await openRecording(new MemoryBytes(damaged));
  assert(await source.frameCount() >= PICTURES.length - 1);
  assert(source.faults.some(({ problem }) => problem.startsWith("The recording is damaged")));
});

Deno.test("a capture with no pictures has no frames", async () => {
  const source = await openRecording(new MemoryBytes(pcapngOf([])));
  assertEquals(await source.frame(0), undefined);
  assertEquals(source.frameRate, undefined);
});

Deno.test("a closed capture gives no frames", async () => {
  const bytes = new MemoryBytes(capture());
  const source: CaptureSource = await openRecording(bytes);
  source.close();
  source.close();
  await assertRejects(async () => await source.frame(0), SourceClosedError);
  await assertRejects(() => source.frameCount(), SourceClosedError);
});
