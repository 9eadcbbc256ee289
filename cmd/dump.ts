import type { MediaSession } from "../lib/client/media_session.ts";
import { FrameManifest } from "../lib/media/frame_manifest.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { dumpFormat, FORMAT_NAMES, openDump } from "./dump_formats.ts";
import { LocalError, UsageError } from "./exit_status.ts";
import { finish } from "./finish.ts";
import { type FlagValues, parseFlags } from "./flags.ts";
import { FrameKeeper } from "./frame_keeper.ts";
import { makeOutput } from "./output.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { Progress } from "./progress.ts";
import { receive, type Received } from "./receive.ts";
import { type ReceiveSettings, receiveSettings } from "./receive_settings.ts";
import { parseTarget, type StreamTarget } from "./target.ts";

const DEFAULT_FORMAT = "jpg";

const FLAGS = {
  out: { kind: "text", placeholder: "PATH", help: "the folder (jpg, png) or file to write" },
  format: {
    kind: "text",
    placeholder: "F",
    help: `${FORMAT_NAMES.join(", ")} (${DEFAULT_FORMAT})`,
  },
  frames: { kind: "integer", placeholder: "N", help: "stop after keeping N frames", least: 1 },
  every: {
    kind: "integer",
    placeholder: "N",
    help: "keep every Nth complete frame, from the first (1)",
    least: 1,
  },
  ...RECEIVE_FLAGS,
  ...COMMON_FLAGS,
} as const;

type DumpFlags = FlagValues<typeof FLAGS>;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  const target = parseTarget(words);
  const { out } = flags;
  if (out === undefined) throw new UsageError("dump needs --out PATH: where to write the frames");
  const settings = await receiveSettings(flags);
  const keeper = await openKeeper(flags, out, context);
  const received = await receiveInto(keeper, { target, ...settings }, flags, context);
  const status = await finish(received, { json: flags.json, out }, context);
  if (keeper.refused > 0) {
    throw new LocalError(
      `--out ${out}: ${keeper.refused} frame(s) left out, the others are kept; first ` +
        `${keeper.refusal}`,
    );
  }
  return status;
}

async function openKeeper(
  { format: name = DEFAULT_FORMAT, every = 1, json }: DumpFlags,
  out: string,
  context: CommandContext,
): Promise<FrameKeeper> {
  const format = dumpFormat(name);
  return await makeOutput(`--out ${out}`, async () => {
    const writer = await openDump(format, out);
    const manifest = format.folder ? await FrameManifest.create(out) : undefined;
    return new FrameKeeper({
      writer,
      manifest,
      extension: format.folder ? format.extension : undefined,
      every,
      onRecord: (record) => {
        if (json) context.out(JSON.stringify({ event: "frame", ...record }));
      },
    });
  });
}

/** Receives, and sees to it that what came is kept whole however it ends. */
async function receiveInto(
  keeper: FrameKeeper,
  source: ReceiveSettings & { target: StreamTarget },
  flags: DumpFlags,
  context: CommandContext,
): Promise<Received> {
  let session: MediaSession | undefined;
  const progress = new Progress(context);
  let received: Received;
  try {
    received = await receive({
      ...source,
      frames: framesToReceive(flags),
      observer: flags.verbose ? exchangePrinter((line) => context.talk(line)) : {},
      onPlaying: (playing) => session = playing,
      onFrame: async (frame, number) => {
        await keeper.take(frame, number);
        progress.frame(session);
      },
    }, context);
  } catch (error) {
    // What failed is told; that the files cannot be finished either is only to be expected.
    await keeper.commit().catch(() => keeper.abort());
    throw error;
  }
  await makeOutput(`--out ${flags.out}`, () => keeper.commit());
  return received;
}

/** To keep N frames, every so many, that many complete ones must come. */
function framesToReceive({ frames, every = 1 }: DumpFlags): number | undefined {
  return frames === undefined ? undefined : (frames - 1) * every + 1;
}

export const dump: Command = {
  name: "dump",
  summary: "write received frames to disk",
  usage: [
    "rtspkit dump URL --out PATH [flags]",
    "rtspkit dump HOST PORT RTP_PORT FILE --out PATH [flags]",
  ],
  examples: [
    [
      "rtspkit dump localhost 5678 6666 movie.Mjpeg --out frames/",
      "every frame as frames/frame-000001.jpg and so on, and frames/frames.jsonl about them",
    ],
    [
      "rtspkit dump localhost 5678 6666 movie.Mjpeg --out copy.Mjpeg --format lab",
      "record a file that rtspkit serve and lab servers can play",
    ],
    [
      "rtspkit dump rtsp://192.0.2.7/stream1 --out stills/ --format png --every 20",
      "every 20th picture of a camera as PNG",
    ],
  ],
  flags: FLAGS,
  run,
};
