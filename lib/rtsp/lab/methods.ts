/**
 * The methods lab programs send: the four of the course text, the seven-button program's three, and
 * those of its extended exercises. A name outside this list is answered 501.
 */
export const LAB_METHODS = [
  "SETUP",
  "PLAY",
  "PAUSE",
  "TEARDOWN",
  "RESTART",
  "FORWARD",
  "BACKWARD",
  "DESCRIBE",
  "OPTIONS",
  "SWITCH",
  "CHOOSE",
  "CHANGE",
  "GETLIST",
  "STOP",
  "SETTIME",
  "RESUME",
] as const;

export type LabMethod = (typeof LAB_METHODS)[number];

/** Methods no RTSP standard knows: one of these alone tells a lab client. */
export const LAB_ONLY_METHODS: ReadonlySet<string> = new Set([
  "RESTART",
  "FORWARD",
  "BACKWARD",
  "SWITCH",
  "CHOOSE",
  "CHANGE",
  "GETLIST",
  "STOP",
  "SETTIME",
  "RESUME",
]);

export function isLabMethod(method: string): method is LabMethod {
  return (LAB_METHODS as readonly string[]).includes(method);
}

/** How far FORWARD and BACKWARD jump, in frames: the seven-button program's buttons. */
export const LAB_JUMP_FRAMES = 20;

/** The version the seven-button program writes; its replies need `Frames:` as their fourth line. */
export const SEVEN_BUTTON_VERSION = "RTSP/1.4";

/**
 * Digits in a session identifier of ours. Lab clients call `int()` on it and the Java ones hold it
 * in 32 bits, so nine digits is the most that every one of them can carry.
 */
export const LAB_SESSION_DIGITS = 9;
