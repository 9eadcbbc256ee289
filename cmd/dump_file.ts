import { FileBytes } from "../lib/media/file_bytes.ts";
import { openMedia, openSource } from "../lib/media/open_media.ts";
import { PictureFolder } from "../lib/media/picture_folder.ts";
import { sortPictures } from "../lib/media/picture_names.ts";
import { MAX_PICTURE_BYTES } from "../lib/media/picture_reader.ts";
import { ReadAhead } from "../lib/media/read_ahead.ts";
import { FrameDamagedError, type FrameSource } from "../lib/stream/frame_source.ts";
import { MediaUnreadableError } from "../lib/stream/media_provider.ts";
import type { CommandContext } from "./command.ts";
import type { FrameKeeper } from "./frame_keeper.ts";

/** The rate of media that states none: the course lab's. */
export const DEFAULT_FRAME_RATE = 20;
const SHOW_EVERY_MS = 100;

/**
 * Opens media of this machine.
 * @throws {MediaUnreadableError} (as a rejection) when no frame of it can be used
 */
export async function openFile(path: string, folder: boolean): Promise<FrameSource> {
  if (folder) return await openFolder(path);
  const file = await Deno.open(path, { read: true });
  const { size } = await file.stat();
  return await openMedia(new ReadAhead(new FileBytes(file, size)), { name: path });
}

async function openFolder(path: string): Promise<FrameSource> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  const names = entries.filter(({ name, isDirectory }) => !isDirectory && !name.startsWith("."));
  const { numbered } = sortPictures(names.map(({ name }) => name));
  if (numbered.length === 0) {
    throw new MediaUnreadableError(path, "The folder has no numbered JPEG or PNG files");
  }
  const read = (name: string): Promise<Uint8Array | undefined> => readPicture(`${path}/${name}`);
  const source = new PictureFolder({ names: numbered, read });
  try {
    return await openSource(source, { name: path, format: "folder of pictures" });
  } catch (error) {
    source.close();
    throw error;
  }
}

async function readPicture(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await Deno.stat(path);
    if (size <= MAX_PICTURE_BYTES) return await Deno.readFile(path);
    throw new MediaUnreadableError(path, `${size} bytes exceed ${MAX_PICTURE_BYTES}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The rate frames of a source have, unless a person says another. */
export function rateOf(source: FrameSource, fps: number | undefined): number {
  return fps ?? source.frameRate ?? DEFAULT_FRAME_RATE;
}

/** Which frames of a source are taken. */
export interface FileSelection {
  /** Frames a second. */
  fps: number;
  /** In ms from the beginning. */
  start: number;
  /** In ms; undefined for all. */
  duration: number | undefined;
  /** Complete frames at most. */
  frames: number | undefined;
  /** Whether a frame that is the one before once more is left out, as AVI files have it. */
  skipRepetitions: boolean;
}

/** What came of it. */
export interface FileTally {
  /** Complete frames. */
  frames: number;
  damagedFrames: number;
  bytes: number;
  /** Why the first damaged one is. */
  damage: string | undefined;
}

/**
 * Gives a keeper the frames of a source, as fast as it takes them, until a person ends it.
 * @throws what keeping them throws
 */
export async function takeFrames(
  source: FrameSource,
  selection: FileSelection,
  keeper: FrameKeeper,
  context: CommandContext,
): Promise<FileTally> {
  const { fps, duration } = selection;
  const first = Math.round(selection.start * fps / 1000);
  const end = duration === undefined ? Infinity : first + Math.ceil(duration * fps / 1000);
  const most = selection.frames ?? (endless(source) && duration === undefined ? 1 : Infinity);
  const tally: FileTally = { frames: 0, damagedFrames: 0, bytes: 0, damage: undefined };
  const skip = selection.skipRepetitions && !endless(source);
  let shownAt = -Infinity;
  let before: unknown;
  for (let index = first; index < end && tally.frames < most; index++) {
    if (context.signal.aborted) break;
    const frame = await frameAt(source, index);
    if (frame === undefined) break;
    if (skip && frame === before) continue;
    before = frame;
    const jpeg = frame instanceof Uint8Array ? frame : undefined;
    count(tally, frame);
    const at = (index - first) * 1000 / fps;
    await keeper.take({ jpeg, at, record: recordOf(frame, index, index - first + 1, fps) });
    if (context.clock.now() - shownAt < SHOW_EVERY_MS) continue;
    shownAt = context.clock.now();
    context.progress(`FRAMES ${index - first + 1}${totalOf(source)}`);
  }
  return tally;
}

/** A still is shown on and on. */
function endless(source: FrameSource): boolean {
  return source.knownFrameCount === Infinity;
}

async function frameAt(
  source: FrameSource,
  index: number,
): Promise<Uint8Array | FrameDamagedError | undefined> {
  try {
    const frame = await source.frame(index);
    source.prefetch(index + 1);
    return frame;
  } catch (error) {
    if (error instanceof FrameDamagedError) return error;
    throw error;
  }
}

function count(tally: FileTally, frame: Uint8Array | FrameDamagedError): void {
  if (frame instanceof Uint8Array) {
    tally.frames++;
    tally.bytes += frame.length;
  } else {
    tally.damagedFrames++;
    tally.damage ??= frame.message;
  }
}

function recordOf(
  frame: Uint8Array | FrameDamagedError,
  index: number,
  number: number,
  fps: number,
): Parameters<FrameKeeper["take"]>[0]["record"] {
  const mediaTime = Math.round(index * 1e6 / fps) / 1e6;
  if (frame instanceof Uint8Array) {
    return { number, mediaTime, bytes: frame.length, complete: true };
  }
  return { number, mediaTime, bytes: 0, complete: false, missing: frame.problem };
}

function totalOf({ knownFrameCount }: FrameSource): string {
  return Number.isFinite(knownFrameCount) ? ` / ${knownFrameCount}` : "";
}
