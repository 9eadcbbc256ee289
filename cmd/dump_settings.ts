import { FrameShrinker, LEAST_FRAME_BYTES } from "../lib/media/frame_shrinker.ts";
import { type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { type ChosenFormat, type DumpFormat, dumpFormat, FORMAT_NAMES } from "./dump_formats.ts";
import { DumpOutput, type Earlier, type SegmentLimit } from "./dump_output.ts";
import { UsageError } from "./exit_status.ts";
import { type Flags, type FlagValues, parseDuration, parseSize } from "./flags.ts";
import { FrameKeeper } from "./frame_keeper.ts";
import { makeOutput } from "./output.ts";
import { RECONNECT_FLAG } from "./reconnect_flag.ts";

const LEAST_SEGMENT_MS = 100;
const LEAST_SEGMENT_BYTES = 64 * 1024;

/** Flags about what is kept, and how. */
const DUMP_FLAGS = {
  out: { kind: "text", placeholder: "PATH", help: "the folder or file to write" },
  format: {
    kind: "text",
    placeholder: "F",
    help: `${FORMAT_NAMES.join(", ")} (by the end of PATH; else jpg, or a file for each track of ` +
      "another stream)",
  },
  track: { kind: "text", placeholder: "NAME", help: "only that one of a stream: video, audio 2 …" },
  frames: { kind: "integer", placeholder: "N", help: "stop after keeping N pictures", least: 1 },
  every: {
    kind: "integer",
    placeholder: "N",
    help: "keep every Nth complete frame of JPEG, from the first (1)",
    least: 1,
  },
  start: { kind: "duration", placeholder: "T", help: "begin at that time of the media" },
  fps: {
    kind: "number",
    placeholder: "N",
    help: "frames a second, where the source states none or another",
    least: 0.1,
    most: 1000,
  },
  segment: {
    kind: "text",
    placeholder: "D|SIZE",
    help: "begin a new file after so long (10m) or so much (500M), at a key frame",
  },
  resume: {
    kind: "boolean",
    help: "number on behind what an earlier run has written",
    excludes: "overwrite",
  },
  overwrite: { kind: "boolean", help: "remove all of an earlier run when the first frame comes" },
  "max-frame-bytes": {
    kind: "size",
    placeholder: "N",
    help: "re-encode frames that are longer (lab: 99999; 65495 fits a datagram)",
    least: LEAST_FRAME_BYTES,
  },
  side: {
    kind: "integer",
    placeholder: "N",
    help: "longer side of a GIF's pictures, in pixels (480)",
    least: 1,
    most: 65_535,
  },
} as const satisfies Flags;

/** All flags of `dump`. */
export const FLAGS = {
  ...DUMP_FLAGS,
  reconnect: RECONNECT_FLAG,
  ...RECEIVE_FLAGS,
  ...COMMON_FLAGS,
} as const;

/** What a person said by them. */
export type DumpFlags = FlagValues<typeof FLAGS>;

/** Flags that are about pictures one by one. */
const PICTURES_ONLY = ["every", "fps", "max-frame-bytes", "side", "reconnect"] as const;
/** Flags that are about files of media. */
const MEDIA_ONLY = [...PICTURES_ONLY, "segment", "resume", "overwrite"] as const;

/** What was asked for. */
export interface DumpPlan {
  out: string;
  chosen: ChosenFormat;
  /** The name of the only track that is wanted; undefined for what fits. */
  track: string | undefined;
  earlier: Earlier;
  segment: SegmentLimit | undefined;
  every: number;
  /** Frames to keep; undefined for all. */
  frames: number | undefined;
  /** Whether nobody asked for that number. */
  framesByFormat: boolean;
}

/**
 * Reads what the flags ask for.
 * @throws {UsageError} when it cannot be
 */
export function dumpPlan(flags: DumpFlags): DumpPlan {
  const { out, every = 1 } = flags;
  if (out === undefined) throw new UsageError("dump needs --out PATH: where to write the frames");
  const chosen = dumpFormat(flags.format, out);
  if (chosen.kind === "units") refuse(flags, PICTURES_ONLY, chosen.name);
  if (chosen.kind === "packets") refuse(flags, MEDIA_ONLY, chosen.name);
  const segment = flags.segment === undefined ? undefined : parseSegment(flags.segment);
  const usual = segment === undefined && chosen.kind === "frames"
    ? chosen.format.usualFrames
    : undefined;
  const frames = flags.frames ?? usual;
  const framesByFormat = flags.frames === undefined;
  const earlier = earlierOf(flags);
  return {
    ...{ out, chosen, track: flags.track, earlier, segment },
    every,
    frames,
    framesByFormat,
  };
}

/**
 * Checks that nothing was asked for that only goes with JPEG pictures.
 * @param what is dumped instead, in words
 * @throws {UsageError} naming the flag
 */
export function refusePictureFlags(flags: DumpFlags, what: string): void {
  refuse(flags, PICTURES_ONLY, what);
}

function refuse(flags: DumpFlags, names: readonly (keyof DumpFlags)[], what: string): void {
  const given = names.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (given === undefined) return;
  const kind = MEDIA_ONLY.indexOf(given as never) < PICTURES_ONLY.length
    ? "JPEG pictures, each whole by itself"
    : "files of media";
  throw new UsageError(`--${given} is for ${kind}, not for ${what}`);
}

/**
 * Where a segment ends: `10m` is a time, `500M` a size.
 * @throws {UsageError} when it is neither
 */
export function parseSegment(text: string): SegmentLimit {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= LEAST_SEGMENT_MS) return { ms };
  const bytes = parseSize(text);
  if (ms === undefined && bytes !== undefined && bytes >= LEAST_SEGMENT_BYTES) return { bytes };
  throw new UsageError(
    `--segment: ${
      JSON.stringify(text)
    } is no time from ${LEAST_SEGMENT_MS}ms (10m, 1h) and no size ` +
      `from ${LEAST_SEGMENT_BYTES / 1024}k (500M, 2G)`,
  );
}

/**
 * Opens the output.
 * @param frameRate of the source, where it is known
 * @throws {LocalError} (as a rejection) when it cannot be written
 */
export async function openKeeper(
  plan: DumpPlan,
  format: DumpFormat,
  { flags, frameRate }: { flags: DumpFlags; frameRate: number | undefined },
  context: CommandContext,
): Promise<FrameKeeper> {
  const { out, every, segment, earlier } = plan;
  const given = flags["max-frame-bytes"];
  const maxBytes = Math.min(given ?? Infinity, format.maxFrameBytes ?? Infinity);
  const writer = {
    frameRate: frameRate === undefined ? undefined : frameRate / every,
    side: flags.side,
    talk: (line: string) => context.talk(line),
  };
  const output = await DumpOutput.create({ path: out, format, earlier, segment, writer });
  return await makeOutput(`--out ${out}`, () =>
    FrameKeeper.open({
      ...{ output, out, every, hashes: format.folder || flags.json === true },
      shrinker: maxBytes === Infinity ? undefined : new FrameShrinker(maxBytes),
      onRecord: (record) => {
        if (flags.json) context.out(JSON.stringify({ event: "frame", ...record }));
      },
    }));
}

function earlierOf({ resume, overwrite }: DumpFlags): Earlier {
  if (resume) return "resume";
  return overwrite ? "clear" : "replace";
}

/** To keep N frames, every so many, that many complete ones must come. */
export function framesToTake({ frames, every }: DumpPlan): number | undefined {
  return frames === undefined ? undefined : (frames - 1) * every + 1;
}
