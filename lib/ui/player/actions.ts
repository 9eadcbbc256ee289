/** The three states of the course text, which are those of RFC 2326, appendix A.1. */
export type PlayerState = "Init" | "Ready" | "Playing";

/** What the seven buttons do, in the order they stand. */
export const PLAYER_ACTIONS = [
  "setup",
  "play",
  "pause",
  "restart",
  "backward",
  "forward",
  "teardown",
] as const;

export type PlayerAction = (typeof PLAYER_ACTIONS)[number];

/** Which buttons a state allows, before what the server can do is asked. */
export const ALLOWED_ACTIONS: Readonly<Record<PlayerState, ReadonlySet<PlayerAction>>> = {
  Init: new Set(["setup"]),
  Ready: new Set(["play", "restart", "backward", "forward", "teardown"]),
  Playing: new Set(["pause", "restart", "backward", "forward", "teardown"]),
};

export function isPlayerAction(value: unknown): value is PlayerAction {
  return (PLAYER_ACTIONS as readonly unknown[]).includes(value);
}
