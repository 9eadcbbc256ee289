import { parsePort } from "./flags.ts";
import { UsageError } from "./exit_status.ts";

/** The stream a command is about, as it was named. */
export type StreamTarget =
  | { form: "lab"; hostname: string; port: number; rtpPort: number; file: string }
  | { form: "url"; url: string };

const FORMS = "rtsp://host[:port]/path, or HOST PORT RTP_PORT FILE";

/**
 * Reads how a stream was named.
 * @throws {UsageError} when it is neither form
 */
export function parseTarget(words: string[]): StreamTarget {
  const [first] = words;
  if (first === undefined) throw new UsageError(`name a stream: ${FORMS}`);
  if (words.length === 1 && /^rtspu?s?:\/\//i.test(first)) return { form: "url", url: first };
  if (words.length !== 4) {
    throw new UsageError(`a stream is ${FORMS}; got ${words.length} word(s): ${words.join(" ")}`);
  }
  const [hostname, port, rtpPort, file] = words as [string, string, string, string];
  return {
    form: "lab",
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: parsePort("PORT", port),
    rtpPort: parsePort("RTP_PORT", rtpPort, 0),
    file,
  };
}

/** The target as people write it. */
export function targetName(target: StreamTarget): string {
  if (target.form === "url") return target.url;
  return `${target.hostname} ${target.port} ${target.rtpPort} ${target.file}`;
}
