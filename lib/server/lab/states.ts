import type { LabMethod } from "../../rtsp/lab/methods.ts";

/** The lab's three states. A session exists in Ready and Playing. */
export type LabState = "Init" | "Ready" | "Playing";

/**
 * What each method leads to from each state; a missing entry is answered 455. The state after a
 * SETUP, PLAY … is the lab text's; what the server's own additions do is chosen to fit it.
 */
export const LAB_TRANSITIONS: Readonly<
  Record<LabState, Partial<Record<LabMethod, LabState>>>
> = {
  Init: {
    SETUP: "Ready",
    // Nothing to end, and a client that closes its window waits for the answer (RFC 2326, A.2).
    TEARDOWN: "Init",
    DESCRIBE: "Init",
    OPTIONS: "Init",
    SWITCH: "Init",
    GETLIST: "Init",
  },
  Ready: {
    PLAY: "Playing",
    RESUME: "Playing",
    TEARDOWN: "Init",
    STOP: "Init",
    RESTART: "Ready",
    FORWARD: "Ready",
    BACKWARD: "Ready",
    SETTIME: "Ready",
    DESCRIBE: "Ready",
    OPTIONS: "Ready",
    SWITCH: "Ready",
    GETLIST: "Ready",
    CHOOSE: "Ready",
    CHANGE: "Ready",
  },
  Playing: {
    PAUSE: "Ready",
    TEARDOWN: "Init",
    STOP: "Init",
    RESTART: "Playing",
    FORWARD: "Playing",
    BACKWARD: "Playing",
    SETTIME: "Playing",
    DESCRIBE: "Playing",
    OPTIONS: "Playing",
    GETLIST: "Playing",
  },
};

/** Methods that name the session they are about; a wrong identifier is answered 454. */
export const LAB_SESSION_METHODS: ReadonlySet<LabMethod> = new Set([
  "PLAY",
  "RESUME",
  "PAUSE",
  "TEARDOWN",
  "STOP",
  "RESTART",
  "FORWARD",
  "BACKWARD",
  "SETTIME",
  "CHOOSE",
  "CHANGE",
]);
