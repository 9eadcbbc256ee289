import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { isFit } from "../../../../lib/media/transcode/fitness.ts";
import type { WorkerAnswer } from "../../../../lib/media/transcode/transcode_worker.ts";
import {
  type TranscodeJob,
  TranscoderClosedError,
} from "../../../../lib/media/transcode/transcoder.ts";
import { WorkerTranscoder } from "../../../../lib/media/transcode/worker_transcoder.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { InlineWorker, optimisedFrame } from "./fakes.ts";

const DONE: WorkerAnswer = { jpeg: new Uint8Array(1), steps: [], lossless: true };

/** A transcoder whose worker does one frame each time it is told to, and says in which order. */
function stepwise(): {
  ask: (name: number, urgent: boolean) => TranscodeJob;
  seen: number[];
  transcoder: WorkerTranscoder;
} {
  const seen: number[] = [];
  const worker = new InlineWorker(({ frame }) => {
    seen.push(frame[0]!);
    return Promise.resolve(DONE);
  });
  const transcoder = new WorkerTranscoder({ threads: 1, spawn: () => worker });
  const ask = (name: number, urgent: boolean): TranscodeJob => {
    const load = (): Uint8Array => Uint8Array.of(name);
    return transcoder.transcode({ load, carrier: "rtp", urgent });
  };
  return { ask, seen, transcoder };
}

Deno.test("what somebody waits for goes before what is foreseen", async () => {
  const { ask, seen } = stepwise();
  const jobs = [ask(1, false), ask(2, false), ask(3, true), ask(4, false)];
  jobs[3]!.hurry();
  await Promise.all(jobs.map((job) => job.result));
  assertEquals(seen, [1, 3, 4, 2]);
});

Deno.test("it is crowded while much waits that nobody waits for", async () => {
  const { ask, transcoder } = stepwise();
  const jobs = Array.from({ length: 33 }, (_, i) => ask(i, false));
  assert(transcoder.crowded);
  await Promise.all(jobs.map((job) => job.result));
  assertEquals(transcoder.crowded, false);
});

Deno.test("a thread that fails costs its frame only; the next one gets a new thread", async () => {
  let spawned = 0;
  const spawn = (): InlineWorker => {
    const fails = spawned++ === 0;
    return new InlineWorker(() =>
      fails ? Promise.reject(new Error("boom")) : Promise.resolve(DONE)
    );
  };
  const transcoder = new WorkerTranscoder({ threads: 1, spawn });
  const request = { load: () => Uint8Array.of(1), carrier: "rtp", urgent: true } as const;
  await assertRejects(() => transcoder.transcode(request).result, MalformedError);
  assertEquals(await transcoder.transcode(request).result, DONE);
  assertEquals(spawned, 2);
});

Deno.test("closing ends the threads and fails what waits", async () => {
  const worker = new InlineWorker(() => new Promise(() => {}));
  const transcoder = new WorkerTranscoder({ threads: 1, spawn: () => worker });
  const request = { load: () => Uint8Array.of(1), carrier: "rtp", urgent: true } as const;
  const jobs = [transcoder.transcode(request), transcoder.transcode(request)];
  await Promise.resolve();
  await Promise.resolve();
  transcoder.close();
  for (const job of [...jobs, transcoder.transcode(request)]) {
    await assertRejects(() => job.result, TranscoderClosedError);
  }
  assert(worker.terminated);
});

Deno.test("the real thread transcodes, and tells damage with the byte", async () => {
  const transcoder = new WorkerTranscoder({ threads: 1 });
  try {
    const frame = optimisedFrame(1);
    const ask = (load: () => Uint8Array): TranscodeJob["result"] =>
      transcoder.transcode({ load, carrier: "rtp", urgent: true }).result;
    const done = await ask(() => frame);
    assert(done !== undefined && done.lossless && isFit(done.jpeg, "rtp"));
    assert(frame.length > 0, "the frame given stays whole");
    await assertRejects(() => ask(() => frame.slice(0, -20)), MalformedError);
  } finally {
    transcoder.close();
  }
});
