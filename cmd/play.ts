import type { MediaSession, PlayRequest } from "../lib/client/media_session.ts";
import { FolderWriter } from "../lib/media/folder_writer.ts";
import { type Command, type CommandContext, COMMON_FLAGS, RECEIVE_FLAGS } from "./command.ts";
import { UsageError } from "./exit_status.ts";
import { finish } from "./finish.ts";
import { IMPAIR_FLAG, parseImpairment } from "./impair_flag.ts";
import { type FlagValues, type Parsed, parseFlags } from "./flags.ts";
import { makeOutput, writeText } from "./output.ts";
import {
  canDraw,
  defaultScreen,
  GRAPHICS_CHOICES,
  type GraphicsChoice,
  hasDisplay,
  type Screen,
} from "./play_screen.ts";
import { RECONNECT_FLAG } from "./reconnect_flag.ts";
import { parseAddresses } from "./play_targets.ts";
import { exchangePrinter } from "./print_exchange.ts";
import { Progress } from "./progress.ts";
import { receive } from "./receive.ts";
import { receiveSettings } from "./receive_settings.ts";
import type { Summary } from "./summary.ts";
import { parseTarget } from "./target.ts";

const FLAGS = {
  out: { kind: "text", placeholder: "DIR", help: "write every complete frame to DIR" },
  frames: { kind: "integer", placeholder: "N", help: "stop after N complete frames", least: 1 },
  stats: { kind: "text", placeholder: "FILE", help: "write the final statistics as JSON" },
  ui: {
    kind: "text",
    placeholder: "UI",
    choices: ["none", "web", "term"],
    help: "web: a page; term: the terminal; none: no picture (default by what there is)",
  },
  graphics: {
    kind: "text",
    placeholder: "G",
    choices: GRAPHICS_CHOICES,
    help: "with --ui term: auto, kitty, iterm, sixel or blocks (auto: asked)",
  },
  "no-open": { kind: "boolean", help: "print the page's URL, do not open the browser" },
  simple: { kind: "boolean", help: "three buttons: Play, Pause, Stop" },
  start: { kind: "duration", placeholder: "T", help: "begin at that time of the media" },
  scale: { kind: "number", placeholder: "X", help: "play at a rate; below 0 backwards" },
  reconnect: RECONNECT_FLAG,
  impair: IMPAIR_FLAG,
  ...RECEIVE_FLAGS,
  ...COMMON_FLAGS,
} as const;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  const screen = flags.ui as Screen | undefined ?? chooseScreen(flags);
  if (flags.graphics !== undefined && screen !== "term") {
    throw new UsageError("--graphics goes with --ui term");
  }
  if (screen !== "none") return await playOnScreen(screen, { flags, words }, context);
  const target = parseTarget(words);
  const impairment = parseImpairment(flags.impair);
  const settings = await receiveSettings(flags);
  const writer = flags.out === undefined ? undefined : await openFolder(flags.out);
  let session: MediaSession | undefined;
  const progress = new Progress(context);
  const receiving = receive({
    target,
    ...settings,
    impairment,
    frames: flags.frames,
    reconnectMs: flags.reconnect,
    play: playRequest(flags),
    observer: flags.verbose ? exchangePrinter((line) => context.talk(line)) : {},
    onPlaying: (playing) => session = playing,
    onFrame: async ({ jpeg }) => {
      if (jpeg !== undefined) await writer?.write(jpeg);
      progress.frame(session);
    },
  }, context);
  // Those that are there are whole, and stay whatever became of the stream.
  const received = await receiving.finally(() => writer?.commit());
  const { json, stats } = flags;
  const keep = async (summary: Summary): Promise<void> => {
    if (stats !== undefined) await writeStatistics(stats, summary);
  };
  return await finish(received, { json, out: flags.out, keep }, context);
}

type PlayFlags = FlagValues<typeof FLAGS>;

/** Flags of what is received without a picture; with one they would have no meaning. */
const HEADLESS = ["out", "frames", "stats", "duration", "impair"] as const;

function chooseScreen(flags: PlayFlags): Screen {
  if (flags["no-open"] || flags.simple) return "web";
  if (flags.graphics !== undefined) return "term";
  const headless = flags.json === true || HEADLESS.some((name) => flags[name] !== undefined);
  const terminal = Deno.stderr.isTerminal();
  const screen = defaultScreen({ headless, terminal, display: hasDisplay() });
  return screen === "term" && !canDraw() ? "none" : screen;
}

/** The picture in a page, or in the terminal. */
async function playOnScreen(
  screen: Screen,
  { flags, words }: Parsed<typeof FLAGS>,
  context: CommandContext,
): Promise<number> {
  const other = HEADLESS.find((name) => flags[name] !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} goes with --ui none`);
  const { dialect, transport } = flags;
  const addresses = parseAddresses(words, { dialect, transport });
  const { credentials, timeout, trust } = await receiveSettings(flags);
  const play = playRequest(flags);
  const json = flags.json ?? false;
  const reconnectMs = flags.reconnect;
  if (screen === "term") {
    const { playTerm } = await import("./play_term.ts");
    const graphics = (flags.graphics ?? "auto") as GraphicsChoice;
    return await playTerm(
      { addresses, credentials, trust, timeout, reconnectMs, play, graphics, json },
      context,
    );
  }
  const { playWeb } = await import("./play_web.ts");
  return await playWeb({
    addresses,
    credentials,
    trust,
    timeout,
    reconnectMs,
    play,
    simple: flags.simple ?? false,
    open: !flags["no-open"],
    json,
  }, context);
}

/** Times of the media are durations on the command line and seconds in RTSP. */
function playRequest(
  { start, scale }: { start: number | undefined; scale: number | undefined },
): PlayRequest {
  return {
    ...(start === undefined ? {} : { start: start / 1000 }),
    ...(scale === undefined ? {} : { scale }),
  };
}

function openFolder(path: string): Promise<FolderWriter> {
  return makeOutput(`--out ${path}`, () => FolderWriter.create(path));
}

async function writeStatistics(path: string, summary: Summary): Promise<void> {
  await writeText(`--stats ${path}`, path, JSON.stringify(summary, null, 2) + "\n");
}

export const play: Command = {
  name: "play",
  summary: "play a stream, or write its frames to a folder",
  usage: [
    "rtspkit play HOST PORT RTP_PORT FILE [flags]",
    "rtspkit play rtsp://HOST[:PORT]/PATH [flags]",
    "rtspkit play URL URL … [flags]",
    "rtspkit play [flags]",
  ],
  examples: [
    [
      "rtspkit play localhost 5678 6666 movie.Mjpeg",
      "watch it in the browser, with the protocol beside the picture",
    ],
    [
      "rtspkit play localhost 5678 6666 movie.Mjpeg --out frames/",
      "write every frame as frames/frame-000001.jpg and so on",
    ],
    [
      "rtspkit play rtsp://192.0.2.7/stream1 --user admin --password-file pw --out frames/",
      "the same from a camera or any other RTSP server",
    ],
    [
      "rtspkit play localhost 5678 6666 movie.Mjpeg --frames 100 --stats stats.json",
      "look at 100 frames and keep the numbers",
    ],
  ],
  flags: FLAGS,
  run,
};
