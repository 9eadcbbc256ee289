import type { Observation } from "../../server/watch.ts";

/** Whether a server accepts connections, and where. */
export interface ServeState {
  readonly state: "serving" | "stopped" | "changing";
  /** Undefined unless it is serving. */
  readonly port: number | undefined;
}

/** What a dashboard watches, starts and stops. */
export interface ServeControl {
  readonly state: ServeState;
  /**
   * Serves on a port, 0 for any free one.
   * @throws {ServeRefusedError} (as a rejection) when it is serving, or the port cannot be had
   */
  start(port: number): Promise<void>;
  /** Ends all sessions and connections; resolves when they have ended. */
  stop(): Promise<void>;
  /**
   * What it is doing now, and what it and those before it have counted.
   * @throws {TimeoutError} (as a rejection) when a part of it does not answer
   */
  observe(): Promise<Observation>;
  /** Ends a session. @returns whether there is such a session */
  kick(id: string): Promise<boolean>;
}

/** What was asked of a server cannot be done; the message says why, for people. */
export class ServeRefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServeRefusedError";
  }
}
