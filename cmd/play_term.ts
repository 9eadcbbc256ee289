import type { PlayRequest } from "../lib/client/media_session.ts";
import type { Credentials } from "../lib/client/rtsp/requester.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import type { Failure } from "../lib/ui/player/plain_words.ts";
import { PlayerControl, type PlayerOptions } from "../lib/ui/player/player_control.ts";
import type { PlayerNumbers } from "../lib/ui/player/snapshot.ts";
import type { StreamAddress } from "../lib/ui/player/stream_address.ts";
import {
  askTerminal,
  type Capabilities,
  type TerminalEnvironment,
  unasked,
} from "../lib/ui/terminal/capabilities.ts";
import { type TerminalEnding, TerminalPlayer } from "../lib/ui/terminal/terminal_player.ts";
import { Tty } from "../lib/ui/terminal/tty.ts";
import type { CommandContext } from "./command.ts";
import { EXIT, UsageError } from "./exit_status.ts";
import { canDraw, type GraphicsChoice, variable } from "./play_screen.ts";
import { randomBytes } from "./random_bytes.ts";
import { type Summary, summaryLine } from "./summary.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** How a stream is played in the terminal. */
export interface PlayTermOptions {
  /** One stream. */
  addresses: StreamAddress[];
  credentials: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust: TlsTrust | undefined;
  play: PlayRequest;
  timeout: number | undefined;
  /** As {@linkcode PlayerOptions.reconnectMs}. */
  reconnectMs: number | undefined;
  graphics: GraphicsChoice;
  json: boolean;
}

/** Which status a failure that stood on the screen at the end gives. */
const STATUS_OF: Readonly<Record<Failure["kind"], number>> = {
  "unreachable": EXIT.unreachable,
  "no-reply": EXIT.unreachable,
  "cut": EXIT.unreachable,
  "refused": EXIT.refused,
  "protocol": EXIT.refused,
  "authentication": EXIT.authentication,
  "no-media": EXIT.noMedia,
  "port": EXIT.local,
  "defect": EXIT.defect,
};

/**
 * Plays a stream in the terminal until its end, or until the person ends it.
 * @throws {UsageError} without a terminal, and without exactly one stream
 */
export async function playTerm(
  options: PlayTermOptions,
  context: CommandContext,
): Promise<number> {
  const address = oneStream(options);
  const { clock, signal } = context;
  const { timeout = DEFAULT_TIMEOUT_MS, trust, reconnectMs } = options;
  const settings: PlayerOptions = { clock, randomBytes, timeout, trust, reconnectMs };
  const player = new PlayerControl(settings);
  await player.choose(address, options.credentials);
  player.begin(options.play);
  const tty = new Tty(clock);
  let ending: TerminalEnding;
  let isTaking = false;
  try {
    tty.open();
    const capabilities = await capabilitiesOf(tty, options.graphics);
    // What goes wrong stands on the screen.
    player.start();
    ending = await new TerminalPlayer(player, tty, capabilities).run(signal);
  } finally {
    isTaking = await tty.close();
    await player.close();
  }
  // Who takes nothing any more cannot be told anything.
  if (!isTaking) return EXIT.ok;
  try {
    return conclude(ending, player.snapshot.numbers, options.json, context);
  } catch (error) {
    // Nobody is there any more to be told.
    if (ending.reason === "gone" || signal.aborted) return EXIT.ok;
    throw error;
  }
}

function oneStream({ addresses }: PlayTermOptions): StreamAddress {
  if (!canDraw()) {
    throw new UsageError(
      "--ui term needs a terminal to draw on, and stdout is none; write frames with --out DIR, " +
        "or watch in a browser with --ui web",
    );
  }
  const [address, ...others] = addresses;
  if (address === undefined) {
    throw new UsageError(
      "name a stream to play in the terminal: HOST PORT RTP_PORT FILE, or a URL " +
        "(--ui web has a form for it)",
    );
  }
  if (others.length === 0) return address;
  throw new UsageError("the terminal shows one stream at a time; --ui web shows several");
}

async function capabilitiesOf(tty: Tty, graphics: GraphicsChoice): Promise<Capabilities> {
  const environment: TerminalEnvironment = {
    TERM: variable("TERM"),
    COLORTERM: variable("COLORTERM"),
    TERM_PROGRAM: variable("TERM_PROGRAM"),
    NO_COLOR: variable("NO_COLOR"),
  };
  const told = tty.hasKeys ? await askTerminal(tty, environment) : unasked(environment);
  return graphics === "auto" ? told : { ...told, graphics };
}

/** Sums up, once the terminal is as it was. */
function conclude(
  { failure }: TerminalEnding,
  numbers: PlayerNumbers,
  json: boolean,
  context: CommandContext,
): number {
  const summary = summaryOf(numbers);
  if (json) context.out(JSON.stringify(summary));
  if (failure === undefined || numbers.packets > 0) context.talk(summaryLine(summary));
  if (failure === undefined) return EXIT.ok;
  context.talk(`rtspkit: ${failure.title}: ${failure.text}`);
  return STATUS_OF[failure.kind];
}

function summaryOf(numbers: PlayerNumbers): Summary {
  const { activeSeconds, hostDrops, ...rest } = numbers;
  return {
    event: "summary",
    ...rest,
    durationSeconds: activeSeconds,
    ...(hostDrops === undefined ? {} : { hostDrops }),
  };
}
