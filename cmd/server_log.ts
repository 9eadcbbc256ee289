import type { Clock } from "../lib/net/clock.ts";
import type { ServerEvent, SessionFacts } from "../lib/server/events.ts";
import { impairedLine } from "./impair_flag.ts";

/** Whether an event is worth a line when nobody asked for every detail. */
export function isTalk(event: ServerEvent): boolean {
  if (event.event === "session-report") return false;
  return event.event.startsWith("session-") || event.event === "error" ||
    event.event === "media-transcoded" || event.event === "media-changed" ||
    event.event === "limit-reached" || event.event === "certificate";
}

/** One event as a line for programs, with the time it is told (ISO 8601). */
export function jsonLine<E extends { event: string }>(
  { event, ...facts }: E,
  { wallTime }: Pick<Clock, "wallTime">,
): string {
  return JSON.stringify({ event, ...facts, time: new Date(wallTime()).toISOString() });
}

/** One line about one event. */
export function describeServerEvent(event: ServerEvent): string {
  switch (event.event) {
    case "connected":
      return `${event.peer} connected`;
    case "disconnected":
      return `${event.peer} disconnected: ${event.reason}`;
    case "request":
      return `${event.peer} ${event.method} ${event.target} ${event.status}`;
    case "error":
      return `${event.peer} error: ${event.message}`;
    case "certificate":
      return event.message;
    case "limit-reached": {
      const times = event.times === 1 ? "" : ` (${event.times} times)`;
      return `${event.peer} limit reached: ${event.limit}${times}`;
    }
    case "media-transcoded":
    case "media-changed":
      return `${event.file}: ${event.message}`;
    case "session-setup":
      return `${who(event)} set up`;
    case "session-playing":
      return `${who(event)} playing from frame ${event.position + 1}`;
    case "session-paused":
      return `${who(event)} paused before frame ${event.position + 1}`;
    case "session-jumped":
      return `${who(event)} jumped to frame ${event.position + 1}`;
    case "session-end-of-media":
      return `${who(event)} end of media`;
    case "session-warning":
      return `${who(event)} warning: ${event.message}`;
    case "session-report": {
      const percent = (100 * event.fractionLost).toFixed(1);
      return `${who(event)} receiver report: ${percent} % lost lately, ` +
        `${event.packetsLost} in all, jitter ${event.jitterMs.toFixed(1)} ms`;
    }
    case "session-ended": {
      const dropped = event.dropped === 0 ? "" : ` (${event.dropped} left out)`;
      const impaired = event.impaired === undefined ? "" : `; ${impairedLine(event.impaired)}`;
      const { frames, reason } = event;
      return `${who(event)} ended after ${frames} frames${dropped}: ${reason}${impaired}`;
    }
  }
}

function who(facts: SessionFacts): string {
  return `${facts.peer} ${facts.file} (${facts.dialect})`;
}
