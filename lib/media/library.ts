import { type FrameSource, SourceClosedError } from "../stream/frame_source.ts";
import { MediaNotFoundError, type MediaProvider } from "../stream/media_provider.ts";
import { MemoryBytes } from "./byte_source.ts";
import { FileBytes } from "./file_bytes.ts";
import { FileWatch } from "./file_watch.ts";
import { DEFAULT_CACHE_BYTES, FrameStore } from "./frame_store.ts";
import { mediaPath } from "./media_path.ts";
import { type FoundFile, type FoundFolder, MediaRoot } from "./media_root.ts";
import { openMedia, openSource } from "./open_media.ts";
import { PictureFolder } from "./picture_folder.ts";
import { MAX_PICTURE_BYTES } from "./picture_reader.ts";
import { ReadAhead } from "./read_ahead.ts";
import { SharedSource } from "./shared_source.ts";

/** What a {@linkcode MediaLibrary} offers. */
export interface MediaLibraryOptions {
  /** The folder whose files are offered; nothing outside it ever is. */
  root: string;
  /** Clips the program carries, by name; each answers only when the root has no such file. */
  builtIn?: ReadonlyMap<string, Uint8Array>;
  /** Bytes of frames kept in memory for all open media together, default 32 MiB. */
  cacheBytes?: number;
  /** Told once when an open file is deleted, replaced, cut or overwritten. */
  onChange?: (name: string, change: string) => void;
}

/** One line of {@linkcode MediaLibrary.entries}. */
export interface MediaEntry {
  /** Name below the root, with `/` between folders. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Whether the program carries it itself. */
  readonly builtIn: boolean;
}

/** Media that is open, for one user or many. */
interface OpenMedia {
  /** Tells one content of a file from the next. */
  readonly version: string;
  readonly source: Promise<FrameSource>;
  users: number;
}

/** Where a name leads. */
interface Place {
  readonly key: string;
  readonly version: string;
  readonly name: string;
  readonly size: number;
  open(store: FrameStore): Promise<FrameSource>;
}

/**
 * The media a server offers: files and folders of pictures below a root folder, and clips built in. Each file is open once
 * however many watch it, and is opened anew when its content has been replaced, while those who
 * watch the old content keep it.
 */
export class MediaLibrary implements MediaProvider {
  readonly #root: MediaRoot;
  readonly #builtIn: ReadonlyMap<string, Uint8Array>;
  readonly #store: FrameStore;
  readonly #onChange: MediaLibraryOptions["onChange"];
  readonly #open = new Map<string, OpenMedia>();
  readonly #all = new Set<OpenMedia>();
  #closed = false;

  constructor(options: MediaLibraryOptions) {
    this.#root = new MediaRoot(options.root);
    this.#builtIn = options.builtIn ?? new Map();
    this.#store = new FrameStore(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    this.#onChange = options.onChange;
  }

  /**
   * Opens media for one more user; its first frame is at hand then. The user releases it.
   *
   * @param name as a client wrote it; leading slashes and one layer of percent-encoding are allowed
   * @throws {MediaNotFoundError} (as a rejection) when there is none of that name, or none that may
   * be served: a name never tells what lies outside the root
   * @throws {MediaUnreadableError} (as a rejection) when there is, but no frame of it can be used
   * @throws {SourceClosedError} (as a rejection) after {@linkcode close}
   */
  async open(name: string): Promise<SharedSource> {
    const segments = mediaPath(name, Deno.build.os === "windows");
    const place = await this.#place(segments);
    if (place === undefined) throw new MediaNotFoundError(name);
    return await this.#lease(place);
  }

  /** What can be asked for, by name: the media files below the root, then what is built in. */
  async entries(): Promise<MediaEntry[]> {
    const entries: MediaEntry[] = [];
    for (const file of await this.#root.list()) entries.push({ ...file, builtIn: false });
    for (const [name, { length }] of this.#builtIn) {
      const hidden = await this.#root.find(name.split("/")) !== undefined;
      if (!hidden) entries.push({ name, size: length, builtIn: true });
    }
    return entries;
  }

  /** The names of {@linkcode entries}. */
  async list(): Promise<string[]> {
    return (await this.entries()).map((entry) => entry.name);
  }

  /** Media open now, each once however many use it. */
  get openCount(): number {
    return this.#all.size;
  }

  /** Bytes of frames kept in memory. */
  get cachedBytes(): number {
    return this.#store.bytes;
  }

  /** Closes everything, also what is in use. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#open.clear();
    await Promise.allSettled([...this.#all].map((media) => this.#dispose(media)));
  }

  async #place(segments: string[]): Promise<Place | undefined> {
    const name = segments.join("/");
    const file = await this.#root.find(segments);
    if (file !== undefined) return this.#filePlace(file, name);
    const folder = await this.#root.findFolder(segments);
    if (folder !== undefined) return this.#folderPlace(folder, name);
    return this.#builtInPlace(name);
  }

  #filePlace(found: FoundFile, name: string): Place {
    const { dev, ino, mtime, size } = found.info;
    return {
      key: `file ${found.path}`,
      version: [dev, ino, mtime?.getTime(), size].join(" "),
      name,
      size,
      open: async (store) => {
        const opened = await this.#root.open(found, name);
        if (opened === undefined) throw new MediaNotFoundError(name);
        const watch = new FileWatch(opened.file, opened.info, (change) => {
          this.#onChange?.(name, change);
        });
        const bytes = new ReadAhead(new FileBytes(opened.file, opened.info.size, watch));
        return await openMedia(bytes, { name, store });
      },
    };
  }

  /** A folder is another one when pictures come or go, not when one is written to. */
  #folderPlace(found: FoundFolder, name: string): Place {
    const { dev, ino, mtime } = found.info;
    const { pictures } = found;
    return {
      key: `folder ${found.path}`,
      version: [dev, ino, mtime?.getTime(), pictures.length].join(" "),
      name,
      // Adding up the pictures would keep the first frame waiting.
      size: 0,
      open: async (store) => {
        const read = (picture: string): Promise<Uint8Array | undefined> =>
          this.#root.readPicture(found, picture, MAX_PICTURE_BYTES);
        const source = new PictureFolder({ names: pictures, read });
        try {
          return await openSource(source, { name, store, format: "folder of pictures" });
        } catch (error) {
          source.close();
          throw error;
        }
      },
    };
  }

  #builtInPlace(wanted: string): Place | undefined {
    const name = this.#builtInName(wanted);
    const bytes = name === undefined ? undefined : this.#builtIn.get(name);
    if (name === undefined || bytes === undefined) return undefined;
    return {
      key: `built-in ${name}`,
      version: "",
      name,
      size: bytes.length,
      open: (store) => openMedia(new MemoryBytes(bytes), { name, store }),
    };
  }

  #builtInName(wanted: string): string | undefined {
    if (this.#builtIn.has(wanted)) return wanted;
    const folded = wanted.toLowerCase();
    const matches = [...this.#builtIn.keys()].filter((name) => name.toLowerCase() === folded);
    return matches.length === 1 ? matches[0] : undefined;
  }

  async #lease(place: Place): Promise<SharedSource> {
    if (this.#closed) throw new SourceClosedError();
    const media = this.#opened(place);
    media.users++;
    try {
      const source = await media.source;
      if (this.#closed) throw new SourceClosedError();
      const onRelease = (): void => this.#release(place.key, media);
      return new SharedSource(source, { name: place.name, size: place.size, onRelease });
    } catch (error) {
      this.#release(place.key, media);
      throw error;
    }
  }

  #opened(place: Place): OpenMedia {
    const known = this.#open.get(place.key);
    if (known !== undefined && known.version === place.version) return known;
    const source = place.open(this.#store);
    const media: OpenMedia = { version: place.version, source, users: 0 };
    this.#open.set(place.key, media);
    this.#all.add(media);
    return media;
  }

  #release(key: string, media: OpenMedia): void {
    if (--media.users > 0) return;
    if (this.#open.get(key) === media) this.#open.delete(key);
    this.#dispose(media);
  }

  async #dispose(media: OpenMedia): Promise<void> {
    this.#all.delete(media);
    // A source that could not be opened has told those who wanted it, and holds nothing.
    const source = await media.source.catch(() => undefined);
    source?.close();
  }
}
