import { CarriableMedia } from "../../../../lib/media/transcode/carriable_media.ts";
import { WorkerTranscoder } from "../../../../lib/media/transcode/worker_transcoder.ts";
import type { MediaLease, MediaProvider } from "../../../../lib/stream/media_provider.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { whereClearedTimersFire } from "../../../support/cleared_timers.ts";
import { InlineWorker, ListSource, optimisedFrame } from "./fakes.ts";

/** A provider of one medium, and how many leases of it are out. */
class OneMedium implements MediaProvider {
  readonly source = new ListSource([optimisedFrame(1), optimisedFrame(2)]);
  leases = 0;

  open(): Promise<MediaLease> {
    this.leases++;
    let held = true;
    const release = (): void => {
      if (held) this.leases--;
      held = false;
    };
    return Promise.resolve({ source: this.source, origin: this, name: "clip.Mjpeg", release });
  }

  list(): Promise<string[]> {
    return Promise.resolve(["clip.Mjpeg"]);
  }
}

function media(
  lingerMs: number,
): { provider: OneMedium; media: CarriableMedia; worker: InlineWorker; said: string[] } {
  const provider = new OneMedium();
  const worker = new InlineWorker();
  const transcoder = new WorkerTranscoder({ threads: 1, spawn: () => worker });
  const said: string[] = [];
  const onWork = (name: string, message: string): void => void said.push(`${name}: ${message}`);
  return {
    provider,
    worker,
    said,
    media: new CarriableMedia(provider, { transcoder, lingerMs, onWork }),
  };
}

Deno.test("viewers of one medium share its transcoded frames; what was done is told once", async () => {
  const { media: shared, worker, said, provider } = media(0);
  const one = await shared.open("clip.Mjpeg", "rtp");
  const other = await shared.open("/clip.Mjpeg", "rtp");
  assert(await one.source.frame(0) === await other.source.frame(0));
  await one.source.frame(1);
  assertEquals(worker.requests.length, 2);
  assertEquals(said, ["clip.Mjpeg: Huffman tables re-coded to the standard ones, lossless"]);
  one.release();
  one.release();
  assertEquals(provider.leases, 1);
  other.release();
  assertEquals(provider.leases, 0);
  shared.close();
});

Deno.test("the lab's view and the frames as they are stay what they were", async () => {
  const { media: shared, worker, provider } = media(0);
  const lab = await shared.open("clip.Mjpeg", "lab");
  const plain = await shared.open("clip.Mjpeg");
  assert(lab.source.frame(0) === provider.source.frames[0]);
  assert(plain.source === provider.source);
  assertEquals(worker.requests, []);
  lab.release();
  plain.release();
  assertEquals(provider.leases, 0);
});

Deno.test("a medium stays open a moment after its last viewer, so that SETUP finds what DESCRIBE had made", async () => {
  const { media: shared, worker, provider } = media(60_000);
  const described = await shared.open("clip.Mjpeg", "rtp");
  const frame = await described.source.frame(0);
  described.release();
  assertEquals(provider.leases, 1);
  const played = await shared.open("clip.Mjpeg", "rtp");
  assert(played.source.frame(0) === frame);
  assertEquals(worker.requests.length, 1);
  played.release();
  shared.close();
  assertEquals(provider.leases, 0);
  assert(worker.terminated);
});

Deno.test("a medium in use stays open where the runtime fires the timer that was cleared for it", async () => {
  const { media: shared, provider } = media(1);
  await whereClearedTimersFire(async () => {
    (await shared.open("clip.Mjpeg", "rtp")).release();
    const played = await shared.open("clip.Mjpeg", "rtp");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals(provider.leases, 1);
    played.release();
    await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals(provider.leases, 0);
  });
  shared.close();
});
