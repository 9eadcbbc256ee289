import { FrameStore } from "../../../../lib/media/frame_store.ts";
import { decodeCoefficients } from "../../../../lib/jpeg/decode_coefficients.ts";
import { CarriableSource, LOOK_AHEAD } from "../../../../lib/media/transcode/carriable_source.ts";
import { isFit } from "../../../../lib/media/transcode/fitness.ts";
import type { TranscodedFrame } from "../../../../lib/media/transcode/transcoder.ts";
import { WorkerTranscoder } from "../../../../lib/media/transcode/worker_transcoder.ts";
import { FrameDamagedError, SourceClosedError } from "../../../../lib/stream/frame_source.ts";
import type { Carrier } from "../../../../lib/stream/media_provider.ts";
import { LAB_MAX_FRAME } from "../../../../lib/stream/lab_payload.ts";
import { encodeJpeg } from "../../../../lib/jpeg/encoder.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { eventually } from "../../../support/wait.ts";
import { fitFrame, InlineWorker, ListSource, optimisedFrame } from "./fakes.ts";

interface Bench {
  source: CarriableSource;
  worker: InlineWorker;
  list: ListSource;
  store: FrameStore;
  work: TranscodedFrame[];
  spawned: () => number;
}

function bench(frames: Uint8Array[], carrier: Carrier = "rtp", start?: number): Bench {
  const worker = new InlineWorker();
  let spawned = 0;
  const spawn = (): InlineWorker => {
    spawned++;
    return worker;
  };
  const transcoder = new WorkerTranscoder({ threads: 1, spawn });
  const list = new ListSource(frames, start);
  const store = new FrameStore();
  const work: TranscodedFrame[] = [];
  const onWork = (frame: TranscodedFrame): void => void work.push(frame);
  const source = new CarriableSource(list, { carrier, transcoder, store, onWork });
  return { source, worker, list, store, work, spawned: () => spawned };
}

/** Noise, which no encoder makes short. */
function longFrame(): Uint8Array<ArrayBuffer> {
  let state = 1;
  const data = Uint8Array.from({ length: 4 * 400 * 400 }, () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state >> 16;
  });
  return encodeJpeg({ width: 400, height: 400, data }, { quality: 95 });
}

Deno.test("frames that are fit pass as the same objects, and no thread is started", () => {
  const frames = [fitFrame(1), fitFrame(2)];
  const { source, spawned, store } = bench(frames);
  assert(source.frame(0) === frames[0]);
  assert(source.frame(1) === frames[1]);
  assertEquals(source.frame(2), undefined);
  assertEquals([spawned(), store.bytes], [0, 0]);
});

Deno.test("a frame that is not fit is transcoded once for all who ask", async () => {
  const frames = [optimisedFrame(1)];
  const { source, worker, work } = bench(frames);
  const [one, other] = await Promise.all([source.frame(0), source.frame(0)]);
  assert(one !== undefined && one === other && isFit(one, "rtp"));
  assert(source.frame(0) === one, "kept, and at hand");
  assertEquals(worker.requests.length, 1);
  assertEquals(work.map(({ steps, lossless }) => [steps, lossless]), [
    [["Huffman tables re-coded to the standard ones"], true],
  ]);
  const coefficients = (jpeg: Uint8Array): Int16Array[] =>
    decodeCoefficients(jpeg).planes.map((plane) => plane.coefficients);
  assertEquals(coefficients(one), coefficients(frames[0]!));
});

Deno.test("once one frame needed work, the next ones are made ready ahead", async () => {
  const frames = Array.from({ length: 30 }, (_, i) => optimisedFrame(i));
  const { source, worker } = bench(frames);
  source.prefetch(0);
  assertEquals(worker.requests.length, 0, "nothing is known yet");
  await source.frame(0);
  source.prefetch(1, 2);
  await eventually("what is ahead", () => worker.requests.length === 1 + LOOK_AHEAD);
  await eventually("all of it", () => source.frame(1 + 2 * (LOOK_AHEAD - 1)) instanceof Uint8Array);
  assert(source.frame(3) instanceof Uint8Array);
  assertEquals(worker.requests.length, 1 + LOOK_AHEAD);
});

Deno.test("a frame that stands at many places is transcoded once", async () => {
  const still = optimisedFrame(1);
  const { source, worker } = bench([still, still, still]);
  const first = await source.frame(0);
  assert(await source.frame(1) === first);
  assert(await source.frame(2) === first);
  assertEquals(worker.requests.length, 1);
});

Deno.test("a damaged frame is told with its place in the file, and tried once", async () => {
  const cut = optimisedFrame(1).slice(0, -20);
  const { source, worker } = bench([cut], "rtp", 1000);
  const ask = async (): Promise<unknown> => await source.frame(0);
  const error = await assertRejects(ask, FrameDamagedError) as FrameDamagedError;
  assertEquals(error.frame, 1);
  assert(error.position > 1000 && error.position <= 1000 + cut.length, String(error.position));
  assert(await assertRejects(ask, FrameDamagedError) === error);
  assertEquals(worker.requests.length, 1);
});

Deno.test("the lab gets any JPEG as it is, and one above a datagram shrunk to fit", async () => {
  const frames = [optimisedFrame(1), longFrame()];
  assert(frames[1]!.length > LAB_MAX_FRAME);
  const { source } = bench(frames, "lab");
  assert(source.frame(0) === frames[0]);
  const shrunk = await source.frame(1);
  assert(shrunk !== undefined && shrunk.length <= LAB_MAX_FRAME);
});

Deno.test("pictures above 2,040 pixels are made smaller, in their shape", async () => {
  const data = new Uint8Array(4 * 3000 * 30).fill(90);
  const { source } = bench([encodeJpeg({ width: 3000, height: 30, data })]);
  const frame = await source.frame(0);
  const { width, height } = decodeCoefficients(frame!);
  assertEquals([width, height], [2040, 20]);
});

Deno.test("after close nothing is kept and nothing can be asked", async () => {
  const { source, store, list } = bench([optimisedFrame(1)]);
  await source.frame(0);
  assert(store.bytes > 0);
  source.close();
  assertEquals([store.bytes, list.closed], [0, false]);
  await assertRejects(async () => await source.frame(0), SourceClosedError);
});
