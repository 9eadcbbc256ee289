import { MalformedError } from "../bytes/malformed.ts";
// Imported as a value too, so that a compiled program has the worker inside.
import { isWorker, type PngAnswer } from "./png_worker.ts";

/**
 * Makes PNG of JPEG on a thread of its own: it takes some hundredths of a second a picture, and
 * packets that come meanwhile must not wait.
 */
export class PngConverter {
  readonly #worker: Worker;
  #pending: PromiseWithResolvers<PngAnswer> | undefined;
  #failure: Error | undefined;

  constructor() {
    if (isWorker) throw new Error("The converter's own worker starts no other");
    this.#worker = new Worker(new URL("./png_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#pending?.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`The PNG converter failed: ${event.message}`);
      this.#pending?.reject(this.#failure);
    };
  }

  /**
   * One picture; the next may be given when this one is done.
   * @throws {MalformedError} (as a rejection) when the JPEG cannot be decoded
   */
  async convert(jpeg: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#pending = Promise.withResolvers();
    this.#worker.postMessage(jpeg);
    const answer = await this.#pending.promise;
    if ("problem" in answer) throw new MalformedError("JPEG", 0, answer.problem);
    return answer.png;
  }

  /** Ends the thread. */
  close(): void {
    this.#worker.terminate();
  }
}
