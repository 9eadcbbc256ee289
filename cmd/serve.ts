import { MediaLibrary } from "../lib/media/library.ts";
import { hostPort } from "../lib/net/address.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import type { Command, CommandContext } from "./command.ts";
import { EXIT } from "./exit_status.ts";
import { parseFlags } from "./flags.ts";
import { SERVE_FLAGS, type ServeFlags } from "./serve_flags.ts";
import type { Serving } from "./serve_one.ts";
import { readSettings, type ServeSettings } from "./serve_settings.ts";
import { workerCount } from "./serve_worker_count.ts";
import { describeServerEvent, isTalk } from "./server_log.ts";

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, SERVE_FLAGS);
  const settings = await readSettings(words, flags);
  const serving = await begin(settings, flags, context);
  const stop = (): void => serving.stop();
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    await announce(serving.port, settings, flags, context);
    if (context.signal.aborted) stop();
    await serving.ended;
  } finally {
    stop();
  }
  return EXIT.ok;
}

/** Serves in this thread or in workers; connections are accepted when it resolves. */
async function begin(
  settings: ServeSettings,
  flags: ServeFlags,
  context: CommandContext,
): Promise<Serving> {
  const { clock } = context;
  const count = workerCount({
    ...settings.options,
    asked: flags.workers,
    os: Deno.build.os,
    cores: navigator.hardwareConcurrency,
  });
  const onEvent = (event: ServerEvent, worker?: number): void => {
    report(event, worker, flags, context);
  };
  // What is not needed is not loaded: the workers load the server each for itself.
  if (count === 1) {
    const { serveOne } = await import("./serve_one.ts");
    return serveOne(settings, { clock, onEvent });
  }
  const { serveCrew } = await import("./serve_crew.ts");
  const tellAll = (flags.json ?? false) || (flags.verbose ?? false);
  return await serveCrew(settings, { count, clock, tellAll, onEvent });
}

/** Says what can be asked for, once connections are accepted. */
async function announce(
  port: number,
  { root, host: address, certificate, access }: ServeSettings,
  flags: ServeFlags,
  context: CommandContext,
): Promise<void> {
  const host = address ?? "localhost";
  const scheme = certificate === undefined ? "rtsp" : "rtsps";
  const names = await namesIn(root);
  const urls = names.map((name) => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return `${scheme}://${hostPort(host, port)}/${path}`;
  });
  if (flags.json) context.out(JSON.stringify({ event: "ready", port, urls }));
  else for (const url of urls) context.out(url);
  context.talk(`Serving ${names.length} file(s) of ${root} on port ${port}. Ctrl-C ends it.`);
  const first = names[0];
  // Lab clients speak neither of TLS nor of passwords.
  if (first !== undefined && scheme === "rtsp" && access === undefined) {
    context.talk(`Play one: rtspkit play ${host} ${port} 6666 ${first}`);
  }
}

async function namesIn(root: string): Promise<string[]> {
  const media = new MediaLibrary({ root, builtIn: BUILT_IN_MEDIA });
  try {
    return await media.list();
  } finally {
    await media.close();
  }
}

/** @param worker the worker it happened in, where there are several */
function report(
  event: ServerEvent,
  worker: number | undefined,
  flags: ServeFlags,
  context: CommandContext,
): void {
  if (flags.json) {
    context.out(JSON.stringify(worker === undefined ? event : { ...event, worker }));
  }
  if (flags.verbose || isTalk(event)) context.talk(describeServerEvent(event));
}

export const serve: Command = {
  name: "serve",
  summary: "stream Motion-JPEG files to lab clients and RTSP players",
  usage: ["rtspkit serve [PORT] [flags]      (port 8554; 0 for any free one)"],
  examples: [
    ["rtspkit serve 5678", "serve ./media, or a built-in movie.Mjpeg, on port 5678"],
    ["rtspkit serve 5678 --root ~/clips --loop", "serve a folder; files start over at their end"],
    [
      "rtspkit serve --transport multicast --ttl 4",
      "send each file once to all its viewers, up to three routers away",
    ],
    ["rtspkit serve --auth users.txt", "demand a password (lab clients are then turned away)"],
    ["rtspkit serve 0 --json", "for scripts: any free port, told in a line of JSON"],
  ],
  flags: SERVE_FLAGS,
  run,
};
