import { writeWhole } from "../lib/media/atomic_file.ts";
import { LocalError } from "./exit_status.ts";

/**
 * Makes what a flag names on disk, and tells a failure in its words.
 * @param flag as typed, with its value: `--out frames/`
 * @throws {LocalError} when it cannot be made
 */
export async function makeOutput<T>(flag: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof LocalError) throw error;
    throw new LocalError(`${flag}: cannot write there: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Writes a text that has its name only once it is whole. @throws {LocalError} when it cannot */
export async function writeText(flag: string, path: string, text: string): Promise<void> {
  await makeOutput(flag, () => writeWhole(path, new TextEncoder().encode(text)));
}
