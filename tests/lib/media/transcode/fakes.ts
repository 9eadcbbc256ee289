// What the tests of this room share: a source in memory, a transcoder and a worker under control.
import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { encodeJpeg } from "../../../../lib/jpeg/encoder.ts";
import { transcodeFrame } from "../../../../lib/media/transcode/transcode_frame.ts";
import type {
  WorkerAnswer,
  WorkerRequest,
} from "../../../../lib/media/transcode/transcode_worker.ts";
import type { WorkerLike } from "../../../../lib/media/transcode/worker_transcoder.ts";
import type { FrameAnswer, FrameSource } from "../../../../lib/stream/frame_source.ts";
import { components, livelyBlock, sequentialFile } from "../../jpeg/coefficient_file.ts";
import { testPicture } from "../../jpeg/pictures.ts";

/** Frames in memory; counts what is asked of it. */
export class ListSource implements FrameSource {
  readonly faults = [];
  readonly frameRate = undefined;
  readonly asked: number[] = [];
  readonly prefetched: number[] = [];
  closed = false;

  constructor(readonly frames: readonly Uint8Array[], readonly start?: number) {}

  get knownFrameCount(): number {
    return this.frames.length;
  }

  frameCount(): Promise<number> {
    return Promise.resolve(this.frames.length);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    this.asked.push(index);
    return this.frames[index];
  }

  prefetch(index: number): boolean {
    this.prefetched.push(index);
    return true;
  }

  position(index: number): number | undefined {
    return this.start === undefined ? undefined : this.start + index;
  }

  close(): void {
    this.closed = true;
  }
}

/** A worker in this thread: does what the real one does, or what a test says. */
export class InlineWorker implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  terminated = false;
  readonly requests: WorkerRequest[] = [];

  /** @param work what it answers; default what the real one does */
  constructor(readonly work: (request: WorkerRequest) => Promise<WorkerAnswer> = transcode) {}

  postMessage(request: WorkerRequest): void {
    this.requests.push(request);
    this.work(request).then(
      (data) => this.onmessage?.(new MessageEvent("message", { data })),
      (error) => this.onerror?.(new ErrorEvent("error", { message: error.message })),
    );
  }

  terminate(): void {
    this.terminated = true;
  }
}

async function transcode({ frame, carrier }: WorkerRequest): Promise<WorkerAnswer> {
  try {
    return await transcodeFrame(frame, carrier);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { element: error.element, problem: error.problem, position: error.position };
  }
}

/** A JPEG that RFC 2435 carries. */
export function fitFrame(seed: number): Uint8Array<ArrayBuffer> {
  return encodeJpeg(testPicture(48, 32, seed));
}

/** A JPEG with Huffman tables of its own, which keep RFC 2435 from carrying it. */
export function optimisedFrame(seed: number): Uint8Array<ArrayBuffer> {
  const block = (component: number, column: number, row: number): ArrayLike<number> =>
    livelyBlock(component, column + seed, row);
  return sequentialFile({ width: 50, height: 35, components: components("2x2,1x1,1x1", block) });
}
