import type { FrameRecord } from "../lib/media/frame_manifest.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import type { CommandContext } from "./command.ts";
import { DEFAULT_FRAME_RATE, type FileTally, openFile, rateOf, takeFrames } from "./dump_file.ts";
import type { DumpFormat } from "./dump_formats.ts";
import { type DumpFlags, type DumpPlan, framesToTake, openKeeper } from "./dump_settings.ts";
import type { DumpSource } from "./dump_source.ts";
import { EXIT, LocalError, UsageError } from "./exit_status.ts";
import type { FrameKeeper } from "./frame_keeper.ts";

/** Flags that are about receiving. */
export const STREAM_ONLY = [
  ...["timeout", "transport", "dialect", "user", "password-file", "tls-ca"] as const,
  ...["tls-fingerprint", "track", "reconnect"] as const,
];

/** A dump of frames under way. */
export interface FrameDump {
  plan: DumpPlan;
  flags: DumpFlags;
  keeper: FrameKeeper;
  context: CommandContext;
}

/** Writes the frames of a file or folder of this machine. @returns the exit status */
export async function dumpFile(
  { path, folder }: Extract<DumpSource, { form: "file" }>,
  plan: DumpPlan,
  flags: DumpFlags,
  context: CommandContext,
): Promise<number> {
  const idle = STREAM_ONLY.find((name) => flags[name] !== undefined);
  if (idle !== undefined) throw new UsageError(`--${idle} is for streams; ${path} is a file`);
  const format = frameFormat(plan, path);
  if (folder && format.folder && await isSame(path, plan.out)) {
    throw new UsageError(`--out ${plan.out}: this is what is read; name another folder`);
  }
  const source = await openFile(path, folder);
  try {
    const fps = rateOf(source, flags.fps);
    const keeper = await openKeeper(plan, format, { flags, frameRate: fps }, context);
    const dump = { plan, flags, keeper, context };
    const selection = {
      ...{ fps, start: flags.start ?? 0, duration: flags.duration, frames: framesToTake(plan) },
      skipRepetitions: format.keepsTime === true && plan.every === 1,
    };
    const tally = await keepingWhatCame(
      () => keeper,
      () => takeFrames(source, selection, keeper, context),
    );
    tellOfFile(dump, tally, fps);
    await tellMore(dump, tally.frames);
    tellFaults(path, source.faults, context);
    if (tally.frames === 0 && !context.signal.aborted) throw new LocalError(noFrames(path, flags));
    checkRefused(dump);
    return EXIT.ok;
  } finally {
    source.close();
  }
}

function frameFormat({ chosen }: DumpPlan, path: string): DumpFormat {
  if (chosen.kind === "frames") return chosen.format;
  throw new UsageError(
    `--format ${chosen.name} is for streams that are received; of ${path} pictures can be written`,
  );
}

/** What keeps something in files. */
interface Keeping {
  /** Gives what was kept its name. */
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** An error of writing as the person is told it; any other as it is. */
  explain(error: unknown): unknown;
}

/**
 * Sees to it that what came is kept whole however it ends.
 * @param keeping what keeps it, once that is clear
 */
export async function keepingWhatCame<T>(
  keeping: () => Keeping | undefined,
  take: () => Promise<T>,
): Promise<T> {
  let taken: T;
  try {
    taken = await take();
  } catch (error) {
    const keeper = keeping();
    // What failed is told; that the files cannot be finished either is only to be expected.
    await keeper?.commit().catch(() => keeper.abort());
    throw keeper === undefined ? error : keeper.explain(error);
  }
  try {
    await keeping()?.commit();
    return taken;
  } catch (error) {
    throw keeping()!.explain(error);
  }
}

/** What a manifest tells of a received frame. */
export function describeFrame(frame: ReceivedFrame, number: number): FrameRecord {
  const { timestamp, firstSequence, lastSequence, arrivedAt, bytes, damage } = frame;
  const record: FrameRecord = {
    number,
    rtpTimestamp: timestamp,
    firstSequence,
    lastSequence,
    arrivalTime: arrivedAt / 1000,
    bytes,
    complete: frame.jpeg !== undefined,
  };
  if (frame.jpeg === undefined) record.missing = damage ?? "Part of it did not come";
  return record;
}

/** What a person should know of how frames were kept. */
export async function tellMore(
  { keeper, plan, context }: FrameDump,
  taken: number,
): Promise<void> {
  const { shrinker } = keeper.options;
  if (shrinker !== undefined && shrinker.shrunk > 0) {
    context.talk(
      `${shrinker.shrunk} frame(s) of more than ${shrinker.maxBytes} bytes were re-encoded to fit`,
    );
  }
  if (plan.framesByFormat && taken === framesToTake(plan)) {
    context.talk(
      `stopped after ${plan.frames} frames, plenty for a GIF (--frames N: another number)`,
    );
  }
  const left = await keeper.leftBehind();
  if (left !== undefined) context.talk(left);
}

/** @throws {LocalError} when frames were left out that the format cannot hold */
export function checkRefused({ keeper, plan }: FrameDump): void {
  if (keeper.refused === 0) return;
  throw new LocalError(
    `--out ${plan.out}: ${keeper.refused} frame(s) left out, the others are kept; first ` +
      `${keeper.refusal}`,
  );
}

function tellOfFile(
  { keeper, plan, flags, context }: FrameDump,
  tally: FileTally,
  fps: number,
): void {
  const { frames, damagedFrames, bytes } = tally;
  const durationSeconds = Math.round((frames + damagedFrames) * 1000 / fps) / 1000;
  if (flags.json) {
    const summary = { event: "summary", frames, damagedFrames, durationSeconds, fps, bytes };
    context.out(JSON.stringify({ ...summary, kept: keeper.kept }));
  }
  const rate = Number(fps.toFixed(3));
  context.talk(
    `${frames} frames, ${durationSeconds.toFixed(1)} s at ${rate} fps, ${damagedFrames} damaged; ` +
      `${keeper.kept} written to ${plan.out}`,
  );
  const { chosen } = plan;
  if (chosen.kind !== "frames" || chosen.format.folder || chosen.format.keepsTime) return;
  if (rate !== DEFAULT_FRAME_RATE) {
    context.talk(`a file of the format ${chosen.name} states no rate; serve it with --fps ${rate}`);
  }
}

function tellFaults(
  path: string,
  faults: readonly { frame: number; position: number; problem: string }[],
  context: CommandContext,
): void {
  const [first] = faults;
  if (first === undefined) return;
  const { frame, position, problem } = first;
  const where = `frame ${frame} at byte ${position}: ${problem}`;
  context.talk(`${path} is damaged in ${faults.length} place(s); first ${where}`);
}

function noFrames(path: string, { start = 0 }: DumpFlags): string {
  return start > 0
    ? `${path}: no frame at --start ${start / 1000}s, it ends before`
    : `${path}: not one whole frame`;
}

async function isSame(path: string, out: string): Promise<boolean> {
  const [from, to] = await Promise.all(
    [path, out].map((name) => Deno.realPath(name).catch(() => name)),
  );
  return from === to;
}
