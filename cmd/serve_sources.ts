import { openUrlMedia } from "../lib/client/open.ts";
import { bytesOrigin, httpOrigin } from "../lib/media/live/http_origin.ts";
import { LiveSource, type LiveState } from "../lib/media/live/live_source.ts";
import type { Pull } from "../lib/media/live/origin.ts";
import type { Clock } from "../lib/net/clock.ts";
import { CertificateError, type TlsTrust } from "../lib/net/tls_trust.ts";
import { trustingFetch } from "../lib/net/trusting_fetch.ts";
import type { RtspUrl } from "../lib/rtsp/url.ts";
import { randomBytes } from "./random_bytes.ts";
import type { Origin, SourceSetting } from "./serve_source_settings.ts";

/** How long an RTSP origin may take for each of its answers, in ms. */
const RTSP_TIMEOUT_MS = 10_000;

/** A live source's change, for people and programs. */
export type SourceEvent = { event: "source"; source: string } & LiveState;

/** What live sources work with. */
export interface OpenSourcesOptions {
  clock: Clock;
  /** What is trusted beside the authorities that this machine knows, by source. */
  trust?: ReadonlyMap<string, TlsTrust> | undefined;
  onEvent: (event: SourceEvent) => void;
}

/** Opens the sources, by name. Standard input is read at once, the others when somebody watches. */
export function openSources(
  settings: readonly SourceSetting[],
  { clock, trust, onEvent }: OpenSourcesOptions,
): Map<string, LiveSource> {
  return new Map(settings.map(({ name, origin }) => {
    const fromStdin = origin.kind === "stdin";
    const source = new LiveSource({
      name,
      pull: hinting(name, pullOf(origin, clock, trust?.get(name))),
      clock,
      random: Math.random,
      always: fromStdin,
      once: fromStdin,
      onState: (state) => onEvent({ event: "source", source: name, ...state }),
    });
    return [name, source];
  }));
}

function pullOf(origin: Origin, clock: Clock, trust: TlsTrust | undefined): Pull {
  switch (origin.kind) {
    case "stdin":
      return bytesOrigin(() => Deno.stdin.readable);
    case "http":
      return httpOrigin({
        ...{ ...origin, clock, randomBytes, fetch: trustingFetch(trust) },
        tells: (error) => error instanceof CertificateError,
      });
    case "rtsp":
      return rtspOrigin(origin.url, clock, trust);
  }
}

/** A source that is not trusted is trusted from here on by a flag. */
function hinting(name: string, pull: Pull): Pull {
  return (sink, signal) =>
    pull(sink, signal).catch((error) => {
      if (!(error instanceof CertificateError)) throw error;
      throw new CertificateError(`${error.message} (--source-trust ${name}=SHA256 would do)`);
    });
}

/** Pulls a JPEG stream from another RTSP server, or a course-lab one. */
function rtspOrigin(url: RtspUrl, clock: Clock, trust: TlsTrust | undefined): Pull {
  const { username, password = "" } = url;
  return async (sink, signal) => {
    const session = await openUrlMedia(url, {
      clock,
      timeout: RTSP_TIMEOUT_MS,
      observer: {
        frame: ({ jpeg, damage }) => {
          if (jpeg !== undefined && damage === undefined) sink.frame(jpeg);
          else sink.trouble(`picture left out: ${damage}`);
        },
      },
      signal,
      trust,
      dialect: "auto",
      transport: "auto",
      encodings: ["JPEG"],
      rtpPort: 0,
      credentials: username === undefined ? undefined : { username, password },
      randomBytes,
    });
    const { promise: aborted, resolve: onAbort } = Promise.withResolvers<"stopped">();
    const abort = (): void => onAbort("stopped");
    signal.addEventListener("abort", abort, { once: true });
    try {
      await session.play();
      const reason = await Promise.race([session.ended, aborted]);
      throw new Error(reason === "silence" ? "nothing comes any more" : "the stream ended");
    } finally {
      signal.removeEventListener("abort", abort);
      await session.close();
    }
  };
}

/** One line about a source's change. */
export function describeSourceEvent(event: SourceEvent): string {
  const { source } = event;
  switch (event.state) {
    case "receiving":
      return `source ${source}: pictures come`;
    case "waiting":
      return `source ${source}: ${event.problem}; next try in ${
        (event.retryMs / 1000).toFixed(1)
      } s`;
    case "troubled":
      return `source ${source}: ${event.problem}`;
    case "idle":
      return `source ${source}: nobody watches, connection closed`;
    case "ended":
      return `source ${source}: ended`;
  }
}
