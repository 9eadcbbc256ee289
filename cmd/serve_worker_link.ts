import { type Clock, type Timer, withTimeout } from "../lib/net/clock.ts";
import { BindError } from "../lib/net/errors.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import type { Observation } from "../lib/server/watch.ts";
import type { FromWorker, ServeOrder, ToWorker, WorkerFailure } from "./serve_worker_messages.ts";

/** The part of a `Worker` that is used. */
export interface WorkerThread {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
}

/** How long a worker may take to end its sessions, in ms, before it is ended itself. */
const STOP_MS = 5000;

/** How long a worker may take to answer a question, in ms. */
const ANSWER_MS = 2000;

/** One worker of `serve`, as the main thread sees it. */
export class WorkerLink {
  readonly #listening = Promise.withResolvers<number>();
  readonly #ended = Promise.withResolvers<void>();
  #stopTimer: Timer | undefined;
  #over = false;
  #asked = 0;
  readonly #waiting = new Map<number, (answer: FromWorker | undefined) => void>();
  #last: Observation | undefined;

  /** @param number from 1, for people */
  constructor(
    readonly number: number,
    readonly thread: WorkerThread,
    readonly clock: Clock,
    readonly onEvent: (event: ServerEvent) => void,
  ) {
    // Who waits for the one need not wait for the other.
    this.#listening.promise.catch(() => {});
    this.#ended.promise.catch(() => {});
    thread.onmessage = ({ data }): void => this.#take(data);
    thread.onerror = (event): void => {
      event.preventDefault();
      this.#fail(this.#death({ bind: false, message: event.message, stack: undefined }));
    };
  }

  /** Resolves when it has ended after {@linkcode stop}; rejects when it died. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Lets it serve.
   * @returns the port, when connections are accepted
   * @throws {BindError} (as a rejection) when the port or address cannot be had
   */
  serve(order: Omit<ServeOrder, "kind">): Promise<number> {
    const ports = [...order.peers, ...order.sources ?? []].map(({ port }) => port);
    this.thread.postMessage({ kind: "serve", ...order }, ports);
    return this.#listening.promise;
  }

  /** Lets it end its sessions and connections, and then itself. */
  stop(): void {
    if (this.#over || this.#stopTimer !== undefined) return;
    this.thread.postMessage({ kind: "stop" }, []);
    this.#stopTimer = this.clock.setTimer(STOP_MS, () => {
      this.#fail(new Error(`worker ${this.number} did not end within ${STOP_MS / 1000} s`));
    });
  }

  /**
   * What it is doing, or what it had counted when it ended; undefined when it died before it told.
   * @throws {TimeoutError} (as a rejection) when it does not answer
   */
  async observe(): Promise<Observation | undefined> {
    if (this.#over) return this.#last;
    const answer = await this.#ask((number) => ({ kind: "observe", number }));
    if (answer?.kind === "observed") this.#last = answer.observation;
    return this.#last;
  }

  /** Ends one of its sessions. @returns whether it is one of its own */
  async kick(id: string, reason: string): Promise<boolean> {
    if (this.#over) return false;
    const answer = await this.#ask((number) => ({ kind: "kick", number, id, reason }));
    return answer?.kind === "kicked" && answer.found;
  }

  /** Asks; resolves with undefined when it ends instead of answering. */
  #ask(question: (number: number) => ToWorker): Promise<FromWorker | undefined> {
    const number = this.#asked++;
    const { promise, resolve } = Promise.withResolvers<FromWorker | undefined>();
    this.#waiting.set(number, resolve);
    this.thread.postMessage(question(number), []);
    return withTimeout(this.clock, promise, ANSWER_MS, `worker ${this.number}`)
      .finally(() => this.#waiting.delete(number));
  }

  /** Ends it at once. */
  terminate(): void {
    this.#over = true;
    for (const answered of this.#waiting.values()) answered(undefined);
    this.#stopTimer?.cancel();
    this.thread.terminate();
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case "event":
        return this.onEvent(message.event);
      case "listening":
        return this.#listening.resolve(message.port);
      case "observed":
      case "kicked":
        return this.#waiting.get(message.number)?.(message);
      case "ended":
        this.#last = message.observation;
        this.terminate();
        return this.#ended.resolve();
      case "failed":
        return this.#fail(this.#death(message.failure));
    }
  }

  #fail(error: Error): void {
    this.terminate();
    this.#listening.reject(error);
    this.#ended.reject(error);
  }

  #death({ bind, message, stack }: WorkerFailure): Error {
    if (bind) return new BindError(message);
    const error = new Error(`worker ${this.number} died: ${message}`);
    // The place that counts is where it happened there.
    if (stack !== undefined) error.stack = stack;
    return error;
  }
}
