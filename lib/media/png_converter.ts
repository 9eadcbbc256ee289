import { MalformedError } from "../bytes/malformed.ts";
// Imported as a value too, so that a compiled program has the worker inside.
import { isWorker, type PngAnswer, type PngRequest } from "./png_worker.ts";
import { WorkerCaller } from "./worker_caller.ts";

/**
 * Makes PNG of JPEG on a thread of its own: it takes some hundredths of a second a picture, and
 * packets that come meanwhile must not wait.
 */
export class PngConverter {
  readonly #caller: WorkerCaller<PngRequest, PngAnswer>;

  constructor() {
    if (isWorker) throw new Error("The converter's own worker starts no other");
    const url = new URL("./png_worker.ts", import.meta.url);
    this.#caller = new WorkerCaller("PNG converter", new Worker(url, { type: "module" }));
  }

  /**
   * One picture.
   * @throws {MalformedError} (as a rejection) when the JPEG cannot be decoded
   */
  async convert(jpeg: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#caller.ask(jpeg);
    if ("problem" in answer) throw new MalformedError("JPEG", 0, answer.problem);
    return answer.png;
  }

  /** Ends the thread. */
  close(): void {
    this.#caller.close();
  }
}
