import type { Status } from "../rtsp/statuses.ts";

/** A request about a session that came to another server than the one that made the session. */
export interface RelayedRequest {
  /** The session's identifier. */
  session: string;
  /** The peer that sent it, for people. */
  peer: string;
  /** The address it came from. */
  hostname: string;
  /** The name of the user who sent it; undefined where nobody has to say. */
  user: string | undefined;
  method: string;
  uri: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

/** What the server that made the session answers; CSeq and the like are added by the other. */
export interface RelayedAnswer {
  status: Status;
  /** Whether there is such a session. */
  known: boolean;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

/** Answers what others ask about sessions made here. */
export type RelayedAnswerer = (request: RelayedRequest) => Promise<RelayedAnswer>;

/**
 * Where servers that share a port meet. A session is kept by the server whose connection set it up;
 * over UDP it outlives that connection, and the next one of the same client may come to another
 * server: rtspsrc, openRTSP and VLC tear down and keep alive from a connection of their own.
 */
export interface SessionRelay {
  /** What the identifiers of all sessions made here begin with; tells this server from the others. */
  readonly prefix: string;
  /**
   * Asks the server that made a session.
   * @returns undefined when the identifier is none that another server makes
   * @throws {TimeoutError} (as a rejection) when that server does not answer
   */
  ask(request: RelayedRequest): Promise<RelayedAnswer> | undefined;
  /** Says who answers what the others ask. */
  answerWith(answerer: RelayedAnswerer): void;
}
