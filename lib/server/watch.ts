import type { Dialect } from "../rtsp/dialect.ts";
import type { ServerContext } from "./context.ts";
import type { MediaTransport } from "./metrics.ts";
import { addUp, type MetricFamily, type MetricSample } from "./metrics_families.ts";
import { serverFamilies } from "./metrics_server.ts";

/** A session as whoever watches the server sees it; plain values, which go between threads. */
export interface SessionView {
  /** Tells sessions apart; without the part of the identifier that keeps it from being guessed. */
  id: string;
  /** The peer's address and port on the control connection. */
  peer: string;
  dialect: Dialect;
  /** The file's name as it was asked for. */
  file: string;
  state: "Ready" | "Playing";
  transport: MediaTransport;
  /** Where media goes, for people: `UDP 192.0.2.7:25000`. */
  path: string;
  /** Since when, in ms of the Unix epoch. */
  since: number;
  /** The frame that leaves next, from 1. */
  frame: number;
  /** Frames of the media; null where there is no end, or it is not known. */
  frameCount: number | null;
  framesSent: number;
  /** Frames left out since too much waited to leave before them. */
  framesDropped: number;
  packetsSent: number;
  /** What the receiver reported last; null before its first report. */
  report: { fractionLost: number; packetsLost: number; jitterMs: number } | null;
}

/** What one server is doing at a moment; plain values. */
export interface Observation {
  /** Threads that serve. */
  workers: number;
  connections: number;
  sessionCount: number;
  /** The oldest first, at most {@linkcode MOST_SESSIONS}. */
  sessions: SessionView[];
  families: MetricFamily[];
  /** How far behind its time the scheduler woke of late, in ms. */
  lateMs: number;
}

/** What is seen where nobody serves. */
export const NOTHING_SEEN: Observation = {
  workers: 0,
  connections: 0,
  sessionCount: 0,
  sessions: [],
  families: [],
  lateMs: 0,
};

/** Something that can be watched and ended from outside. */
export interface WatchedSession {
  view(): SessionView;
  /** Ends it, and tells its viewer so where that can be. @param reason for the log */
  kick(reason: string): void;
}

/** Sessions told one by one; the others are only counted. */
export const MOST_SESSIONS = 1000;
/** Characters of an identifier that are shown: they tell sessions apart and leave most unsaid. */
const SHOWN_ID_LENGTH = 16;

/** The part of a session's identifier that those who watch may see. */
export function shownId(session: string): string {
  return session.slice(0, SHOWN_ID_LENGTH);
}

/** What a server is doing now. */
export function observe(context: ServerContext, connections: number): Observation {
  const views: SessionView[] = [];
  const kinds = new Map<string, number>();
  for (const session of watchedSessions(context)) {
    const view = session.view();
    if (views.length < MOST_SESSIONS) views.push(view);
    const kind = `${view.dialect} ${view.transport} ${view.state}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const sessions = [...kinds].map(([kind, value]): MetricSample => {
    const [dialect = "", transport = "", state = ""] = kind.split(" ");
    return { labels: { dialect, transport, state: state.toLowerCase() }, value };
  });
  return {
    workers: 1,
    connections,
    sessionCount: context.sessionCount,
    sessions: views,
    families: serverFamilies(context.metrics, { connections, sessions }),
    lateMs: context.metrics.wakeLateness.recent(context.options.clock.now()),
  };
}

/** What several servers are doing, as if they were one. */
export function joinObservations(all: readonly Observation[]): Observation {
  const sessions = all.flatMap((one) => one.sessions).sort((a, b) => a.since - b.since);
  const sum = (of: (one: Observation) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    workers: sum(({ workers }) => workers),
    connections: sum(({ connections }) => connections),
    sessionCount: sum(({ sessionCount }) => sessionCount),
    sessions: sessions.slice(0, MOST_SESSIONS),
    families: addUp(all.map(({ families }) => families)),
    lateMs: Math.max(0, ...all.map(({ lateMs }) => lateMs)),
  };
}

/**
 * Ends the session of a viewer who is not wanted.
 * @param id as {@linkcode SessionView} has it
 * @returns whether there is such a session
 */
export function kick(context: ServerContext, id: string, reason: string): boolean {
  for (const session of watchedSessions(context)) {
    if (session.view().id !== id) continue;
    session.kick(reason);
    return true;
  }
  return false;
}

function* watchedSessions(context: ServerContext): Generator<WatchedSession> {
  yield* context.labViewers;
  yield* context.sessions.all();
}
