import { MalformedError } from "../../bytes/malformed.ts";
import type { Impairments } from "../../net/impairment/impairments.ts";
import { parsePublic } from "../../rtsp/headers/public.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { formatUrl, type RtspUrl, withoutCredentials } from "../../rtsp/url.ts";
import { RedirectionError, StatusError } from "../errors.ts";
import type { ChooseTracks } from "../media_session.ts";
import { RtspConnection, type RtspConnectionOptions } from "./connection.ts";
import { chooseTracks } from "./description.ts";
import { credentialsAt, redirection } from "./redirect.ts";
import { Requester, type RequesterOptions } from "./requester.ts";
import { type LinkedStream, setUpAll, tearDown } from "./set_up.ts";
import type { TransportChoice } from "./transport_choice.ts";

/** How a link is made. */
export interface LinkOptions extends RtspConnectionOptions, RequesterOptions {
  transport: TransportChoice;
  /** UDP port for RTP; 0 for any even one. */
  rtpPort: number;
  /** Encodings the caller can make use of, in upper case; undefined for any. */
  encodings?: readonly string[] | undefined;
  /** Whether all streams of those encodings are set up, and not only the one that matters most. */
  allTracks?: boolean | undefined;
  /** Who chooses the streams otherwise; the other wishes do not count then. */
  chooseTracks?: ChooseTracks | undefined;
  /** Our own source identifiers by the streams' names, kept for the link that follows this one. */
  sources?: Map<string, number> | undefined;
  /** A bad network that media goes through on its way in; undefined for none. */
  impairments?: Impairments | undefined;
}

/** Redirections that are followed. */
const MOST_REDIRECTS = 5;

/** A connection on which streams have been set up; {@linkcode RtspLink.open} makes one. */
export class RtspLink {
  #keepAliveMethod: string;

  /**
   * @param streams at least one, that which matters most first
   * @param publicMethods what the server says it can do; empty when it does not say
   */
  constructor(
    readonly connection: RtspConnection,
    readonly requester: Requester,
    readonly streams: readonly [LinkedStream, ...LinkedStream[]],
    publicMethods: readonly string[],
  ) {
    this.#keepAliveMethod = publicMethods.includes("GET_PARAMETER") ? "GET_PARAMETER" : "OPTIONS";
  }

  /**
   * OPTIONS, DESCRIBE and SETUP, redirections followed.
   * @throws {UnreachableError} {@linkcode StatusError} {@linkcode AuthenticationError}
   * {@linkcode ProtocolError} {@linkcode RedirectionError} {@linkcode NoMediaError}
   * {@linkcode BindError}
   */
  static async open(url: RtspUrl, options: LinkOptions): Promise<RtspLink> {
    let place = url;
    const asked = new Set<string>();
    for (let i = 0; i <= MOST_REDIRECTS; i++) {
      const credentials = credentialsAt(place, url, options.credentials);
      const opened = await openAt(place, { ...options, credentials });
      if (opened instanceof RtspLink) return opened;
      asked.add(formatUrl(withoutCredentials(place)));
      const message = `The server sends on to ${formatUrl(withoutCredentials(opened))}`;
      options.observer.note?.({ code: "redirect", message });
      place = opened;
    }
    const last = formatUrl(withoutCredentials(place));
    const how = asked.has(last) ? "in a circle, back to" : "on and on, last to";
    throw new RedirectionError(
      `more than ${MOST_REDIRECTS} redirections: the server sends ${how} ${last}`,
    );
  }

  /** The stream that matters most. */
  get main(): LinkedStream {
    return this.streams[0];
  }

  play(headers: Iterable<[string, string]>): Promise<RtspResponse> {
    return this.requester.request("PLAY", this.main.track.aggregateUrl, headers);
  }

  pause(): Promise<RtspResponse> {
    return this.requester.request("PAUSE", this.main.track.aggregateUrl);
  }

  /** Says that we are still there, by a method the server knows. */
  async keepAlive(): Promise<void> {
    try {
      await this.requester.request(this.#keepAliveMethod, this.main.track.aggregateUrl);
    } catch (error) {
      // Cameras list GET_PARAMETER and refuse it all the same (themactep/thingino-firmware#490).
      if (error instanceof StatusError) this.#keepAliveMethod = "OPTIONS";
      throw error;
    }
  }

  /** TEARDOWN as a courtesy, and the sockets closed. Never throws. */
  async close(): Promise<void> {
    await tearDown(this.requester, this.main.track);
    for (const { transport } of this.streams) transport.close();
    this.connection.close();
  }
}

/** @returns the link, or where the server sends us */
async function openAt(url: RtspUrl, options: LinkOptions): Promise<RtspLink | RtspUrl> {
  const connection = await RtspConnection.open(url, options);
  const requester = new Requester(connection, options);
  try {
    const target = formatUrl(withoutCredentials(url));
    const publicMethods = await askOptions(requester, target);
    const described = await requester.ask("DESCRIBE", target, [["Accept", "application/sdp"]]);
    if (described.status >= 300) {
      connection.close();
      return redirection(described, url);
    }
    const tracks = chooseTracks(described, url, options);
    const encrypted = url.scheme === "rtsps";
    const streams = await setUpAll({ requester, connection, encrypted, ...options }, tracks);
    return new RtspLink(connection, requester, streams, publicMethods);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What the server can do. One that refuses OPTIONS may well describe and play. */
async function askOptions(requester: Requester, target: string): Promise<string[]> {
  try {
    const reply = await requester.request("OPTIONS", target);
    return parsePublic(reply.headers.get("Public") ?? "");
  } catch (error) {
    if (error instanceof StatusError || error instanceof MalformedError) return [];
    throw error;
  }
}
