import type { LiveSource } from "../lib/media/live/live_source.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { EventLog } from "../lib/ui/dashboard/event_log.ts";
import type { Command, CommandContext } from "./command.ts";
import { EXIT } from "./exit_status.ts";
import { parseFlags } from "./flags.ts";
import { announce } from "./serve_announce.ts";
import { parseSources, type SourceSetting } from "./serve_source_settings.ts";
import type { SourceEvent } from "./serve_sources.ts";
import { SERVE_FLAGS, type ServeFlags } from "./serve_flags.ts";
import type { Serving } from "./serve_one.ts";
import { parseUiAddress } from "./serve_ui_address.ts";
import { readSettings, type ServeSettings } from "./serve_settings.ts";
import { workerCount } from "./serve_worker_count.ts";
import { describeServerEvent, isTalk, jsonLine } from "./server_log.ts";

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, SERVE_FLAGS);
  if (flags.check) {
    const { checkFiles } = await import("./serve_check.ts");
    return await checkFiles(words, { json: flags.json ?? false, fps: flags.fps }, context);
  }
  if (flags["hash-password"] !== undefined) {
    const { userLine } = await import("./serve_access.ts");
    context.out(userLine(flags["hash-password"], await new Response(Deno.stdin.readable).text()));
    return EXIT.ok;
  }
  context.neverWait();
  const settings = await readSettings(words, flags);
  if (settings.certificateFiles !== undefined) surviveHangUp();
  const sources = parseSources(flags.source);
  const ui = flags.ui === undefined ? undefined : parseUiAddress(flags.ui);
  const log = new EventLog();
  const live = await openLive(sources, flags, log, context);
  if (ui !== undefined) {
    const { serveWithUi } = await import("./serve_ui.ts");
    return await serveWithUi(ui, {
      settings,
      live,
      log,
      begin: (settings, watch) => begin(settings, live, flags, context, watch),
      announce: (port, ui) => announce(port, { ...settings, sources, ui }, flags, context),
      json: flags.json ?? false,
      verbose: flags.verbose ?? false,
    }, context).finally(() => closeAll(live));
  }
  const serving = await begin(settings, live, flags, context).catch((error) => {
    closeAll(live);
    throw error;
  });
  const stop = (): void => serving.stop();
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    await announce(serving.port, { ...settings, sources }, flags, context);
    if (context.signal.aborted) stop();
    await serving.ended;
  } finally {
    stop();
    closeAll(live);
  }
  return EXIT.ok;
}

/** Those who renew certificates say so by SIGHUP; their files are looked at all the time anyway. */
function surviveHangUp(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGHUP", () => {});
}

/** The live sources that were asked for. What pulls them is not loaded for nothing. */
async function openLive(
  settings: readonly SourceSetting[],
  flags: ServeFlags,
  log: EventLog,
  context: CommandContext,
): Promise<Map<string, LiveSource>> {
  const trust = flags["source-trust"] === undefined ? undefined : await import(
    "./serve_source_trust.ts"
  ).then(({ readSourceTrust }) => readSourceTrust(flags["source-trust"], settings));
  if (settings.length === 0) return new Map();
  const { describeSourceEvent, openSources } = await import("./serve_sources.ts");
  const onEvent = (event: SourceEvent): void => {
    if (flags.json) context.out(jsonLine(event, context.clock));
    const line = describeSourceEvent(event);
    context.talk(line);
    const isTrouble = event.state === "waiting" || event.state === "troubled";
    log.add(context.clock.wallTime(), event.event, line, isTrouble ? "warning" : "info");
  };
  return openSources(settings, { clock: context.clock, trust, onEvent });
}

function closeAll(live: ReadonlyMap<string, LiveSource>): void {
  for (const source of live.values()) source.close();
}

/** Serves in this thread or in workers; connections are accepted when it resolves. */
async function begin(
  settings: ServeSettings,
  live: ReadonlyMap<string, LiveSource>,
  flags: ServeFlags,
  context: CommandContext,
  watch?: (event: ServerEvent) => void,
): Promise<Serving> {
  const { clock } = context;
  const count = workerCount({
    ...settings.options,
    asked: flags.workers,
    os: Deno.build.os,
    cores: navigator.hardwareConcurrency,
  });
  const tell = (event: ServerEvent, worker?: number): void => {
    report(event, worker, flags, context);
    watch?.(event);
  };
  const { letEngineGiveWay } = await import("../lib/net/native/engine_threads.ts");
  letEngineGiveWay();
  // What is not needed is not loaded: the workers load the server each for itself.
  if (count === 1) {
    const { serveOne } = await import("./serve_one.ts");
    return serveOne(settings, { clock, onEvent: tell, live });
  }
  const { serveCrew } = await import("./serve_crew.ts");
  const { CrewVoice } = await import("./crew_voice.ts");
  const voice = new CrewVoice(count, clock, tell);
  const onEvent = (event: ServerEvent, worker: number): void => voice.hear(event, worker);
  const tellAll = (flags.json ?? false) || (flags.verbose ?? false);
  return await serveCrew(settings, { count, clock, tellAll, onEvent, live });
}

/** @param worker the worker it happened in, where there are several */
function report(
  event: ServerEvent,
  worker: number | undefined,
  flags: ServeFlags,
  context: CommandContext,
): void {
  if (flags.json) {
    const line = worker === undefined ? event : { ...event, worker };
    context.out(jsonLine(line, context.clock));
  }
  if (flags.verbose || isTalk(event)) context.talk(describeServerEvent(event));
}

export const serve: Command = {
  name: "serve",
  summary: "stream Motion-JPEG files to lab clients and RTSP players",
  usage: [
    "rtspkit serve [PORT] [flags]      (port 8554; 0 for any free one)",
    "rtspkit serve --check FILE … [--json]",
  ],
  examples: [
    ["rtspkit serve 5678", "serve ./media, or a built-in movie.Mjpeg, on port 5678"],
    ["rtspkit serve 5678 --root ~/clips --loop", "serve a folder; files start over at their end"],
    [
      "rtspkit serve --transport multicast --ttl 4",
      "send each file once to all its viewers, up to three routers away",
    ],
    [
      "rtspkit serve --source cam=-",
      "serve what is piped in as rtsp://HOST:8554/cam: ffmpeg -i FILE -f mjpeg - | rtspkit …",
    ],
    [
      "rtspkit serve --source door=http://USER:PASS@192.0.2.7/video.mjpg",
      "serve a camera's Motion JPEG to any number of viewers (rtsp:// cameras too)",
    ],
    ["rtspkit serve --auth users.txt", "demand a password (lab clients are then turned away)"],
    [
      "rtspkit serve --tls-self-signed",
      "RTSPS with a certificate made on the spot; clients are told its SHA-256",
    ],
    ["rtspkit serve --ui 8080", "see who watches what in the browser, and stop and start there"],
    ["rtspkit serve --check clips/*", "say what files are and what serving them takes"],
    ["rtspkit serve 0 --json", "for scripts: any free port, told in a line of JSON"],
  ],
  flags: SERVE_FLAGS,
  run,
};
