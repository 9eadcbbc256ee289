import denoJson from "../deno.json" with { type: "json" };
import type { PlayRequest } from "../lib/client/media_session.ts";
import type { Credentials } from "../lib/client/rtsp/requester.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import { PlayerControl, type PlayerOptions } from "../lib/ui/player/player_control.ts";
import type { StreamAddress } from "../lib/ui/player/stream_address.ts";
import { WebPlayer } from "../lib/ui/web/web_player.ts";
import { openBrowser } from "./browser.ts";
import type { CommandContext } from "./command.ts";
import { EXIT } from "./exit_status.ts";
import { randomBytes } from "./random_bytes.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
/** Tried first, so that the browser remembers what was played last; nothing else is said of it. */
const PREFERRED_PORT = 47_854;

/** How streams are played in a page. */
export interface PlayWebOptions {
  /** Those to play at once; none for a form that asks. */
  addresses: StreamAddress[];
  credentials: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust: TlsTrust | undefined;
  play: PlayRequest;
  timeout: number | undefined;
  /** As {@linkcode PlayerOptions.reconnectMs}. */
  reconnectMs: number | undefined;
  simple: boolean;
  /** Whether the browser is opened. */
  open: boolean;
  json: boolean;
}

/** Serves the player's page until the person ends the command. */
export async function playWeb(options: PlayWebOptions, context: CommandContext): Promise<number> {
  const { clock } = context;
  const { timeout = DEFAULT_TIMEOUT_MS, trust, reconnectMs } = options;
  const settings: PlayerOptions = { clock, randomBytes, timeout, trust, reconnectMs };
  const count = Math.max(1, options.addresses.length);
  const players = Array.from({ length: count }, () => {
    return new PlayerControl(settings);
  });
  const page = new WebPlayer({
    clock,
    randomBytes,
    players,
    version: denoJson.version,
    simple: options.simple,
    preferredPort: PREFERRED_PORT,
  });
  try {
    announce(page.url, options, context);
    for (const [i, address] of options.addresses.entries()) {
      await players[i]!.choose(address, options.credentials);
      players[i]!.begin(options.play);
      // What goes wrong stands in the page.
      players[i]!.start();
    }
    await aborted(context.signal);
    return EXIT.ok;
  } finally {
    await Promise.all(players.map((player) => player.close()));
    await page.close();
  }
}

/** Says where the page is, and opens it. */
function announce(url: string, { json, open }: PlayWebOptions, context: CommandContext): void {
  context.out(json ? JSON.stringify({ event: "page", url }) : url);
  const opened = open && openBrowser(url);
  if (open && !opened) context.talk("No browser could be opened; open the address above in one.");
  context.talk("The player is in the browser; Ctrl-C ends it.");
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
