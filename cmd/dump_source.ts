import { LocalError } from "./exit_status.ts";
import { parseTarget, type StreamTarget } from "./target.ts";

/** What is dumped: a stream, or a file or folder of this machine. */
export type DumpSource = StreamTarget | { form: "file"; path: string; folder: boolean };

/**
 * Reads what a person named: four words are a stream in the lab's form, one with `://` in it is a URL,
 * one without is a file or folder that is there.
 * @throws {UsageError} (as a rejection) when it is none of these
 * @throws {LocalError} (as a rejection) when there is no such file
 */
export async function parseSource(words: string[]): Promise<DumpSource> {
  const [path] = words;
  if (words.length !== 1 || path === undefined || path.includes("://")) return parseTarget(words);
  try {
    const { isDirectory } = await Deno.stat(path);
    return { form: "file", path, folder: isDirectory };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LocalError(
      `${path}: no such file or folder here (a stream is rtsp://host[:port]/path, or HOST PORT ` +
        "RTP_PORT FILE)",
    );
  }
}
