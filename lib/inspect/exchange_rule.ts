import type { DescribedTrack } from "./described.ts";
import type { Asked, Exchange } from "./exchange.ts";
import { type Finding, finding } from "./finding.ts";
import type { Ending } from "./rule.ts";

/** Seconds a session lives where the server does not say (RFC 2326, section 12.37). */
const DEFAULT_TIMEOUT_S = 60;
/** A server that ends a stream right after PLAY does so for another reason than its timeout. */
const LEAST_LIFE_MS = 3000;
const SESSION_NOT_FOUND = 454;
/** Timeouts that servers use: a stream that stops then has probably not stopped by chance. */
const USUAL_TIMEOUTS_S = [10, 15, 20, 25, 30, 40, 45, 50];

/** What conclusions are drawn from about the exchange of requests. */
export interface ExchangeFacts {
  exchange: Exchange;
  tracks: readonly DescribedTrack[];
  /** URL that DESCRIBE named. */
  describedUrl: string | undefined;
  ending: Ending;
  /** When the last packet came, in ms since the Unix epoch; undefined when none did. */
  lastPacketAt: number | undefined;
}

/** What the requests and their replies show. */
export function exchangeFindings(facts: ExchangeFacts): Finding[] {
  return [
    keepAlive(facts.exchange),
    sessionTimeout(facts),
    contentBase(facts),
    controls(facts.tracks),
  ].filter((found) => found !== undefined);
}

/** Methods by which a client says that it is still there, refused. */
function keepAlive({ keepAlives, sessionTimeout }: Exchange): Finding | undefined {
  const refused = keepAlives.filter((asked) => {
    return (asked.reply?.status ?? 0) >= 400 && !isTooEarly(asked, sessionTimeout);
  });
  const [first] = refused;
  if (first === undefined) return undefined;
  const methods = [...new Set(refused.map(({ method }) => method))].join(" and ");
  const message = `${methods} is refused while the stream plays: players that keep their session ` +
    "alive by it lose it, or stop at once";
  const { status, reason } = first.reply!;
  const evidence = `${first.method} was answered ${status} ${reason}`.trim();
  return finding("keep-alive-refused", message, evidence);
}

/** A session that is over although we asked for something within its timeout. */
function sessionTimeout(
  { exchange, ending, lastPacketAt, tracks }: ExchangeFacts,
): Finding | undefined {
  const { sessionTimeout = DEFAULT_TIMEOUT_S, playedAt, keepAlives } = exchange;
  const announced = exchange.sessionTimeout === undefined
    ? `${DEFAULT_TIMEOUT_S} s, the default`
    : `${sessionTimeout} s`;
  const early = keepAlives.find((asked) => isTooEarly(asked, exchange.sessionTimeout));
  if (early !== undefined) {
    const message = `The server forgot the session before the timeout of ${announced}`;
    const evidence = `${early.method}, ${seconds(early.since!)} after the request before it, was ` +
      `answered ${SESSION_NOT_FOUND}`;
    return finding("session-timeout", message, evidence);
  }
  const last = exchange.lastAskedAt;
  if (ending.reason !== "cut" && ending.reason !== "silence") return undefined;
  if (playedAt === undefined || lastPacketAt === undefined || last === undefined) return undefined;
  if (tracks.length === 0 || tracks.some(({ hasEnd }) => hasEnd)) return undefined;
  const lastBefore = exchange.asked.findLast(({ time }) => time <= lastPacketAt)?.time ?? playedAt;
  const idle = lastPacketAt - lastBefore;
  const usual = USUAL_TIMEOUTS_S.find((each) => Math.abs(idle / 1000 - each) <= 1);
  if (usual === undefined || usual >= sessionTimeout) return undefined;
  const message = `A stream without an announced end stopped ${seconds(idle)} after our last ` +
    `request, as if the session timeout were ${usual} s; announced is ${announced}`;
  const evidence = `the last packet came ${seconds(lastPacketAt - playedAt)} after PLAY`;
  return finding("session-timeout", message, evidence);
}

function isTooEarly({ reply, since }: Asked, timeout = DEFAULT_TIMEOUT_S): boolean {
  return reply?.status === SESSION_NOT_FOUND && since !== undefined && since >= LEAST_LIFE_MS &&
    since < timeout * 1000;
}

/** Whether clients that resolve control URLs by the book come to the same place as others. */
function contentBase({ exchange, tracks, describedUrl }: ExchangeFacts): Finding | undefined {
  const base = exchange.contentBase?.trim();
  if (base === undefined || base === "") return undefined;
  const evidence = `Content-Base: ${withoutCredentials(base)}`;
  if (/^(?:rtsps?:\/\/){2,}/i.test(base)) {
    return finding("content-base", "Content-Base has its scheme twice", evidence);
  }
  if (!/^rtsps?:\/\//i.test(base)) {
    return finding("content-base", "Content-Base is no whole URL: it has no scheme", evidence);
  }
  const relative = tracks.filter(({ control }) => {
    return control !== undefined && control !== "*" && !/^rtsps?:\/\//i.test(control);
  });
  if (relative.length > 0 && !base.endsWith("/")) {
    const message = "Content-Base ends without a slash and controls are relative to it: players " +
      "that resolve URLs by the book (GStreamer) lose its last part";
    const controls = relative.map(({ control }) => control).join(", ");
    return finding("content-base", message, `${evidence}, control ${controls}`);
  }
  const asked = hostOf(describedUrl ?? ""), stated = hostOf(base);
  if (asked === undefined || stated === undefined || asked === stated) return undefined;
  const message = `Content-Base names another host (${stated}) than was asked (${asked}): ` +
    "harmless on this connection, but a player that connects anew gets lost";
  return finding("content-base", message, evidence, { level: "info" });
}

function controls(tracks: readonly DescribedTrack[]): Finding | undefined {
  const incoming = tracks.filter(({ sendOnly }) => !sendOnly);
  if (incoming.length < 2) return undefined;
  const bare = incoming.filter(({ control }) => control === undefined);
  if (bare.length > 0) {
    const message = "There are several streams, and not each has a control URL to set it up by";
    const evidence = `no a=control of ${bare.map(({ name }) => name).join(", ")}`;
    return finding("control-missing", message, evidence);
  }
  const names = incoming.map(({ control }) => control!);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return undefined;
  const message = "Several streams have the same control URL";
  return finding(
    "control-missing",
    message,
    `a=control:${withoutCredentials(twice)} more than once`,
  );
}

function hostOf(url: string): string | undefined {
  return /^rtsps?:\/\/(?:[^/]*@)?(\[[^\]]*\]|[^:/?]+)/i.exec(url)?.[1]?.toLowerCase();
}

function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
