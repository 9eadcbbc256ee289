import type { Segmentation } from "../lib/net/frame_sender.ts";
import type { TlsCertificate } from "../lib/net/tcp.ts";
import {
  DEFAULT_SERVER_LIMITS,
  DEFAULT_SERVER_OPTIONS,
  type ServerLimits,
  type ServerOptions,
  type TransportChoice,
} from "../lib/server/options.ts";
import type { MulticastOptions } from "../lib/server/rtsp/multicast_groups.ts";
import type { CertificateFiles } from "./certificate_watch.ts";
import { LocalError, UsageError } from "./exit_status.ts";
import { parsePort, parsePortRange } from "./flags.ts";
import { parseImpairment } from "./impair_flag.ts";
import { randomBytes } from "./random_bytes.ts";
import {
  type AccessSettings,
  parseMulticastGroup,
  readAccess,
  readCertificate,
} from "./serve_access.ts";
import type { ServeFlags } from "./serve_flags.ts";

const DEFAULT_PORT = 8554;

/** What a server is made of from outside, which no flag can say. */
type FromOutside = "media" | "clock" | "randomBytes" | "authenticator" | "onEvent";

/** What `serve` was asked to be: plain values, which go to worker threads as they are. */
export interface ServeSettings {
  /** 0 for any free one. */
  port: number;
  /** The address to listen on; undefined for all. */
  host: string | undefined;
  /** Undefined for plain TCP. */
  certificate: TlsCertificate | undefined;
  /** Where it came from. */
  certificateFiles?: CertificateFiles | undefined;
  /** The SHA-256 of a certificate that was made for this run. */
  fingerprint?: string | undefined;
  /** The folder that is served. */
  root: string;
  /** Who may use the server; undefined for everybody. */
  access: AccessSettings | undefined;
  options: Omit<ServerOptions, FromOutside | "places" | "relay">;
}

/**
 * Settings from the command line; what files say is read now.
 * @throws {UsageError} when the words make no sense
 * @throws {LocalError} when a file or folder cannot be used
 */
export async function readSettings(words: string[], flags: ServeFlags): Promise<ServeSettings> {
  if (words.length > 1) throw new UsageError(`serve takes one PORT, got: ${words.join(" ")}`);
  const { "udp-ports": udpPorts } = flags;
  return {
    port: words[0] === undefined ? DEFAULT_PORT : parsePort("PORT", words[0], 0),
    host: flags.host,
    root: await servedFolder(flags.root),
    access: await readAccess(flags),
    ...await certificateOf(flags),
    options: {
      ...DEFAULT_SERVER_OPTIONS,
      transport: flags.transport as TransportChoice | undefined ?? DEFAULT_SERVER_OPTIONS.transport,
      segmentation: flags.segmentation as Segmentation | undefined ??
        DEFAULT_SERVER_OPTIONS.segmentation,
      srtp: srtpOf(flags),
      multicast: multicastOf(flags),
      impairment: parseImpairment(flags.impair),
      fps: flags.fps ?? DEFAULT_SERVER_OPTIONS.fps,
      loop: flags.loop ?? false,
      sessionTimeout: (flags["session-timeout"] ?? 60_000) / 1000,
      udpPorts: udpPorts === undefined ? undefined : parsePortRange("--udp-ports", udpPorts),
      sessionAnyConnection: flags["session-any-connection"] ?? false,
      limits: limitsOf(flags),
    },
  };
}

/** The certificate: that of the files named, or one made now, whose fingerprint is to be told. */
async function certificateOf(
  { host, "tls-cert": cert, "tls-key": key, "tls-self-signed": made }: ServeFlags,
): Promise<Pick<ServeSettings, "certificate" | "certificateFiles" | "fingerprint">> {
  if (made && key === undefined) {
    // What builds certificates is large, and few need it.
    const { selfSigned } = await import("../lib/net/self_signed.ts");
    const hosts = [
      ...new Set(["localhost", "127.0.0.1", "::1", ...host === undefined ? [] : [host]]),
    ];
    const { fingerprint, ...certificate } = await selfSigned({
      hosts,
      wallTime: Date.now(),
      randomBytes,
    });
    return { certificate, fingerprint };
  }
  const certificate = await readCertificate(cert, key);
  if (cert === undefined || key === undefined) return { certificate };
  return { certificate, certificateFiles: { cert, key } };
}

/** The limits, those that flags name as they say. */
function limitsOf(flags: ServeFlags): ServerLimits {
  const usual = DEFAULT_SERVER_LIMITS;
  const rate = flags["request-rate"] ?? usual.requestsPerSecond;
  const perAddress = [flags["max-connections-per-address"], flags["max-sessions-per-address"]];
  return {
    ...usual,
    maxSessions: flags["max-sessions"] ?? usual.maxSessions,
    maxSessionsPerAddress: flags["max-sessions-per-address"] ?? usual.maxSessionsPerAddress,
    maxSessionsPerConnection: flags["max-sessions-per-connection"] ??
      usual.maxSessionsPerConnection,
    maxStreamsPerFile: flags["max-streams-per-file"] ?? usual.maxStreamsPerFile,
    maxConnections: flags["max-connections"] ?? usual.maxConnections,
    maxConnectionsPerAddress: flags["max-connections-per-address"] ??
      usual.maxConnectionsPerAddress,
    maxOpenFiles: flags["max-open-files"] ?? usual.maxOpenFiles,
    // Who names a limit for addresses means all of them.
    countLoopback: perAddress.some((limit) => limit !== undefined),
    requestsPerSecond: rate,
    requestBurst: usual.requestBurst * rate / usual.requestsPerSecond,
    idleMs: flags["idle-timeout"] ?? usual.idleMs,
  };
}

/** @throws {LocalError} when there is no such folder, or it cannot be read */
async function servedFolder(asked: string | undefined): Promise<string> {
  if (asked === undefined) return await isFolder("media") ? "media" : ".";
  if (!await isFolder(asked)) {
    throw new LocalError(`--root ${asked}: no such folder (name one that exists)`);
  }
  try {
    for await (const _ of Deno.readDir(asked)) break;
  } catch (cause) {
    throw new LocalError(`--root ${asked}: this folder cannot be read`, { cause });
  }
  return asked;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** @throws {UsageError} when all viewers would have to share one key */
function srtpOf({ srtp = false, transport }: ServeFlags): boolean {
  if (srtp && transport === "multicast") {
    throw new UsageError("--srtp has a key for each viewer, and --transport multicast one stream");
  }
  return srtp;
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
