import { MalformedError } from "../../bytes/malformed.ts";
import type { MediaEntry, MediaLibrary } from "../../media/library.ts";
import type { LiveSource } from "../../media/live/live_source.ts";
import { FrameDamagedError, type FrameSource } from "../../stream/frame_source.ts";
import { MediaNotFoundError, MediaUnreadableError } from "../../stream/media_provider.ts";
import { type PictureNeeds, pictureNeeds, worstNeeds } from "./file_needs.ts";

/** What was found out about a file by opening it. */
export interface FileFacts {
  /** Of its first picture, one in the middle and the last; null when the first cannot be used. */
  needs: PictureNeeds | null;
  /** Null where there is no end, or counting would take long. */
  frames: number | null;
  /** Frames a second that it states; null when it states none. */
  fps: number | null;
  /** Why it cannot be served, for people. */
  problem?: string;
}

/** Something that can be asked for. */
export interface ListedMedia {
  name: string;
  kind: "file" | "built-in" | "live";
  /** Null for what is live. */
  bytes: number | null;
  /** Null until the file has been looked at. */
  facts: FileFacts | null;
  /** Changes when the file does. */
  version: string;
}

/** What can be asked for, and how much more there is than is told one by one. */
export interface MediaListing {
  files: ListedMedia[];
  total: number;
}

/** Files told one by one. */
export const MOST_FILES = 300;
/** Files whose frames are counted where the container does not tell their number, in bytes at most. */
const MOST_COUNTED_BYTES = 64 * 1024 * 1024;
/** Facts remembered of files that were there. */
const MOST_REMEMBERED = 2 * MOST_FILES;

/** The files of a server, looked at one after the other by their first pictures. */
export class FileList {
  readonly #facts = new Map<string, FileFacts>();
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(
    readonly library: MediaLibrary,
    readonly live: ReadonlyMap<string, LiveSource> = new Map(),
  ) {}

  /** What there is now. What has not been looked at yet is looked at meanwhile. */
  async list(): Promise<MediaListing> {
    const entries = await this.library.entries();
    const shown = entries.slice(0, Math.max(0, MOST_FILES - this.live.size));
    this.#looking ??= this.#lookAt(shown).finally(() => this.#looking = undefined);
    const files = [
      ...[...this.live].map(([name, source]) => liveMedia(name, source)),
      ...shown.map((entry): ListedMedia => ({
        name: entry.name,
        kind: entry.builtIn ? "built-in" : "file",
        bytes: entry.size,
        facts: this.#facts.get(versionOf(entry)) ?? null,
        version: String(entry.size),
      })),
    ];
    return { files, total: this.live.size + entries.length };
  }

  /** The first picture of a file, or the newest of something live; undefined when there is none. */
  async picture(name: string): Promise<Uint8Array | undefined> {
    const source = this.live.get(name);
    // A camera that nobody watches is left in peace.
    if (source !== undefined) return source.newest?.jpeg;
    try {
      const lease = await this.library.open(encodeURIComponent(name));
      try {
        return await lease.source.frame(0);
      } finally {
        lease.release();
      }
    } catch (error) {
      if (isOrdinary(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
  }

  async #lookAt(entries: readonly MediaEntry[]): Promise<void> {
    for (const entry of entries) {
      const version = versionOf(entry);
      if (this.#closed) return;
      if (this.#facts.has(version)) continue;
      const facts = await this.#factsOf(entry).catch((error): FileFacts => {
        return { needs: null, frames: null, fps: null, problem: problemOf(error) };
      });
      this.#remember(version, facts);
    }
  }

  async #factsOf({ name, size }: MediaEntry): Promise<FileFacts> {
    const lease = await this.library.open(encodeURIComponent(name));
    try {
      const { source } = lease;
      const picture = await source.frame(0);
      const frames = await countFrames(source, size);
      const first = picture === undefined ? null : pictureNeeds(picture);
      const needs = first && worstNeeds([first, ...await needsWithin(source, frames)]);
      return { needs, frames, fps: source.frameRate ?? null };
    } finally {
      lease.release();
    }
  }

  #remember(version: string, facts: FileFacts): void {
    this.#facts.set(version, facts);
    if (this.#facts.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#facts.keys();
    this.#facts.delete(oldest!);
  }
}

function liveMedia(name: string, source: LiveSource): ListedMedia {
  const { newest } = source;
  const problem = source.problem === undefined ? {} : { problem: source.problem };
  const needs = newest === undefined ? null : needsOf(newest.jpeg);
  const facts: FileFacts = { needs, frames: null, fps: null, ...problem };
  return { name, kind: "live", bytes: null, facts, version: String(newest?.arrivedAt ?? "") };
}

function needsOf(picture: Uint8Array): PictureNeeds | null {
  try {
    return pictureNeeds(picture);
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** What a picture in the middle and the last one need, where they can be got at. */
async function needsWithin(source: FrameSource, frames: number | null): Promise<PictureNeeds[]> {
  if (frames === null || frames < 2) return [];
  const found: PictureNeeds[] = [];
  for (const index of new Set([frames >> 1, frames - 1])) {
    try {
      const picture = await source.frame(index);
      if (picture !== undefined) found.push(pictureNeeds(picture));
    } catch (error) {
      // One that is damaged is left out when it is served.
      if (!(error instanceof FrameDamagedError) && !(error instanceof MalformedError)) throw error;
    }
  }
  return found;
}

async function countFrames(source: FrameSource, bytes: number): Promise<number | null> {
  const { knownFrameCount } = source;
  if (knownFrameCount === undefined && bytes > MOST_COUNTED_BYTES) return null;
  const count = knownFrameCount ?? await source.frameCount();
  return count === Infinity ? null : count;
}

/** One name with one length is one content, near enough to say what serving it takes. */
function versionOf({ name, size }: MediaEntry): string {
  return `${size} ${name}`;
}

/** What is wrong with a file, in a sentence. */
function problemOf(error: unknown): string {
  if (error instanceof MediaUnreadableError) return error.problem;
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error is a file's and not ours. */
function isOrdinary(error: unknown): boolean {
  return error instanceof MediaNotFoundError || error instanceof MediaUnreadableError ||
    error instanceof FrameDamagedError;
}
