/** The part of a `Worker` that is used. */
export interface CalledWorker<Request, Answer> {
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(request: Request): void;
  terminate(): void;
}

/** Asks a worker one thing after the other. */
export class WorkerCaller<Request, Answer> {
  readonly #worker: CalledWorker<Request, Answer>;
  #turn: Promise<unknown> = Promise.resolve();
  #pending: PromiseWithResolvers<Answer> | undefined;
  #failure: Error | undefined;

  /**
   * @param what names it in errors
   * @param worker ended by {@linkcode close}
   */
  constructor(what: string, worker: CalledWorker<Request, Answer>) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#pending?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`The ${what} failed: ${event.message}`));
    };
  }

  /**
   * Its answer; calls take turns.
   * @throws {Error} (as a rejection) when the worker has failed or is closed
   */
  ask(request: Request): Promise<Answer> {
    const answer = this.#turn.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      this.#pending = Promise.withResolvers();
      this.#worker.postMessage(request);
      return this.#pending.promise;
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Ends the thread. */
  close(): void {
    this.#worker.terminate();
    this.#fail(new Error("The worker is closed"));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#pending?.reject(this.#failure);
  }
}
