import { redactAuthorization } from "../../auth/credentials.ts";
import type { HeaderList } from "../../rtsp/headers.ts";
import type { RtspRequest, RtspResponse } from "../../rtsp/message.ts";
import { maskKeys } from "../../srtp/key_mask.ts";
import type { ObservedMessage } from "../observer.ts";

/** A request as whoever watches sees it: with no secret in it. */
export function observeRequest(
  direction: "out" | "in",
  request: Omit<RtspRequest, "kind">,
  time: number,
): ObservedMessage {
  const { method, uri: target, version } = request;
  return { direction, time, method, target, version, ...contents(request) };
}

/** A response, likewise. */
export function observeResponse(
  direction: "out" | "in",
  response: Omit<RtspResponse, "kind">,
  time: number,
): ObservedMessage {
  const { status, reason, version } = response;
  return { direction, time, status, reason, version, ...contents(response) };
}

/** Headers with no secret in them. */
export function withoutSecrets(headers: HeaderList): [name: string, value: string][] {
  return [...headers].map(([name, value]): [string, string] => {
    const isCredentials = /^(?:proxy-)?authorization$/i.test(name);
    return [name, isCredentials ? redactAuthorization(value) : maskKeys(value)];
  });
}

function contents(
  { headers, body }: { headers: HeaderList; body: Uint8Array },
): Pick<ObservedMessage, "headers" | "body"> {
  return { headers: withoutSecrets(headers), body: maskKeys(new TextDecoder().decode(body)) };
}
