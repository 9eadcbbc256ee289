import { MediaLibrary } from "../lib/media/library.ts";
import { hostPort } from "../lib/net/address.ts";
import { type Segmentation, SEGMENTATIONS } from "../lib/net/frame_sender.ts";
import { listenTcp, listenTls } from "../lib/net/tcp.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import {
  DEFAULT_SERVER_LIMITS,
  DEFAULT_SERVER_OPTIONS,
  type TransportChoice,
} from "../lib/server/options.ts";
import type { MulticastOptions } from "../lib/server/rtsp/multicast_groups.ts";
import { RtspServer } from "../lib/server/server.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import { type Command, type CommandContext, COMMON_FLAGS } from "./command.ts";
import { EXIT, LocalError, UsageError } from "./exit_status.ts";
import { type FlagValues, parseFlags, parsePort, parsePortRange } from "./flags.ts";
import { makeAuthenticator, parseMulticastGroup, readCertificate, REALM } from "./serve_access.ts";
import { describeServerEvent, isTalk } from "./server_log.ts";

const DEFAULT_PORT = 8554;

const FLAGS = {
  root: {
    kind: "text",
    placeholder: "DIR",
    help: "what may be served: files under DIR (./media where it exists, else .)",
  },
  host: { kind: "text", placeholder: "ADDR", help: "address to listen on (all)" },
  fps: {
    kind: "number",
    placeholder: "N",
    help: `frames a second of files that state none (${DEFAULT_SERVER_OPTIONS.fps})`,
    least: 0.01,
    most: 1000,
  },
  loop: { kind: "boolean", help: "start over at the end", excludes: "once" },
  once: { kind: "boolean", help: "stop at the end (this is the default)" },
  "udp-ports": {
    kind: "text",
    placeholder: "A-B",
    help: "UDP ports to choose from for RTP and RTCP (any that are free)",
  },
  transport: {
    kind: "text",
    placeholder: "T",
    choices: ["auto", "udp", "tcp", "multicast"],
    help: "auto, udp, tcp, or multicast: one stream for all viewers of a file (auto)",
  },
  ttl: {
    kind: "integer",
    placeholder: "N",
    help: "how far multicast goes: routers to cross plus one (1)",
    least: 1,
    most: 255,
  },
  "multicast-group": {
    kind: "text",
    placeholder: "GROUP",
    help: "A.B.C.D[:PORT] for all files, their ports counting up (one in 239.255/16 each)",
  },
  auth: {
    kind: "text",
    placeholder: "NAME:PASS|FILE",
    help: `demand a password; FILE has NAME:PASS a line, or htdigest's for realm ${REALM}`,
  },
  "auth-basic": {
    kind: "boolean",
    help: "take Basic too without TLS, which shows the password to the network",
  },
  "tls-cert": { kind: "text", placeholder: "FILE", help: "RTSPS: the certificate chain, PEM" },
  "tls-key": { kind: "text", placeholder: "FILE", help: "RTSPS: its private key, PEM" },
  segmentation: {
    kind: "text",
    placeholder: "WHERE",
    choices: SEGMENTATIONS,
    help: "let the kernel cut UDP frames: everywhere, elsewhere (not on this machine), never",
  },
  "session-timeout": {
    kind: "duration",
    placeholder: "D",
    help: "how long an RTSP session lives without a sign of its client (60s)",
    least: 1000,
  },
  "max-sessions": {
    kind: "integer",
    placeholder: "N",
    help: `sessions at once (${DEFAULT_SERVER_LIMITS.maxSessions})`,
    least: 1,
  },
  "max-connections": {
    kind: "integer",
    placeholder: "N",
    help: `connections at once (${DEFAULT_SERVER_LIMITS.maxConnections})`,
    least: 1,
  },
  ...COMMON_FLAGS,
} as const;

type ServeFlags = FlagValues<typeof FLAGS>;

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  if (words.length > 1) throw new UsageError(`serve takes one PORT, got: ${words.join(" ")}`);
  const port = words[0] === undefined ? DEFAULT_PORT : parsePort("PORT", words[0], 0);
  const root = await servedFolder(flags.root);
  const media = new MediaLibrary({ root, builtIn: BUILT_IN_MEDIA });
  const server = await makeServer(port, media, flags, context);
  const stop = (): void => server.close();
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    const serving = server.serve();
    await announce(server, media, root, flags, context);
    if (context.signal.aborted) stop();
    await serving;
  } finally {
    server.close();
    await media.close();
  }
  return EXIT.ok;
}

/** @throws {LocalError} when there is no such folder */
async function servedFolder(asked: string | undefined): Promise<string> {
  if (asked === undefined) return await isFolder("media") ? "media" : ".";
  if (await isFolder(asked)) return asked;
  throw new LocalError(`--root ${asked}: no such folder (name one that exists)`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

async function makeServer(
  port: number,
  media: MediaLibrary,
  flags: ServeFlags,
  context: CommandContext,
): Promise<RtspServer> {
  const { clock } = context;
  const authenticator = await makeAuthenticator(flags, clock, randomBytes);
  const certificate = await readCertificate(flags["tls-cert"], flags["tls-key"]);
  const multicast = multicastOf(flags);
  const listener = certificate === undefined
    ? listenTcp(flags.host, port)
    : listenTls(flags.host, port, certificate);
  return new RtspServer(listener, {
    media,
    clock,
    randomBytes,
    ...DEFAULT_SERVER_OPTIONS,
    transport: flags.transport as TransportChoice | undefined ?? "auto",
    segmentation: flags.segmentation as Segmentation | undefined ?? "elsewhere",
    multicast,
    authenticator,
    fps: flags.fps ?? DEFAULT_SERVER_OPTIONS.fps,
    loop: flags.loop ?? false,
    sessionTimeout: (flags["session-timeout"] ?? 60_000) / 1000,
    udpPorts: flags["udp-ports"] === undefined ? undefined : parsePortRange(flags["udp-ports"]),
    limits: {
      ...DEFAULT_SERVER_LIMITS,
      maxSessions: flags["max-sessions"] ?? DEFAULT_SERVER_LIMITS.maxSessions,
      maxConnections: flags["max-connections"] ?? DEFAULT_SERVER_LIMITS.maxConnections,
    },
    onEvent: (event) => report(event, flags, context),
  });
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** @throws {UsageError} when multicast is described and not asked for */
function multicastOf(flags: ServeFlags): MulticastOptions {
  const { transport, ttl = DEFAULT_SERVER_OPTIONS.multicast.ttl } = flags;
  const group = flags["multicast-group"];
  const described = flags.ttl !== undefined || group !== undefined;
  if (described && transport !== "multicast") {
    throw new UsageError("--ttl and --multicast-group need --transport multicast");
  }
  return { ttl, ...(group === undefined ? {} : parseMulticastGroup(group)) };
}

/** Says what can be asked for, once connections are accepted. */
async function announce(
  server: RtspServer,
  media: MediaLibrary,
  root: string,
  flags: ServeFlags,
  context: CommandContext,
): Promise<void> {
  const { port } = server.listener.addr;
  const host = flags.host === undefined ? "localhost" : flags.host;
  const scheme = flags["tls-cert"] === undefined ? "rtsp" : "rtsps";
  const names = await media.list();
  const urls = names.map((name) => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return `${scheme}://${hostPort(host, port)}/${path}`;
  });
  if (flags.json) context.out(JSON.stringify({ event: "ready", port, urls }));
  else for (const url of urls) context.out(url);
  context.talk(`Serving ${names.length} file(s) of ${root} on port ${port}. Ctrl-C ends it.`);
  const first = names[0];
  // Lab clients speak neither of TLS nor of passwords.
  if (first !== undefined && scheme === "rtsp" && flags.auth === undefined) {
    context.talk(`Play one: rtspkit play ${host} ${port} 6666 ${first}`);
  }
}

function report(event: ServerEvent, flags: ServeFlags, context: CommandContext): void {
  if (flags.json) context.out(JSON.stringify(event));
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
  flags: FLAGS,
  run,
};
