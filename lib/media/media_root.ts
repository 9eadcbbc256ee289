import { MediaUnreadableError } from "../stream/media_provider.ts";
import { isMediaName } from "./media_names.ts";
import { canBeAskedFor } from "./media_path.ts";
import { isPictureName, sortPictures } from "./picture_names.ts";
import { type FileState, openRegular, type ReadableFile } from "./regular_file.ts";

/** Folders deep that {@linkcode MediaRoot.list} looks. */
export const MAX_LIST_DEPTH = 8;
/** Files that {@linkcode MediaRoot.list} names at most. */
export const MAX_LISTED_FILES = 10_000;
/** Directory entries looked at for one list, or for one name in another spelling. */
const MAX_ENTRIES = 100_000;

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** A regular file below the root. */
export interface FoundFile {
  /** Its path with every symbolic link resolved. */
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** A folder of numbered pictures. */
export interface FoundFolder extends FoundFile {
  /** The names of its pictures, in natural order. */
  readonly pictures: readonly string[];
}

/** What a media file is called below the root, with `/` between folders, and its length in bytes. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
}

/**
 * A folder out of which nothing leads: what a link inside points to counts only when it lies inside
 * as well, and nothing but regular files is read, whatever takes their place.
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
   * Looks a folder of numbered pictures up, spelled as {@linkcode find} allows. The root itself, when
   * it is one, answers to its own name.
   * @throws {MediaUnreadableError} (as a rejection) when it has more entries than are looked at
   */
  async findFolder(segments: readonly string[]): Promise<FoundFolder | undefined> {
    const root = await resolve(this.root);
    if (root === undefined) return undefined;
    const path = await inspectFolder(root, join(root, ...segments)) ??
      await inspectFolder(root, await respell(root, segments) ?? "") ??
      (segments.length === 1 && segments[0] === baseName(root) ? root : undefined);
    if (path === undefined) return undefined;
    const info = await Deno.lstat(path).catch(() => undefined);
    const pictures = await picturesIn(path, segments.join("/"));
    return info !== undefined && pictures.length > 0 ? { path, info, pictures } : undefined;
  }

  /**
   * Reads a picture of a folder that {@linkcode findFolder} found.
   * @param longest in bytes
   * @returns the file, or undefined when there is none of that name any more that may be read
   * @throws {MediaUnreadableError} (as a rejection) when it is longer, or the system does not let it
   * be read
   */
  async readPicture(
    folder: FoundFolder,
    name: string,
    longest: number,
  ): Promise<Uint8Array | undefined> {
    const root = await resolve(this.root);
    const found = root === undefined ? undefined : await inspect(root, join(folder.path, name));
    if (found === undefined) return undefined;
    const opened = await this.open(found, name);
    if (opened === undefined) return undefined;
    try {
      const { size } = opened.info;
      if (size > longest) throw new MediaUnreadableError(name, `${size} bytes exceed ${longest}`);
      return await readAll(opened.file, size);
    } finally {
      opened.file.close();
    }
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
  ): Promise<{ file: ReadableFile; info: FileState } | undefined> {
    const opened = await openToRead(found.path, name);
    if (opened === undefined) return undefined;
    const { file, info } = opened;
    const same = info.dev === found.info.dev && info.ino === found.info.ino;
    if (same && await resolve(found.path) === found.path) return opened;
    file.close();
    return undefined;
  }

  /**
   * The media below the root, by name: files, and folders of numbered pictures as one each. Hidden
   * ones and links to folders are left out.
   */
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
  const pictures: string[] = [];
  for await (const entry of entriesOf(path)) {
    if (walk.entries++ >= MAX_ENTRIES || isFull(walk)) break;
    if (entry.name.startsWith(".") || !canBeAskedFor(entry.name)) continue;
    if (entry.isDirectory) {
      const inside = join(path, entry.name);
      if (depth > 0) await listFolder(walk, inside, `${name}${entry.name}/`, depth - 1);
    } else if (isPictureName(entry.name)) pictures.push(entry.name);
    else if (isMediaName(entry.name)) await listFile(walk, path, name, entry.name);
  }
  await listPictures(walk, path, name, pictures);
}

function isFull({ files }: Walk): boolean {
  return files.length >= MAX_LISTED_FILES;
}

async function listFile(walk: Walk, path: string, name: string, file: string): Promise<void> {
  const found = isFull(walk) ? undefined : await inspect(walk.root, join(path, file));
  // There is nothing to play in an empty one yet.
  if (found !== undefined && found.info.size > 0) {
    walk.files.push({ name: name + file, size: found.info.size });
  }
}

async function listPictures(
  walk: Walk,
  path: string,
  name: string,
  pictures: string[],
): Promise<void> {
  const { numbered, single } = sortPictures(pictures);
  for (const picture of single) await listFile(walk, path, name, picture);
  const folder = name === "" ? baseName(path) : name.slice(0, -1);
  if (numbered.length === 0 || folder === "" || isFull(walk)) return;
  let size = 0;
  for (const picture of numbered) {
    const info = await Deno.lstat(join(path, picture)).catch(() => undefined);
    size += info?.isFile ? info.size : 0;
  }
  walk.files.push({ name: folder, size });
}

/**
 * The numbered pictures of a folder.
 * @throws {MediaUnreadableError} (as a rejection) when it has more entries than are looked at
 */
async function picturesIn(path: string, name: string): Promise<string[]> {
  const names: string[] = [];
  let entries = 0;
  for await (const entry of entriesOf(path)) {
    if (entries++ >= MAX_ENTRIES) {
      throw new MediaUnreadableError(name, `The folder has more than ${MAX_ENTRIES} files`);
    }
    if (!entry.isDirectory && !entry.name.startsWith(".")) names.push(entry.name);
  }
  return sortPictures(names).numbered;
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

/** The folder at `path` with all links followed, when it lies below `root`. */
async function inspectFolder(root: string, path: string): Promise<string | undefined> {
  const real = path === "" ? undefined : await resolve(path);
  if (real === undefined || !isBelow(root, real)) return undefined;
  const info = await Deno.lstat(real).catch(() => undefined);
  return info?.isDirectory ? real : undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf(SEPARATOR) + 1);
}

/** Everything in an open file, whose length is known. */
async function readAll(file: ReadableFile, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
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

async function openToRead(
  path: string,
  name: string,
): Promise<{ file: ReadableFile; info: FileState } | undefined> {
  try {
    return await openRegular(path);
  } catch (error) {
    const { code, name: kind } = error as { code?: string; name?: string };
    throw new MediaUnreadableError(name, `The file cannot be opened: ${code ?? kind ?? error}`);
  }
}
