import { MalformedError } from "../../bytes/malformed.ts";
import type { Carrier } from "../../stream/media_provider.ts";
import type { TranscodedFrame } from "./transcoder.ts";

/** What the worker is sent: one frame at a time. */
export interface WorkerRequest {
  readonly frame: Uint8Array<ArrayBuffer>;
  readonly carrier: Carrier;
}

/** What it answers: the frame, or what is wrong with which part of it at which of its bytes. */
export type WorkerAnswer = TranscodedFrame | {
  readonly element: string;
  readonly problem: string;
  readonly position: number;
};

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  readonly name?: string;
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer?: Transferable[]): void;
}

/** What the worker is called, by which this module knows where it runs. */
export const WORKER_NAME = "rtspkit transcoder";

const scope = globalThis as unknown as WorkerScope;
// In other workers this module is imported too, only to be in the program.
const isTranscoder = "WorkerGlobalScope" in globalThis && scope.name === WORKER_NAME;

async function answer({ frame, carrier }: WorkerRequest): Promise<WorkerAnswer> {
  // Loaded here, so that the thread that sends does not.
  const { transcodeFrame } = await import("./transcode_frame.ts");
  try {
    return await transcodeFrame(frame, carrier);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const { element, problem, position } = error;
    return { element, problem, position };
  }
}

if (isTranscoder) {
  scope.onmessage = async ({ data }) => {
    const given = await answer(data);
    scope.postMessage(given, "jpeg" in given ? [given.jpeg.buffer] : []);
  };
}
