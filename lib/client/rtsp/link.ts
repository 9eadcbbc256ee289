import { MalformedError } from "../../bytes/malformed.ts";
import { parsePublic } from "../../rtsp/headers/public.ts";
import { parseTransport } from "../../rtsp/headers/transport.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import {
  formatUrl,
  parseUrl,
  resolveControl,
  type RtspUrl,
  withoutCredentials,
} from "../../rtsp/url.ts";
import { ProtocolError, StatusError } from "../errors.ts";
import { RtspConnection, type RtspConnectionOptions } from "./connection.ts";
import { chooseTrack, type Track } from "./description.ts";
import type { MediaTransport } from "./media_transport.ts";
import { Requester, type RequesterOptions } from "./requester.ts";

/** How a link is made. */
export interface LinkOptions extends RtspConnectionOptions, RequesterOptions {
  /** The transports to offer, one SETUP after the other, until one is taken. */
  transports: readonly ((connection: RtspConnection) => MediaTransport)[];
  /** Told what was described before SETUP, e.g. to refuse it. */
  onTrack?: (track: Track) => void;
}

/** Redirections that are followed. */
const MOST_REDIRECTS = 5;

/** How long TEARDOWN's reply is waited for, in ms. */
const TEARDOWN_MS = 1000;

/** A connection on which one stream has been set up; {@linkcode RtspLink.open} makes one. */
export class RtspLink {
  constructor(
    readonly connection: RtspConnection,
    readonly requester: Requester,
    readonly track: Track,
    readonly transport: MediaTransport,
    /** What the server says it can do; empty when it does not say. */
    readonly publicMethods: readonly string[],
  ) {}

  /**
   * OPTIONS, DESCRIBE and SETUP, redirections followed.
   * @throws {UnreachableError} {@linkcode StatusError} {@linkcode AuthenticationError}
   * {@linkcode ProtocolError} {@linkcode BindError}
   */
  static async open(url: RtspUrl, options: LinkOptions): Promise<RtspLink> {
    let place = url;
    for (let i = 0; i <= MOST_REDIRECTS; i++) {
      const opened = await openAt(place, options);
      if (opened instanceof RtspLink) return opened;
      options.observer.note?.({
        code: "redirect",
        message: `The server sends on to ${formatUrl(withoutCredentials(opened))}`,
      });
      place = opened;
    }
    throw new ProtocolError(`more than ${MOST_REDIRECTS} redirections`);
  }

  play(headers: Iterable<[string, string]>): Promise<RtspResponse> {
    return this.requester.request("PLAY", this.track.aggregateUrl, headers);
  }

  pause(): Promise<RtspResponse> {
    return this.requester.request("PAUSE", this.track.aggregateUrl);
  }

  /** Says that we are still there, by the method the server knows. */
  keepAlive(): Promise<RtspResponse> {
    const method = this.publicMethods.includes("GET_PARAMETER") ? "GET_PARAMETER" : "OPTIONS";
    return this.requester.request(method, this.track.aggregateUrl);
  }

  /** TEARDOWN as a courtesy, and the sockets closed. Never throws. */
  async close(): Promise<void> {
    const { requester, track, connection } = this;
    try {
      if (requester.session !== undefined) {
        await requester.request("TEARDOWN", track.aggregateUrl, [], TEARDOWN_MS);
      }
    } catch {
      // The session ends with the connection or by its timeout.
    }
    this.transport.close();
    connection.close();
  }
}

/** @returns the link, or where the server sends us */
async function openAt(url: RtspUrl, options: LinkOptions): Promise<RtspLink | RtspUrl> {
  const connection = await RtspConnection.open(url, options);
  try {
    const requester = new Requester(connection, options);
    const target = formatUrl(withoutCredentials(url));
    const publicMethods = await askOptions(requester, target, options.firstReplyMs);
    const described = await requester.request("DESCRIBE", target, [["Accept", "application/sdp"]]);
    if (described.status >= 300) {
      connection.close();
      return readLocation(described, url);
    }
    const track = chooseTrack(described, url, options.observer);
    options.onTrack?.(track);
    const transport = await setUp(requester, track, options);
    return new RtspLink(connection, requester, track, transport, publicMethods);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What the server can do. One that refuses OPTIONS may well describe and play. */
async function askOptions(
  requester: Requester,
  target: string,
  timeout: number | undefined,
): Promise<string[]> {
  try {
    const reply = await requester.request("OPTIONS", target, [], timeout);
    return parsePublic(reply.headers.get("Public") ?? "");
  } catch (error) {
    if (error instanceof StatusError || error instanceof MalformedError) return [];
    throw error;
  }
}

function readLocation(reply: RtspResponse, url: RtspUrl): RtspUrl {
  const location = reply.headers.get("Location");
  if (location === undefined) {
    throw new ProtocolError(`the server answered ${reply.status} without saying where to go`);
  }
  try {
    const next = parseUrl(resolveControl(formatUrl(withoutCredentials(url)), location, "resolve"));
    const { username, password } = url;
    // The name and password were given for this server; another one does not get them.
    if (next.host !== url.host || username === undefined) return next;
    return { ...next, username, ...(password === undefined ? {} : { password }) };
  } catch (error) {
    throw new ProtocolError(`the server sends on to no RTSP URL: ${(error as Error).message}`);
  }
}

/** Offers one transport after the other; 461 asks for the next. */
async function setUp(
  requester: Requester,
  track: Track,
  { transports, observer }: LinkOptions,
): Promise<MediaTransport> {
  for (const [i, make] of transports.entries()) {
    const transport = make(requester.connection);
    try {
      const reply = await requester.request("SETUP", track.controlUrl, [
        ["Transport", transport.offer],
      ]);
      transport.accept(readTransport(reply));
      return transport;
    } catch (error) {
      transport.close();
      const refused = error instanceof StatusError && error.status === 461;
      if (!refused || i === transports.length - 1) throw error;
      observer.note?.({
        code: "transport-refused",
        message: `The server refuses ${transport.kind} (461); trying the next transport`,
      });
    }
  }
  throw new ProtocolError("no transport to offer");
}

function readTransport(reply: RtspResponse): ReturnType<typeof parseTransport>[number] {
  // Some cameras leave it out and send where they were asked to.
  const value = reply.headers.get("Transport") ?? "RTP/AVP";
  try {
    return parseTransport(value)[0]!;
  } catch (error) {
    throw new ProtocolError(`the server's Transport cannot be read: ${(error as Error).message}`);
  }
}
