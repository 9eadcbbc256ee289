import { MalformedError } from "../../bytes/malformed.ts";
import {
  type TranscodedFrame,
  type TranscodeJob,
  type Transcoder,
  TranscoderClosedError,
  type TranscodeRequest,
} from "./transcoder.ts";
// Imported as a value too, so that a compiled program has the worker inside.
import { WORKER_NAME, type WorkerAnswer, type WorkerRequest } from "./transcode_worker.ts";

/** So many requests that nobody waits for may wait; see {@linkcode Transcoder.crowded}. */
const CROWD = 32;
/** How long one frame may take, in ms, before its thread is ended. */
const LONGEST_JOB_MS = 30_000;

/** The part of a `Worker` that is used. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<WorkerAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(request: WorkerRequest, transfer: Transferable[]): void;
  terminate(): void;
}

/** What a {@linkcode WorkerTranscoder} is made of. */
export interface WorkerTranscoderOptions {
  /** Threads at most, from 1. */
  threads: number;
  /** Starts one; tests give something else. */
  spawn?: () => WorkerLike;
}

/** A request in the queue or with a thread. */
interface Entry extends TranscodeRequest {
  readonly done: PromiseWithResolvers<TranscodedFrame | undefined>;
}

/** A few threads that make frames fit, started when there is something for them to do. */
export class WorkerTranscoder implements Transcoder {
  readonly #threads: number;
  readonly #spawn: () => WorkerLike;
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();
  #urgent: Entry[] = [];
  #ahead: Entry[] = [];
  #busy = 0;
  #closed = false;

  constructor({ threads, spawn = spawnWorker }: WorkerTranscoderOptions) {
    this.#threads = threads;
    this.#spawn = spawn;
  }

  get crowded(): boolean {
    return this.#ahead.length >= CROWD;
  }

  transcode(request: TranscodeRequest): TranscodeJob {
    const entry: Entry = { ...request, done: Promise.withResolvers() };
    if (this.#closed) entry.done.reject(new TranscoderClosedError());
    else {
      (request.urgent ? this.#urgent : this.#ahead).push(entry);
      this.#next();
    }
    return { result: entry.done.promise, hurry: () => this.#hurry(entry) };
  }

  close(): void {
    this.#closed = true;
    for (const { done } of [...this.#urgent, ...this.#ahead]) {
      done.reject(new TranscoderClosedError());
    }
    this.#urgent = [];
    this.#ahead = [];
    for (const thread of this.#all) thread.end(new TranscoderClosedError());
    this.#all.clear();
  }

  #hurry(entry: Entry): void {
    const at = this.#ahead.indexOf(entry);
    if (at < 0) return;
    this.#ahead.splice(at, 1);
    this.#urgent.push(entry);
  }

  #next(): void {
    while (!this.#closed && this.#busy < this.#threads) {
      const entry = this.#urgent.shift() ?? this.#ahead.shift();
      if (entry === undefined) return;
      this.#busy++;
      this.#run(entry).then(entry.done.resolve, entry.done.reject).finally(() => {
        this.#busy--;
        this.#next();
      });
    }
  }

  async #run({ load, carrier }: Entry): Promise<TranscodedFrame | undefined> {
    const frame = await load();
    if (frame === undefined) return undefined;
    if (this.#closed) throw new TranscoderClosedError();
    const thread = this.#idle.pop() ?? this.#start();
    try {
      const answer = await thread.ask(frame, carrier);
      if (!("problem" in answer)) return answer;
      throw new MalformedError(answer.element, answer.position, answer.problem);
    } finally {
      if (thread.ended) this.#all.delete(thread);
      else this.#idle.push(thread);
    }
  }

  #start(): Thread {
    const thread = new Thread(this.#spawn());
    this.#all.add(thread);
    return thread;
  }
}

/** One thread, with at most one frame. What kills it costs that frame only. */
class Thread {
  ended = false;
  #answer: PromiseWithResolvers<WorkerAnswer> | undefined;

  constructor(readonly worker: WorkerLike) {
    worker.onmessage = ({ data }) => this.#answer?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(new MalformedError("JPEG", 0, `The transcoder failed: ${event.message}`));
    };
  }

  async ask(frame: Uint8Array, carrier: WorkerRequest["carrier"]): Promise<WorkerAnswer> {
    this.#answer = Promise.withResolvers();
    // A copy: the frame is others' too, and may be a view of something much larger.
    const copy = frame.slice();
    this.worker.postMessage({ frame: copy, carrier }, [copy.buffer]);
    const tooLong = new MalformedError("JPEG", 0, `Took longer than ${LONGEST_JOB_MS / 1000} s`);
    const timer = setTimeout(() => this.end(tooLong), LONGEST_JOB_MS);
    try {
      return await this.#answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  end(reason: Error): void {
    this.ended = true;
    this.worker.terminate();
    this.#answer?.reject(reason);
  }
}

function spawnWorker(): WorkerLike {
  const url = new URL("./transcode_worker.ts", import.meta.url);
  return new Worker(url, { type: "module", name: WORKER_NAME }) as WorkerLike;
}
