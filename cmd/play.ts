import type { EndReason, MediaSession } from "../lib/client/media_session.ts";
import { FolderWriter } from "../lib/media/folder_writer.ts";
import { AtomicFile } from "../lib/media/atomic_file.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { EXIT, LocalError, UsageError } from "./exit_status.ts";
import { type FlagValues, parseFlags } from "./flags.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { receive } from "./receive.ts";
import { outcome } from "./outcome.ts";
import { type FrameTally, summarise, summaryLine } from "./summary.ts";
import { parseTarget } from "./target.ts";

const FLAGS = {
  out: { kind: "text", placeholder: "DIR", help: "write every complete frame to DIR" },
  frames: { kind: "integer", placeholder: "N", help: "stop after N complete frames", least: 1 },
  stats: { kind: "text", placeholder: "FILE", help: "write the final statistics as JSON" },
  ui: {
    kind: "text",
    placeholder: "UI",
    choices: ["none", "web", "term"],
    help: "none so far; web and term come with the player",
  },
  ...RECEIVE_FLAGS,
  ...COMMON_FLAGS,
} as const;

type PlayFlags = FlagValues<typeof FLAGS>;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  if (flags.ui === "web" || flags.ui === "term") {
    throw new UsageError(`--ui ${flags.ui} is not in this version yet; use --out DIR or --ui none`);
  }
  const target = parseTarget(words);
  const writer = flags.out === undefined ? undefined : await openFolder(flags.out);
  let session: MediaSession | undefined;
  const progress = new Progress(context);
  const received = await receive({
    target,
    timeout: flags.timeout,
    duration: flags.duration,
    frames: flags.frames,
    dialect: flags.dialect,
    observer: flags.verbose ? exchangePrinter((line) => context.talk(line)) : {},
    onPlaying: (playing) => session = playing,
    onFrame: async ({ jpeg }) => {
      if (jpeg !== undefined) await writer?.write(jpeg);
      progress.frame(session);
    },
  }, context);
  await writer?.commit();
  return await finish(flags, received, context);
}

/** @throws {LocalError} when it cannot be made */
async function openFolder(path: string): Promise<FolderWriter> {
  try {
    return await FolderWriter.create(path);
  } catch (error) {
    throw new LocalError(`--out ${path}: cannot make this folder: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function finish(
  flags: PlayFlags,
  received: { session: MediaSession; tally: FrameTally; reason: EndReason },
  context: CommandContext,
): Promise<number> {
  const summary = summarise(received.session.statistics, received.tally);
  if (flags.stats !== undefined) await writeStatistics(flags.stats, summary);
  if (flags.json) context.out(JSON.stringify(summary));
  context.talk(summaryLine(summary));
  outcome(received);
  return EXIT.ok;
}

async function writeStatistics(path: string, summary: unknown): Promise<void> {
  try {
    const file = await AtomicFile.create(path);
    await file.write(new TextEncoder().encode(JSON.stringify(summary, null, 2) + "\n"));
    await file.commit();
  } catch (error) {
    throw new LocalError(`--stats ${path}: cannot write: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The line that shows a person how far it is. */
class Progress {
  #frames = 0;
  #shownAt = -Infinity;

  constructor(readonly context: CommandContext) {}

  frame(session: MediaSession | undefined): void {
    this.#frames++;
    const now = this.context.clock.now();
    if (session === undefined || now - this.#shownAt < 100) return;
    this.#shownAt = now;
    const total = session.totalFrames === undefined ? "" : ` / ${session.totalFrames}`;
    const { lost, activeMs } = session.statistics;
    const seconds = (activeMs / 1000).toFixed(1);
    this.context.progress(`FRAMES ${this.#frames}${total}   ${seconds} s   ${lost} lost`);
  }
}

export const play: Command = {
  name: "play",
  summary: "play a stream, or write its frames to a folder",
  usage: [
    "rtspkit play HOST PORT RTP_PORT FILE [flags]",
  ],
  examples: [
    [
      "rtspkit play localhost 5678 6666 movie.Mjpeg --out frames/",
      "write every frame as frames/frame-000001.jpg and so on",
    ],
    [
      "rtspkit play localhost 5678 6666 movie.Mjpeg --frames 100 --stats stats.json",
      "look at 100 frames and keep the numbers",
    ],
  ],
  flags: FLAGS,
  run,
};
