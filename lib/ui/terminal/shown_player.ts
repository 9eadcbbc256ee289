import type { PlayerControl } from "../player/player_control.ts";

/** What a terminal needs of a player: to see it, and to tell it what the person wants. */
export type ShownPlayer = Pick<
  PlayerControl,
  "snapshot" | "frame" | "samples" | "listen" | "act" | "start" | "seek" | "setScale"
>;
