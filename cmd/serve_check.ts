import { MediaLibrary } from "../lib/media/library.ts";
import { formatName, SNIFF_BYTES } from "../lib/media/open_media.ts";
import { openRegular } from "../lib/media/regular_file.ts";
import { checkMedia, type MediaCheck } from "../lib/media/transcode/media_check.ts";
import { DEFAULT_SERVER_OPTIONS } from "../lib/server/options.ts";
import { MediaNotFoundError, MediaUnreadableError } from "../lib/stream/media_provider.ts";
import type { CommandContext } from "./command.ts";
import { EXIT, UsageError } from "./exit_status.ts";
import { type Checked, checkedLines, checkedObject } from "./print_check.ts";
import { styleFor } from "./style.ts";

/** Bytes of frames kept at once: each is looked at once. */
const CACHE_BYTES = 4 * 1024 * 1024;

/** How {@linkcode checkFiles} reports. */
export interface CheckOptions {
  json: boolean;
  /** Frames a second of files that state none. */
  fps: number | undefined;
}

/**
 * Says of files what they are and what serving them takes.
 * @returns 0, 7 when something cannot be served, 8 when a file cannot be read
 * @throws {UsageError} when no file is named
 */
export async function checkFiles(
  files: readonly string[],
  { json, fps = DEFAULT_SERVER_OPTIONS.fps }: CheckOptions,
  context: CommandContext,
): Promise<number> {
  if (files.length === 0) throw new UsageError("--check needs the FILEs to look at");
  const style = styleFor(context.colour && Deno.stdout.isTerminal());
  let status: number = EXIT.ok;
  for (const [index, file] of files.entries()) {
    if (context.signal.aborted) break;
    const checked = await checkFile(file, fps, context);
    context.progress("");
    if (json) context.out(JSON.stringify(checkedObject(checked)));
    else {
      if (index > 0) context.out("");
      for (const line of checkedLines(checked, style)) context.out(line);
    }
    status = Math.max(status, statusOf(checked));
  }
  return status;
}

function statusOf(checked: Checked): number {
  if (checked.kind === "unreadable") return EXIT.local;
  if (checked.kind === "unplayable") return EXIT.expectation;
  return checked.check.leftOut > 0 ? EXIT.expectation : EXIT.ok;
}

/** Opens a file just as the server would, and looks at all of its frames. */
async function checkFile(file: string, fps: number, context: CommandContext): Promise<Checked> {
  let path: string;
  let size: number;
  let format: string | undefined;
  let pngs: number;
  try {
    path = await Deno.realPath(file);
    ({ size, format, pngs } = await sniff(path));
  } catch (error) {
    return { kind: "unreadable", file, problem: (error as Error).message };
  }
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const root = path.slice(0, at + 1) || ".";
  const library = new MediaLibrary({ root, cacheBytes: CACHE_BYTES });
  try {
    const { source } = await library.open(encodeURIComponent(path.slice(at + 1)));
    const onFrame = (count: number): void => context.progress(`${file}: frame ${count}`);
    const check: MediaCheck = await checkMedia(source, { onFrame, signal: context.signal });
    const rate = source.frameRate;
    const endless = source.knownFrameCount === Infinity;
    return { kind: "media", file, size, format, rate, fps: rate ?? fps, endless, pngs, check };
  } catch (error) {
    if (error instanceof MediaNotFoundError) {
      return { kind: "unplayable", file, problem: "Neither a media file nor a folder of pictures" };
    }
    if (!(error instanceof MediaUnreadableError)) throw error;
    return { kind: "unplayable", file, problem: error.problem };
  } finally {
    await library.close();
  }
}

/** What can be told without the frames. */
interface Sniffed {
  size: number;
  format: string | undefined;
  pngs: number;
}

async function sniff(path: string): Promise<Sniffed> {
  const { isDirectory, size } = await Deno.stat(path);
  if (isDirectory) {
    let pngs = 0;
    for await (const { name } of Deno.readDir(path)) if (/\.png$/i.test(name)) pngs++;
    return { size: 0, format: "folder of pictures", pngs };
  }
  const opened = await openRegular(path);
  if (opened === undefined) return { size, format: undefined, pngs: 0 };
  const head = new Uint8Array(SNIFF_BYTES);
  const count = await opened.file.read(head).finally(() => opened.file.close()) ?? 0;
  const format = formatName(head.subarray(0, count));
  return { size, format, pngs: format === "PNG" ? 1 : 0 };
}
