// Imported as a value too, so that a compiled program has the worker inside.
import { SHRINK_WORKER_NAME, type ShrinkAnswer, type ShrinkRequest } from "./shrink_worker.ts";
import { WorkerCaller } from "./worker_caller.ts";

/** The least a JPEG can be asked to fit into: less do its tables not. */
export const LEAST_FRAME_BYTES = 1000;

/** Makes frames shorter that are longer than there is room for, on a thread of its own. */
export class FrameShrinker {
  /** Frames made shorter. */
  shrunk = 0;
  #caller: WorkerCaller<ShrinkRequest, ShrinkAnswer> | undefined;

  /** @param maxBytes of a frame, from {@linkcode LEAST_FRAME_BYTES} */
  constructor(readonly maxBytes: number) {}

  /**
   * @returns a frame that fits, the very one that was given when it does; or why there is none
   */
  async fit(jpeg: Uint8Array): Promise<Uint8Array | { problem: string }> {
    if (jpeg.length <= this.maxBytes) return jpeg;
    this.#caller ??= start();
    const answer = await this.#caller.ask({ jpeg, maxBytes: this.maxBytes });
    if ("problem" in answer) return answer;
    this.shrunk++;
    return answer.jpeg;
  }

  /** Ends the thread. */
  close(): void {
    this.#caller?.close();
  }
}

function start(): WorkerCaller<ShrinkRequest, ShrinkAnswer> {
  const url = new URL("./shrink_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", name: SHRINK_WORKER_NAME });
  return new WorkerCaller("frame shrinker", worker);
}
