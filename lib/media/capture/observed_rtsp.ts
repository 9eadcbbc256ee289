import { redactAuthorization } from "../../auth/credentials.ts";
import type { RtspRequest, RtspResponse } from "../../rtsp/message.ts";
import { maskKeys } from "../../srtp/key_mask.ts";
import type { ObservedMessage } from "../../stream/observation.ts";

/** A message of a capture as a watcher of the client would see it: with no secret in it. */
export function observedRtsp(
  message: RtspRequest | RtspResponse,
  direction: "out" | "in",
  time: number,
): ObservedMessage {
  const headers = [...message.headers].map(([name, value]): [string, string] => {
    const isCredentials = /^(?:proxy-)?authorization$/i.test(name);
    return [name, isCredentials ? redactAuthorization(value) : maskKeys(value)];
  });
  const { version } = message;
  const body = maskKeys(new TextDecoder().decode(message.body));
  if (message.kind === "response") {
    const { status, reason } = message;
    return { direction, time, status, reason, version, headers, body };
  }
  const { method, uri: target } = message;
  return { direction, time, method, target, version, headers, body };
}
