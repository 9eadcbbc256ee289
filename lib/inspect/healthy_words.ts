import { describedFormat, formatWords } from "../codec/format.ts";
import type { SessionInspector } from "./session_inspector.ts";
import type { StreamInspector } from "./stream_inspector.ts";
import { count } from "./words.ts";

/** That nothing is wrong with what plays: `"healthy: video H.264 High@4.0 1920x1080 25 fps over UDP"`. */
export function healthyWords({ streams, exchange }: SessionInspector): string {
  if (streams.length === 0) return "nothing was played";
  const names = streams.map(streamWords).join("; ");
  const over = exchange.transport === undefined ? "" : ` over ${exchange.transport.toUpperCase()}`;
  const packets = streams.reduce((sum, { statistics }) => sum + statistics.packets, 0);
  return `healthy: ${names}${over}, ${count(packets, "packet")} and none missing`;
}

/** A stream by its name and format: what it says of itself goes before what was said of it. */
export function streamWords(stream: StreamInspector): string {
  return [stream.name, formatOf(stream)].filter((words) => words !== "").join(" ");
}

/** A stream's format in plain words, with the frame rate as measured where it is video. */
export function formatOf(stream: StreamInspector): string {
  const { format, seen, clock, described } = stream;
  if (format.encoding === "") return "of unknown encoding";
  const known = { ...describedFormat(format), ...seen };
  const isVideo = described === undefined
    ? known.width !== undefined || format.encoding.toUpperCase() === "JPEG"
    : described.mediaType === "video";
  const fps = isVideo ? clock.mediaFps : undefined;
  if (fps !== undefined) known.frameRate = Math.round(fps * 10) / 10;
  return formatWords(known);
}
