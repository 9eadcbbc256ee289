import type { PlayerAction } from "../player/actions.ts";

/** What a key asks for. */
export type KeyCommand =
  | { do: "act"; action: PlayerAction }
  | { do: "toggle" }
  | { do: "faster" }
  | { do: "slower" }
  | { do: "seek"; tenths: number }
  | { do: "repaint" }
  | { do: "quit" };

const act = (action: PlayerAction): KeyCommand => ({ do: "act", action });
const QUIT: KeyCommand = { do: "quit" };

/** The web player's keys, and those that terminal players have. */
const COMMANDS: ReadonlyMap<string, KeyCommand> = new Map<string, KeyCommand>([
  ["s", act("setup")],
  ["p", act("play")],
  ["u", act("pause")],
  ["r", act("restart")],
  ["Home", act("restart")],
  ["Left", act("backward")],
  ["Right", act("forward")],
  ["t", act("teardown")],
  [" ", { do: "toggle" }],
  ["Enter", { do: "toggle" }],
  ["+", { do: "faster" }],
  ["=", { do: "faster" }],
  ["-", { do: "slower" }],
  ["Ctrl-L", { do: "repaint" }],
  ["q", QUIT],
  ["Escape", QUIT],
  ["Ctrl-C", QUIT],
  ["Ctrl-D", QUIT],
]);

/** What a key asks for; undefined for nothing. */
export function commandOf(key: string): KeyCommand | undefined {
  if (/^[0-9]$/.test(key)) return { do: "seek", tenths: Number(key) };
  return COMMANDS.get(key) ?? COMMANDS.get(key.toLowerCase());
}

/** The speeds there are, as in the web player. */
const SPEEDS = [-2, -1, 0.25, 0.5, 1, 2, 4, 8];

/** The next speed above or below one. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const others = SPEEDS.filter((other) => direction * (other - speed) > 0);
  const next = direction > 0 ? others[0] : others.at(-1);
  return next ?? speed;
}
