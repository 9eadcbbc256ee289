import { parseTransport, type Transport } from "../../rtsp/headers/transport.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import type { Clock } from "../../net/clock.ts";
import { BindError, UnreachableError } from "../../net/errors.ts";
import { ProtocolError, StatusError } from "../errors.ts";
import type { ObservedNote, Observer } from "../observer.ts";
import type { RtspConnection } from "./connection.ts";
import type { Track } from "./description.ts";
import { Feed } from "./feed.ts";
import type { Impairments } from "../../net/impairment/impairments.ts";
import { ImpairedReceiver } from "./impaired_receiver.ts";
import type { MediaTransport } from "./media_transport.ts";
import type { Requester } from "./requester.ts";
import { SrtpIntake } from "./srtp/srtp_intake.ts";
import { SrtpTransport } from "./srtp/srtp_transport.ts";
import { streamProtection } from "./srtp/stream_protection.ts";
import { type TransportChoice, transportsFor } from "./transport_choice.ts";

/** How long TEARDOWN's reply is waited for, in ms. */
const TEARDOWN_MS = 1000;

/** A stream that has been set up. */
export interface LinkedStream {
  track: Track;
  transport: MediaTransport;
  /** What its transport delivers to, from before SETUP on. */
  feed: Feed;
  /** Our own source identifier in its RTCP. */
  ssrc: number;
  /** What opens its packets where they are protected (SRTP). */
  srtp?: SrtpIntake | undefined;
}

/** What streams are set up with. */
export interface SetUpOptions {
  requester: Requester;
  connection: RtspConnection;
  observer: Observer;
  transport: TransportChoice;
  /** UDP port for RTP of the first stream; 0 for any even one. */
  rtpPort: number;
  clock: Clock;
  /** Whether the description came by TLS. */
  encrypted: boolean;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /** Our own source identifiers by the streams' names, where this is not the first time. */
  sources?: Map<string, number> | undefined;
  /** A bad network that media goes through on its way in; undefined for none. */
  impairments?: Impairments | undefined;
}

/**
 * Sets streams up, all over the transport that the server takes for the first; of the others those
 * that it refuses are left out. When it fails, nothing stays.
 * @param tracks at least one
 * @throws {StatusError} {@linkcode BindError} {@linkcode ProtocolError} {@linkcode UnreachableError}
 * of the first, and {@linkcode NoMediaError} when it is encrypted and its key cannot be used
 */
export async function setUpAll(
  options: SetUpOptions,
  [first, ...others]: readonly Track[],
): Promise<[LinkedStream, ...LinkedStream[]]> {
  let streams: LinkedStream[] = [];
  try {
    const main = await setUp(options, first!, 0);
    streams = [main];
    const same = { ...options, transport: main.transport.kind };
    for (const track of others) {
      const stream = await setUp(same, track, streams.length).catch((error) => {
        if (error instanceof UnreachableError || error instanceof DOMException) throw error;
        options.observer.note?.(leftOut(track, error));
      });
      if (stream !== undefined) streams.push(stream);
    }
    return [main, ...streams.slice(1)];
  } catch (error) {
    await tearDown(options.requester, first!);
    for (const { transport } of streams) transport.close();
    throw error;
  }
}

/** Offers one transport after the other, until the server takes one and it works here too. */
async function setUp(options: SetUpOptions, track: Track, index: number): Promise<LinkedStream> {
  const { requester, connection, observer, transport: choice, rtpPort } = options;
  const feed = new Feed();
  tellProtection(track, options);
  const ssrc = ownSource(track, options);
  const protection = streamProtection(track, { ...options, ssrc });
  const srtp = protection && new SrtpIntake(feed, protection.receiver, observer);
  const opened = srtp ?? feed;
  const { impairments } = options;
  const receiver = impairments === undefined
    ? opened
    : new ImpairedReceiver(opened, impairments, index);
  const makers = transportsFor(choice, rtpPort, { connection, track, index, receiver });
  for (const [i, make] of makers.entries()) {
    const plain = make();
    const transport = protection === undefined
      ? plain
      : new SrtpTransport(plain, protection.sender, ssrc);
    try {
      const offer: [string, string] = ["Transport", transport.offer];
      const headers = [offer, ...protection?.headers ?? []];
      const reply = await requester.request("SETUP", track.controlUrl, headers);
      await transport.accept(readTransport(reply));
      return { track, transport, feed, ssrc, srtp };
    } catch (error) {
      transport.close();
      const note = i < makers.length - 1 ? worthAnother(error, transport) : undefined;
      if (note === undefined) throw error;
      observer.note?.(note);
      await tearDown(requester, track);
    }
  }
  throw new ProtocolError("no transport to offer");
}

function ownSource({ name }: Track, { sources, randomBytes }: SetUpOptions): number {
  const known = sources?.get(name);
  if (known !== undefined) return known;
  const ssrc = new DataView(new Uint8Array(randomBytes(4)).buffer).getUint32(0);
  sources?.set(name, ssrc);
  return ssrc;
}

/** Says how a stream is protected, and what that is worth. */
function tellProtection({ name, protection }: Track, { observer, encrypted }: SetUpOptions): void {
  if (protection === undefined) return;
  if (typeof protection.keying === "string") {
    return observer.note?.({ code: "srtp-key", message: protection.keying });
  }
  const { suite, by } = protection.keying;
  const message = `The stream "${name}" is SRTP: ${suite.name}, its key by ${by}`;
  observer.note?.({ code: "srtp", message });
  if (encrypted) return;
  observer.note?.({
    code: "srtp-key-in-clear",
    message: `The key of the stream "${name}" came without TLS: whoever saw it can watch`,
  });
}

function leftOut({ name }: Track, error: Error): ObservedNote {
  return { code: "stream-refused", message: `Without the stream "${name}": ${error.message}` };
}

/** TEARDOWN as a courtesy, where there is a session. Never throws. */
export async function tearDown(requester: Requester, track: Track): Promise<void> {
  if (requester.session === undefined) return;
  try {
    const options = { timeout: TEARDOWN_MS, always: true };
    await requester.request("TEARDOWN", track.aggregateUrl, [], options);
  } catch {
    // The session ends with the connection or by its timeout.
  }
  requester.forgetSession();
}

/** What to say when the next transport shall be tried; undefined when that is no use. */
function worthAnother(error: unknown, { kind }: MediaTransport): ObservedNote | undefined {
  const next = "trying the next transport";
  if (error instanceof StatusError && error.status === STATUS.UNSUPPORTED_TRANSPORT) {
    return { code: "transport-refused", message: `The server refuses ${kind} (461); ${next}` };
  }
  if (error instanceof BindError && kind === "multicast") {
    return { code: "transport-refused", message: `${error.message}; ${next}` };
  }
  return undefined;
}

function readTransport(reply: RtspResponse): Transport {
  // Some cameras leave it out and send where they were asked to (bluenviron/gortsplib#456).
  const value = reply.headers.get("Transport") ?? "RTP/AVP";
  try {
    return parseTransport(value)[0]!;
  } catch (error) {
    throw new ProtocolError(`the server's Transport cannot be read: ${(error as Error).message}`);
  }
}
