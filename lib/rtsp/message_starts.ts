import { METHODS } from "./methods.ts";

/** What a message of a known kind begins with; RTP and RTCP never do. */
export const MESSAGE_STARTS: readonly Uint8Array[] = [
  "RTSP/",
  ...METHODS.map((method) => `${method} `),
].map((text) => new TextEncoder().encode(text));

/** Whether bytes begin with the whole first word of a message. */
export function startsMessage(bytes: Uint8Array): boolean {
  return MESSAGE_STARTS.some((start) => start.every((byte, i) => byte === bytes[i]));
}
