import { MalformedError } from "../bytes/malformed.ts";

/** What the worker is sent: a whole JPEG file. */
export type PngRequest = Uint8Array;

/** What it answers: the PNG, or what is wrong with the JPEG. */
export type PngAnswer = { png: Uint8Array } | { problem: string };

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<PngRequest>) => void) | null;
  postMessage(answer: PngAnswer): void;
}

/** Whether this module runs as the worker; elsewhere it is imported only to be in the program. */
export const isWorker: boolean = "WorkerGlobalScope" in globalThis &&
  typeof (globalThis as { postMessage?: unknown }).postMessage === "function";

async function answer(jpeg: PngRequest): Promise<PngAnswer> {
  const { jpegToPng } = await import("./png.ts");
  try {
    return { png: await jpegToPng(jpeg) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { problem: error.problem };
  }
}

if (isWorker) {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async ({ data }) => scope.postMessage(await answer(data));
}
