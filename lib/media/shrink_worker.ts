import { MalformedError } from "../bytes/malformed.ts";

/** What the worker is sent. */
export interface ShrinkRequest {
  readonly jpeg: Uint8Array;
  readonly maxBytes: number;
}

/** What it answers: the shorter JPEG, or why there is none. */
export type ShrinkAnswer = { jpeg: Uint8Array } | { problem: string };

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  readonly name?: string;
  onmessage: ((event: MessageEvent<ShrinkRequest>) => void) | null;
  postMessage(answer: ShrinkAnswer): void;
}

/** What the worker is called, by which this module knows where it runs. */
export const SHRINK_WORKER_NAME = "rtspkit shrink";

const scope = globalThis as unknown as WorkerScope;

async function answer({ jpeg, maxBytes }: ShrinkRequest): Promise<ShrinkAnswer> {
  const { shrinkJpeg } = await import("./shrink.ts");
  try {
    const shorter = await shrinkJpeg(jpeg, maxBytes);
    return shorter === undefined ? { problem: "It gets no shorter" } : { jpeg: shorter };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { problem: error.message };
  }
}

// Elsewhere it is imported only to be in the program.
if ("WorkerGlobalScope" in globalThis && scope.name === SHRINK_WORKER_NAME) {
  scope.onmessage = async ({ data }) => scope.postMessage(await answer(data));
}
