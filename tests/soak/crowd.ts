import type { CrowdNews, CrowdOrder } from "./crowd_worker.ts";

/** Clients that come and go in a thread of their own. */
export class Crowd {
  /** The last that was heard of them. */
  news: CrowdNews = { present: 0, visits: {}, failures: {}, packets: 0, left: false };
  readonly #worker = new Worker(new URL("crowd_worker.ts", import.meta.url), { type: "module" });
  readonly #left = Promise.withResolvers<void>();

  constructor(order: CrowdOrder) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<CrowdNews>) => {
      this.news = data;
      if (data.left) this.#left.resolve();
    });
    this.#worker.addEventListener("error", ({ message }) => {
      this.#left.reject(new Error(`The crowd broke down: ${message}`));
    });
    this.#worker.postMessage(order);
  }

  /** Sends them home, and waits until they have gone. */
  async leave(): Promise<void> {
    this.#worker.postMessage("leave");
    await this.#left.promise;
    this.#worker.terminate();
  }
}
