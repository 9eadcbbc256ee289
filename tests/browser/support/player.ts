import { systemClock } from "../../../lib/net/clock.ts";
import { PlayerControl } from "../../../lib/ui/player/player_control.ts";
import { type AddressForm, parseAddressForm } from "../../../lib/ui/player/stream_address.ts";
import { WebPlayer } from "../../../lib/ui/web/web_player.ts";
import { clip } from "../../support/clips.ts";

export const FPS = 20;
export const FRAMES = 400;

/** A clip of twenty seconds. */
export const FILES: Record<string, Uint8Array> = {
  "movie.Mjpeg": clip({ frames: FRAMES, width: 160, height: 120 }),
};

/** A player's page of a test's own. */
export interface TestPlayer {
  page: WebPlayer;
  players: PlayerControl[];
}

/** How a stream is named in the form. */
export function addressOf(port: number, dialect: "lab" | "rtsp"): AddressForm {
  return {
    address: "127.0.0.1",
    port: String(port),
    rtpPort: "0",
    file: "movie.Mjpeg",
    dialect,
    transport: "auto",
  };
}

/** Shows streams in a page for as long as `use` takes. */
export async function withPlayer(
  addresses: AddressForm[],
  use: (player: TestPlayer) => Promise<void>,
  { simple = false, timeout = 3000 }: { simple?: boolean; timeout?: number } = {},
): Promise<void> {
  const randomBytes = (length: number): Uint8Array => {
    return crypto.getRandomValues(new Uint8Array(length));
  };
  const players = Array.from({ length: Math.max(1, addresses.length) }, () => {
    return new PlayerControl({ clock: systemClock, randomBytes, timeout });
  });
  const page = new WebPlayer({ clock: systemClock, randomBytes, players, version: "test", simple });
  try {
    for (const [i, form] of addresses.entries()) {
      await players[i]!.choose(parseAddressForm(form));
    }
    await use({ page, players });
  } finally {
    await Promise.all(players.map((player) => player.close()));
    await page.close();
  }
}
