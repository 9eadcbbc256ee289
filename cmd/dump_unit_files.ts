import type { MediaTrack } from "../lib/client/media_session.ts";
import type { CommandContext } from "./command.ts";
import { DumpOutput, type Earlier, type SegmentLimit } from "./dump_output.ts";
import { nativeFormatOf, type UnitFormat, type UnitTrack } from "./dump_unit_formats.ts";
import { UnitKeeper } from "./dump_unit_keeper.ts";
import { UnitTally } from "./dump_unit_summary.ts";
import { makeOutput } from "./output.ts";

/** How units are dumped. */
export interface UnitDumpOptions {
  /** As typed. */
  out: string;
  /** Of the one file; undefined for a folder with a file for each track. */
  format: UnitFormat | undefined;
  earlier: Earlier;
  segment: SegmentLimit | undefined;
  /** Pictures to keep, or units of the first track where none has pictures; undefined for all. */
  frames: number | undefined;
  json: boolean;
  /** Bytes that wait for the disk at most; undefined for what is usual. */
  mostWaitingBytes?: number;
}

/** One track that is dumped. */
export interface DumpedTrack {
  tally: UnitTally;
  keeper: UnitKeeper;
  /** Which of the keeper's it is. */
  index: number;
  /** Which of all it is. */
  clock: number;
  /** Units taken so far. */
  number: number;
  /** Whether pictures were left out, so that the next ones cannot be decoded. */
  broken: boolean;
}

/**
 * Opens the file that all tracks go into, or one for each in a folder.
 * @throws {LocalError} {@linkcode UsageError} (as a rejection) when one cannot be written; then none
 * is left behind
 */
export async function openTracks(
  options: UnitDumpOptions,
  tracks: readonly MediaTrack[],
  context: CommandContext,
): Promise<DumpedTrack[]> {
  const { out, format } = options;
  const dumped = (clock: number, index: number, keeper: UnitKeeper, file: string): DumpedTrack => {
    const tally = new UnitTally(tracks[clock]!, file);
    return { tally, keeper, index, clock, number: 0, broken: false };
  };
  if (format !== undefined) {
    const keeper = await openKeeper(options, out, { format, tracks }, context);
    return tracks.map((_, i) => dumped(i, i, keeper, out));
  }
  await makeOutput(`--out ${out}`, () => Deno.mkdir(out, { recursive: true }));
  const opened: DumpedTrack[] = [];
  try {
    for (const [i, track] of tracks.entries()) {
      const { format, file } = fileFor(track, out);
      const keeper = await openKeeper(options, file, { format, tracks: [track] }, context);
      opened.push(dumped(i, 0, keeper, file));
    }
    return opened;
  } catch (error) {
    await Promise.all(opened.map(({ keeper }) => keeper.abort()));
    throw error;
  }
}

/** The file of a track in a folder: `audio-2.aac`. */
function fileFor(
  { name, encoding }: UnitTrack,
  folder: string,
): { format: UnitFormat; file: string } {
  const format = nativeFormatOf(encoding)!;
  const stem = name.replaceAll(/[^A-Za-z0-9]+/g, "-");
  return { format, file: `${folder.replace(/(?<=.)[/\\]+$/, "")}/${stem}.${format.extension}` };
}

async function openKeeper(
  { segment, earlier }: UnitDumpOptions,
  out: string,
  { format, tracks }: { format: UnitFormat; tracks: readonly UnitTrack[] },
  context: CommandContext,
): Promise<UnitKeeper> {
  const talk = (line: string): void => context.talk(line);
  const output = await DumpOutput.create({
    path: out,
    format: {
      folder: false,
      extension: format.extension,
      create: (path) => format.create(path, tracks),
    },
    ...{ earlier, segment, writer: { talk } },
  });
  return await makeOutput(`--out ${out}`, () => UnitKeeper.open({ output, tracks, talk }));
}
