import {
  Recording,
  RECORDING_SNIFF_BYTES,
  recordingFormat,
} from "../lib/media/capture/recording.ts";
import type { CaptureWatcher } from "../lib/media/capture/session_watcher.ts";
import { reasonOf } from "../lib/net/errors.ts";
import { LocalError } from "./exit_status.ts";

/** Bytes read at once. */
const READ_BYTES = 1024 * 1024;

/**
 * Reads a recording of packets from its beginning to its end, or until the signal.
 * @param between called after each piece that was read; reading goes on once it has settled
 * @returns what was read, with the damage that ended it
 * @throws {LocalError} (as a rejection) when the file cannot be read or is no recording
 */
export async function readRecording(
  path: string,
  watcher: CaptureWatcher,
  signal: AbortSignal,
  between?: () => Promise<unknown>,
): Promise<Recording> {
  using file = await open(path);
  const first = await readPiece(file);
  const format = recordingFormat(first.subarray(0, RECORDING_SNIFF_BYTES));
  if (format === undefined) {
    const hint = first[0] === 0x1f && first[1] === 0x8b
      ? " (it is compressed: gunzip it first)"
      : "";
    throw new LocalError(`${path} is no pcapng, pcap or rtpdump${hint}`);
  }
  const recording = new Recording(format, watcher);
  for (let piece = first; piece.length > 0; piece = await readPiece(file)) {
    const goesOn = recording.push(piece);
    await between?.();
    if (!goesOn || signal.aborted) break;
  }
  recording.finish();
  return recording;
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    throw new LocalError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** A piece in memory of its own: packets are handed on as views into it. */
async function readPiece(file: Deno.FsFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  const length = await file.read(buffer);
  return buffer.subarray(0, length ?? 0);
}
