import { MediaUnreadableError } from "../stream/media_provider.ts";

/** Folders deep that {@linkcode MediaRoot.list} looks. */
export const MAX_LIST_DEPTH = 8;
/** Files that {@linkcode MediaRoot.list} names at most. */
export const MAX_LISTED_FILES = 10_000;
/** Directory entries looked at for one list, or for one name in another spelling. */
const MAX_ENTRIES = 100_000;

/** Ends of the names of media files, any case. */
const MEDIA_NAME = /\.(mjpeg|mjpg)$/i;

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** A regular file below the root. */
export interface FoundFile {
  /** Its path with every symbolic link resolved. */
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** A media file's name below the root, with `/` between folders, and its length in bytes. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
}

/**
 * A folder out of which nothing leads: what a link inside points to counts only when it lies inside
 * as well, and only regular files are ever opened (opening a FIFO would wait for its writer).
 */
export class MediaRoot {
  /** @param root path of the folder; it need not exist yet */
  constructor(readonly root: string) {}

  /**
   * Looks a file up, spelled exactly, or else in upper and lower case as it may be when that leaves
   * no doubt (students type `movie.mjpeg`). Opens nothing.
   * @param segments folders and file name, without `..`
   */
  async find(segments: readonly string[]): Promise<FoundFile | undefined> {
    const root = await resolve(this.root);
    if (root === undefined) return undefined;
    const exact = await inspect(root, join(root, ...segments));
    if (exact !== undefined) return exact;
    const path = await respell(root, segments);
    return path === undefined ? undefined : await inspect(root, path);
  }

  /**
   * Opens what {@linkcode find} found, provided that it is still the same file.
   * @param name what people call it, for errors
   * @returns the open file and its state, or undefined when something else has taken its place
   * @throws {MediaUnreadableError} (as a rejection) when the system does not let it be read
   */
  async open(
    found: FoundFile,
    name: string,
  ): Promise<{ file: Deno.FsFile; info: Deno.FileInfo } | undefined> {
    const file = await openToRead(found.path, name);
    if (file === undefined) return undefined;
    const info = await file.stat();
    const same = info.isFile && info.dev === found.info.dev && info.ino === found.info.ino;
    if (same && await resolve(found.path) === found.path) return { file, info };
    file.close();
    return undefined;
  }

  /** The media files below the root, by name; hidden ones and links to folders are left out. */
  async list(): Promise<ListedFile[]> {
    const root = await resolve(this.root);
    if (root === undefined) return [];
    const walk = { root, files: [], entries: 0 };
    await listFolder(walk, root, "", MAX_LIST_DEPTH);
    return sorted(walk.files);
  }
}

interface Walk {
  readonly root: string;
  readonly files: ListedFile[];
  entries: number;
}

async function listFolder(walk: Walk, path: string, name: string, depth: number): Promise<void> {
  for await (const entry of entriesOf(path)) {
    if (walk.entries++ >= MAX_ENTRIES || walk.files.length >= MAX_LISTED_FILES) return;
    if (entry.name.startsWith(".")) continue;
    const inside = join(path, entry.name);
    if (entry.isDirectory) {
      if (depth > 0) await listFolder(walk, inside, `${name}${entry.name}/`, depth - 1);
    } else if (MEDIA_NAME.test(entry.name)) {
      const found = await inspect(walk.root, inside);
      if (found !== undefined) {
        walk.files.push({ name: name + entry.name, size: found.info.size });
      }
    }
  }
}

/** A folder's entries; none when it cannot be read. */
async function* entriesOf(path: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(path);
  } catch {
    return;
  }
}

function sorted(files: ListedFile[]): ListedFile[] {
  return files.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function join(...parts: string[]): string {
  const [root = "", ...rest] = parts;
  return [root.endsWith(SEPARATOR) ? root.slice(0, -SEPARATOR.length) : root, ...rest]
    .join(SEPARATOR);
}

function isBelow(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(SEPARATOR) ? root : root + SEPARATOR);
}

/** The path with all links followed; undefined when it leads nowhere or may not be looked at. */
function resolve(path: string): Promise<string | undefined> {
  return Deno.realPath(path).catch(() => undefined);
}

/** The regular file at `path`, when it lies below `root` with all links followed. */
async function inspect(root: string, path: string): Promise<FoundFile | undefined> {
  const real = await resolve(path);
  if (real === undefined || !isBelow(root, real)) return undefined;
  const info = await Deno.lstat(real).catch(() => undefined);
  return info?.isFile ? { path: real, info } : undefined;
}

/** The one path below `root` that differs from `segments` in case only. */
async function respell(root: string, segments: readonly string[]): Promise<string | undefined> {
  let path = root;
  for (const segment of segments) {
    const folder = await resolve(path);
    if (folder === undefined || (folder !== root && !isBelow(root, folder))) return undefined;
    const name = await matchingName(folder, segment);
    if (name === undefined) return undefined;
    path = join(folder, name);
  }
  return path;
}

/** The entry called `wanted`, or the only one that is but for its case. */
async function matchingName(folder: string, wanted: string): Promise<string | undefined> {
  const folded = wanted.toLowerCase();
  const matches: string[] = [];
  let entries = 0;
  for await (const { name } of entriesOf(folder)) {
    if (name === wanted) return name;
    if (name.toLowerCase() === folded) matches.push(name);
    if (entries++ >= MAX_ENTRIES) return undefined;
  }
  return matches.length === 1 ? matches[0] : undefined;
}

async function openToRead(path: string, name: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    const reason = error instanceof Error ? error.name : String(error);
    throw new MediaUnreadableError(name, `The file cannot be opened: ${reason}`);
  }
}
