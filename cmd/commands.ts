import type { Command } from "./command.ts";

/** The commands by name, each loaded only when it is asked for: that keeps the start quick. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.ts")).serve,
  play: async () => (await import("./play.ts")).play,
  probe: async () => (await import("./probe.ts")).probe,
  dump: async () => (await import("./dump.ts")).dump,
};

/** One line a command; the same words as each command's own summary (a test compares them). */
export const SUMMARIES: Readonly<Record<string, string>> = {
  serve: "stream Motion-JPEG files to lab clients and RTSP players",
  play: "play a stream, or write its frames to a folder",
  probe: "show what goes over the wire and say what is wrong with it",
  dump: "write the frames of a stream or a file to disk",
};
