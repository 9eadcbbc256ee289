import type { Flag } from "./flags.ts";

/** How long a stream that broke off in the middle is asked for again. */
export const RECONNECT_FLAG = {
  kind: "duration",
  placeholder: "T",
  help: "ask again for up to T when the stream breaks off (on screen: for ever; else 0)",
} as const satisfies Flag;
