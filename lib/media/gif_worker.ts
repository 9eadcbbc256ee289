import { MalformedError } from "../bytes/malformed.ts";
import type { GifPicture, GifRequest } from "./gif_frame.ts";

/** What it answers: bytes of the file, or what is wrong with the JPEG. */
export type GifAnswer = GifPicture | { problem: string };

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  readonly name?: string;
  onmessage: ((event: MessageEvent<GifRequest>) => void) | null;
  postMessage(answer: GifAnswer): void;
}

/** What the worker is called, by which this module knows where it runs. */
export const GIF_WORKER_NAME = "rtspkit GIF";

const scope = globalThis as unknown as WorkerScope;

async function answer(request: GifRequest): Promise<GifAnswer> {
  const { gifFrame } = await import("./gif_frame.ts");
  try {
    return await gifFrame(request);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { problem: error.problem };
  }
}

// Elsewhere it is imported only to be in the program.
if ("WorkerGlobalScope" in globalThis && scope.name === GIF_WORKER_NAME) {
  scope.onmessage = async ({ data }) => scope.postMessage(await answer(data));
}
