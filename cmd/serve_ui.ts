import { X509Certificate } from "node:crypto";
import denoJson from "../deno.json" with { type: "json" };
import { MediaLibrary } from "../lib/media/library.ts";
import type { LiveSource } from "../lib/media/live/live_source.ts";
import { BindError } from "../lib/net/errors.ts";
import type { TlsCertificate } from "../lib/net/tcp.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { Dashboard, type DashboardOptions } from "../lib/ui/dashboard/dashboard.ts";
import { type EventLog, levelOf } from "../lib/ui/dashboard/event_log.ts";
import { FileList } from "../lib/ui/dashboard/file_list.ts";
import {
  type ServeControl,
  ServeRefusedError,
  type ServeState,
} from "../lib/ui/dashboard/serve_control.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import type { CommandContext } from "./command.ts";
import { EXIT } from "./exit_status.ts";
import { randomBytes } from "./random_bytes.ts";
import { SwitchedServing } from "./serve_control.ts";
import type { Serving } from "./serve_one.ts";
import type { ServeSettings } from "./serve_settings.ts";
import type { UiAddress } from "./serve_ui_address.ts";
import { describeServerEvent, isTalk, jsonLine } from "./server_log.ts";

/** Bytes of pictures kept for the page. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** What `serve` is to be behind a dashboard. */
export interface ServeUiOptions {
  settings: ServeSettings;
  live: ReadonlyMap<string, LiveSource>;
  /** What the page's log shows; the live sources tell theirs there too. */
  log: EventLog;
  /** Serves. @param watch told what happens */
  begin: (settings: ServeSettings, watch: (event: ServerEvent) => void) => Promise<Serving>;
  /** Says that connections are accepted. @param ui the dashboard's address */
  announce: (port: number, ui: string) => Promise<void>;
  json: boolean;
  /** Whether the log shows every event, and not only those that people are told. */
  verbose: boolean;
}

/**
 * Serves behind a dashboard until the person ends the command.
 * @throws {BindError} (as a rejection) when a port or address cannot be had
 */
export async function serveWithUi(
  address: UiAddress,
  options: ServeUiOptions,
  context: CommandContext,
): Promise<number> {
  const { log } = options;
  const watch = (event: ServerEvent): void => {
    if (!options.verbose && !isTalk(event)) return;
    const { wallTime } = context.clock;
    log.add(wallTime(), event.event, describeServerEvent(event), levelOf(event.event));
  };
  const control = new SwitchedServing(
    (port) => options.begin({ ...options.settings, port }, watch),
    (state) => tell(state),
  );
  const trust = await trustIn(options.settings.certificate);
  const ui = openDashboard({ ...address, trust }, control, log, options, context);
  const tell = async ({ port }: ServeState): Promise<void> => {
    const text = port === undefined ? "stopped serving" : `serving on port ${port}`;
    log.add(context.clock.wallTime(), port === undefined ? "stopped" : "ready", text);
    if (port !== undefined) return await options.announce(port, ui.url);
    if (context.signal.aborted) return;
    if (options.json) context.out(jsonLine({ event: "stopped" }, context.clock));
    context.talk("Stopped serving; the dashboard can start it again.");
  };
  try {
    await control.start(options.settings.port).catch(asBindError);
    await Promise.race([control.died, aborted(context.signal)]);
    return EXIT.ok;
  } finally {
    await control.stop().catch(() => {}); // what it died of is thrown already
    await ui.close();
  }
}

/** Players below the dashboard know the server they are part of. */
async function trustIn(certificate: TlsCertificate | undefined): Promise<TlsTrust | undefined> {
  if (certificate === undefined) return undefined;
  const der = new Uint8Array(new X509Certificate(certificate.cert).raw);
  return { fingerprint: new Uint8Array(await crypto.subtle.digest("SHA-256", der)) };
}

function openDashboard(
  address: UiAddress & Pick<DashboardOptions, "trust">,
  control: ServeControl,
  log: EventLog,
  { settings, live }: ServeUiOptions,
  { clock }: CommandContext,
): { url: string; close(): Promise<void> } {
  const library = new MediaLibrary({
    root: settings.root,
    builtIn: BUILT_IN_MEDIA,
    cacheBytes: CACHE_BYTES,
  });
  const dashboard = new Dashboard({
    ...address,
    randomBytes,
    clock,
    control,
    files: new FileList(library, live),
    log,
    version: denoJson.version,
    scheme: settings.certificate === undefined ? "rtsp" : "rtsps",
    serveHost: settings.host,
  });
  return {
    url: reachable(dashboard.url),
    close: async () => {
      await dashboard.close();
      await library.close();
    },
  };
}

/** What could not be done when nothing had begun is the command's own failure. */
function asBindError(error: unknown): never {
  throw error instanceof ServeRefusedError && error.cause instanceof BindError
    ? error.cause
    : error;
}

/** The page's address with a host that a browser on this machine can go to. */
function reachable(url: string): string {
  const at = new URL(url);
  if (at.hostname === "0.0.0.0") at.hostname = "127.0.0.1";
  if (at.hostname === "[::]") at.hostname = "[::1]";
  return at.href;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
