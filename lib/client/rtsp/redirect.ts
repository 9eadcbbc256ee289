import type { RtspResponse } from "../../rtsp/message.ts";
import {
  formatUrl,
  parseUrl,
  resolveControl,
  type RtspUrl,
  withoutCredentials,
} from "../../rtsp/url.ts";
import { RedirectionError } from "../errors.ts";
import type { Credentials } from "./requester.ts";

/**
 * Where a redirection leads (RFC 2326, section 11.3).
 * @param url what was asked for
 * @throws {RedirectionError} when it does not say, or names no RTSP URL
 */
export function redirection(reply: RtspResponse, url: RtspUrl): RtspUrl {
  const location = reply.headers.get("Location");
  if (location === undefined) {
    throw new RedirectionError(`the server answered ${reply.status} without saying where to go`);
  }
  try {
    return parseUrl(resolveControl(formatUrl(withoutCredentials(url)), location, "resolve"));
  } catch (error) {
    throw new RedirectionError(`the server sends on to no RTSP URL: ${(error as Error).message}`);
  }
}

/**
 * The credentials for a place. Those given are for the server first asked: no other host gets them,
 * nor does the same one without the encryption they were meant for.
 * @param first the server first asked
 * @param given the credentials for it
 */
export function credentialsAt(
  place: RtspUrl,
  first: RtspUrl,
  given: Credentials | undefined,
): Credentials | undefined {
  const isSame = place.host.toLowerCase() === first.host.toLowerCase() &&
    (place.scheme === first.scheme || place.scheme === "rtsps");
  return isSame ? given ?? named(place) ?? named(first) : named(place);
}

function named({ username, password = "" }: RtspUrl): Credentials | undefined {
  return username === undefined ? undefined : { username, password };
}
