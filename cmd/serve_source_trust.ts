import type { TlsTrust } from "../lib/net/tls_trust.ts";
import { UsageError } from "./exit_status.ts";
import type { Origin, SourceSetting } from "./serve_source_settings.ts";
import {
  certificatesIn,
  looksLikeFingerprint,
  noFingerprint,
  readFingerprint,
} from "./tls_trust_flags.ts";

/**
 * Reads what `--source-trust` says, each time it was given.
 * @returns what is trusted beside the authorities that this machine knows, by source
 * @throws {UsageError} when one makes no sense for the sources there are, or lacks digits
 * @throws {LocalError} (as a rejection) when a file cannot be read, or holds no certificate
 */
export async function readSourceTrust(
  values: readonly string[] = [],
  sources: readonly SourceSetting[],
): Promise<Map<string, TlsTrust>> {
  const trusted = new Map<string, TlsTrust>();
  for (const value of values) {
    const equals = value.indexOf("=");
    const name = value.slice(0, Math.max(0, equals));
    const what = value.slice(equals + 1);
    if (name === "" || what === "") {
      throw new UsageError(
        `--source-trust ${JSON.stringify(value)}: give NAME=SHA256 or NAME=FILE, PEM`,
      );
    }
    const source = sources.find((each) => each.name === name);
    if (source === undefined) throw new UsageError(`--source-trust: no --source is called ${name}`);
    if (!hasCertificate(source.origin)) {
      throw new UsageError(`--source-trust ${name}: only rtsps:// and https:// show a certificate`);
    }
    if (trusted.has(name)) throw new UsageError(`--source-trust: two are for ${name}`);
    const fingerprint = readFingerprint(what);
    const flag = `--source-trust ${name}=${what}`;
    if (fingerprint === undefined && looksLikeFingerprint(what)) throw noFingerprint(flag);
    trusted.set(
      name,
      fingerprint === undefined
        ? { authorities: await certificatesIn(what, flag) }
        : { fingerprint },
    );
  }
  return trusted;
}

function hasCertificate(origin: Origin): boolean {
  if (origin.kind === "http") return origin.url.startsWith("https:");
  return origin.kind === "rtsp" && origin.url.scheme === "rtsps";
}
