import type { MediaSession } from "../../client/media_session.ts";
import type { Observer } from "../../client/observer.ts";
import { openLabMedia, type OpenOptions, openUrlMedia } from "../../client/open.ts";
import type { Credentials } from "../../client/rtsp/requester.ts";
import type { Clock } from "../../net/clock.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import type { StreamAddress } from "./stream_address.ts";

/** What opening a stream needs beside its address. */
export interface OpenStreamOptions {
  clock: Clock;
  randomBytes: (length: number) => Uint8Array;
  timeout: number;
  observer: Observer;
  signal: AbortSignal;
  credentials: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
}

/** Opens a stream whose pictures can be shown. @throws what opening throws */
export function openStream(
  { target, dialect, transport }: StreamAddress,
  options: OpenStreamOptions,
): Promise<MediaSession> {
  const all: OpenOptions = {
    ...options,
    dialect,
    transport,
    encodings: ["JPEG"],
    rtpPort: target.form === "lab" ? target.rtpPort : 0,
    credentials: options.credentials ?? credentialsOf(target),
  };
  return target.form === "lab" ? openLabMedia(target, all) : openUrlMedia(target.url, all);
}

function credentialsOf(target: StreamAddress["target"]): Credentials | undefined {
  if (target.form !== "url" || target.url.username === undefined) return undefined;
  return { username: target.url.username, password: target.url.password ?? "" };
}
