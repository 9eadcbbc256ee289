import type { MediaSession } from "../lib/client/media_session.ts";
import type { FrameRecord } from "../lib/media/frame_manifest.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { type FileTally, openFile, rateOf, takeFrames } from "./dump_file.ts";
import { DUMP_FLAGS, type DumpPlan, dumpPlan, framesToTake, openKeeper } from "./dump_settings.ts";
import { type DumpSource, parseSource } from "./dump_source.ts";
import { EXIT, LocalError, UsageError } from "./exit_status.ts";
import { finish } from "./finish.ts";
import { type FlagValues, parseFlags } from "./flags.ts";
import type { FrameKeeper } from "./frame_keeper.ts";
import { FrameTimes } from "./frame_times.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { Progress } from "./progress.ts";
import { receive, type Received } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import type { StreamTarget } from "./target.ts";

const FLAGS = { ...DUMP_FLAGS, ...RECEIVE_FLAGS, ...COMMON_FLAGS } as const;

type DumpFlags = FlagValues<typeof FLAGS>;

/** Flags that are about receiving. */
const STREAM_ONLY = ["timeout", "transport", "dialect", "user", "password-file"] as const;

/** A dump under way. */
interface Dump {
  plan: DumpPlan;
  flags: DumpFlags;
  keeper: FrameKeeper;
  context: CommandContext;
}

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  const source = await parseSource(words);
  const plan = dumpPlan(flags);
  return source.form === "file"
    ? await dumpFile(source, plan, flags, context)
    : await dumpStream(source, plan, flags, context);
}

async function dumpStream(
  target: StreamTarget,
  plan: DumpPlan,
  flags: DumpFlags,
  context: CommandContext,
): Promise<number> {
  const settings = await receiveSettings(flags);
  const keeper = await openKeeper(plan, flags, flags.fps, context);
  const dump = { plan, flags, keeper, context };
  let session: MediaSession | undefined;
  const progress = new Progress(context);
  const times = new FrameTimes();
  const received = await keepingWhatCame(dump, () =>
    receive({
      ...{ target, ...settings, frames: framesToTake(plan) },
      ...(flags.start === undefined ? {} : { play: { start: flags.start / 1000 } }),
      observer: flags.verbose ? exchangePrinter((line) => context.talk(line)) : {},
      onPlaying: (playing) => session = playing,
      onFrame: async (frame, number) => {
        await keeper.take({
          jpeg: frame.jpeg,
          at: times.next(frame),
          record: describe(frame, number),
        });
        progress.frame(session);
      },
    }, context));
  const status = await finishStream(dump, received);
  checkRefused(dump);
  return status;
}

async function finishStream(dump: Dump, received: Received): Promise<number> {
  const { plan, flags: { json }, context } = dump;
  const status = await finish(received, { json, out: plan.out }, context);
  await tellMore(dump, received.tally.frames);
  return status;
}

async function dumpFile(
  { path, folder }: Extract<DumpSource, { form: "file" }>,
  plan: DumpPlan,
  flags: DumpFlags,
  context: CommandContext,
): Promise<number> {
  const idle = STREAM_ONLY.find((name) => flags[name] !== undefined);
  if (idle !== undefined) throw new UsageError(`--${idle} is for streams; ${path} is a file`);
  if (folder && plan.format.folder && await isSame(path, plan.out)) {
    throw new UsageError(`--out ${plan.out}: this is what is read; name another folder`);
  }
  const source = await openFile(path, folder);
  try {
    const fps = rateOf(source, flags.fps);
    const keeper = await openKeeper(plan, flags, fps, context);
    const dump = { plan, flags, keeper, context };
    const selection = {
      ...{ fps, start: flags.start ?? 0, duration: flags.duration, frames: framesToTake(plan) },
      skipRepetitions: plan.format.keepsTime === true && plan.every === 1,
    };
    const tally = await keepingWhatCame(
      dump,
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

/** Sees to it that what came is kept whole however it ends. */
async function keepingWhatCame<T>({ keeper }: Dump, take: () => Promise<T>): Promise<T> {
  let taken: T;
  try {
    taken = await take();
  } catch (error) {
    // What failed is told; that the files cannot be finished either is only to be expected.
    await keeper.commit().catch(() => keeper.abort());
    throw keeper.explain(error);
  }
  try {
    await keeper.commit();
    return taken;
  } catch (error) {
    throw keeper.explain(error);
  }
}

function describe(frame: ReceivedFrame, number: number): FrameRecord {
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

function tellOfFile({ keeper, plan, flags, context }: Dump, tally: FileTally, fps: number): void {
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
}

/** What a person should know of how frames were kept. */
async function tellMore({ keeper, plan, context }: Dump, taken: number): Promise<void> {
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

function checkRefused({ keeper, plan }: Dump): void {
  if (keeper.refused === 0) return;
  throw new LocalError(
    `--out ${plan.out}: ${keeper.refused} frame(s) left out, the others are kept; first ` +
      `${keeper.refusal}`,
  );
}

async function isSame(path: string, out: string): Promise<boolean> {
  const [from, to] = await Promise.all(
    [path, out].map((name) => Deno.realPath(name).catch(() => name)),
  );
  return from === to;
}

export const dump: Command = {
  name: "dump",
  summary: "write received frames to disk",
  usage: [
    "rtspkit dump URL --out PATH [flags]",
    "rtspkit dump HOST PORT RTP_PORT FILE --out PATH [flags]",
    "rtspkit dump FILE|FOLDER --out PATH [flags]",
  ],
  examples: [
    [
      "rtspkit dump localhost 5678 6666 movie.Mjpeg --out frames/",
      "every frame as frames/frame-000001.jpg and so on, and frames/frames.jsonl about them",
    ],
    [
      "rtspkit dump clip.avi --out movie.Mjpeg",
      "make a lab file, which rtspkit serve and lab servers can play, of any media file",
    ],
    [
      "rtspkit dump rtsp://192.0.2.7/stream1 --out camera.avi --segment 10m",
      "record a camera into camera-000001.avi and so on, ten minutes each",
    ],
  ],
  flags: FLAGS,
  run,
};
