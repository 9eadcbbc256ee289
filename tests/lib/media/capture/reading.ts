// What the tests of recordings have in common.
import type { RecordingReader } from "../../../../lib/media/capture/captured_frame.ts";

/** Everything a reader makes of pieces: its values, and what is wrong if it stops at damage. */
export function readAll<T>(
  reader: RecordingReader<T>,
  pieces: readonly Uint8Array[],
): { values: T[]; problem: string | undefined; pending: number } {
  const values: T[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let outcome = reader.next(); outcome.kind !== "more"; outcome = reader.next()) {
      if (outcome.kind === "malformed") {
        return { values, problem: outcome.error.message, pending: reader.pending };
      }
      values.push(outcome.value);
    }
  }
  return { values, problem: undefined, pending: reader.pending };
}
