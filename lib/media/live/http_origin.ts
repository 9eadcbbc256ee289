import { answerChallenge } from "../../auth/answer.ts";
import { parseChallenges } from "../../auth/challenge.ts";
import { toHex } from "../../bytes/hex.ts";
import { MalformedError, quote } from "../../bytes/malformed.ts";
import { JpegCutter, trimJpeg } from "./jpeg_cutter.ts";
import { type Clock, sleep } from "./live_clock.ts";
import type { LiveSink, Pull } from "./origin.ts";
import { boundaryOf, MultipartParser, type Part } from "./multipart_parser.ts";
import { Watchdog } from "./watchdog.ts";

/** Who we are to a camera that asks. */
export interface HttpCredentials {
  username: string;
  password: string;
}

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a camera is asked with. */
export interface HttpOriginOptions {
  /** Without user and password. */
  url: string;
  credentials?: HttpCredentials | undefined;
  clock: Clock;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /** Default the global one. */
  fetch?: Fetch;
  /** Whether what `fetch` threw says by itself what is wrong. */
  tells?: (error: unknown) => boolean;
}

/** A camera answered, and not with pictures; the message has no password. */
export class HttpOriginError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = "HttpOriginError";
  }
}

/** From one still picture to the next, in ms, where a URL has no stream. */
export const STILL_EVERY_MS = 1000;
const CNONCE_BYTES = 8;
/** What cameras and programs call a stream of JPEGs without boundaries. */
const STREAM_TYPES = /^(?:video\/(?:x-)?(?:motion-?)?m?jpeg|application\/octet-stream)$/;
const STILL_TYPES = /^image\/(?:p?jpeg|jpg)$/;

/**
 * Pulls Motion JPEG over HTTP: `multipart/x-mixed-replace` as cameras send it, JPEGs one behind the
 * other, or a still picture again and again. Basic and Digest are answered (RFC 7235).
 */
export function httpOrigin(options: HttpOriginOptions): Pull {
  const origin = new HttpOrigin(options);
  return (sink, signal) => origin.pull(sink, signal);
}

class HttpOrigin {
  readonly #fetch: Fetch;
  readonly #options: HttpOriginOptions;

  constructor(options: HttpOriginOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  async pull(sink: LiveSink, signal: AbortSignal): Promise<void> {
    for (;;) {
      const watch = new Watchdog(this.#options.clock, signal);
      try {
        const { still } = await this.#pullOnce(sink, watch);
        if (!still) return;
      } catch (error) {
        throw watch.reason ?? error;
      } finally {
        watch.end();
      }
      await sleep(this.#options.clock, STILL_EVERY_MS, signal);
    }
  }

  async #pullOnce(sink: LiveSink, watch: Watchdog): Promise<{ still: boolean }> {
    const response = await this.#ask(watch);
    const type = response.headers.get("Content-Type") ?? "";
    const name = type.split(";")[0]!.trim().toLowerCase();
    const still = STILL_TYPES.test(name);
    const take = name.startsWith("multipart/")
      ? partTaker(boundaryOf(type), sink)
      : still || STREAM_TYPES.test(name)
      ? jpegTaker(sink)
      : undefined;
    if (take === undefined || response.body === null) {
      await response.body?.cancel();
      throw new HttpOriginError(`sends ${quote(name)}, which is no Motion JPEG`);
    }
    await readAll(response.body, watch, take);
    return { still };
  }

  async #ask(watch: Watchdog): Promise<Response> {
    const first = await this.#request(watch, undefined);
    if (first.status !== 401) return accept(first);
    const authorization = this.#answer(first);
    await first.body?.cancel();
    if (authorization === undefined) {
      const { credentials } = this.#options;
      throw new HttpOriginError(
        credentials === undefined
          ? "asks for a user and password (write http://USER:PASS@…)"
          : "asks for a kind of authentication that is not known here",
      );
    }
    const second = await this.#request(watch, authorization);
    if (second.status !== 401) return accept(second);
    await second.body?.cancel();
    throw new HttpOriginError("refuses the user and password");
  }

  #request(watch: Watchdog, authorization: string | undefined): Promise<Response> {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    return this.#fetch(this.#options.url, { headers, signal: watch.signal }).catch((error) => {
      const isTold = this.#options.tells?.(error) ?? false;
      throw watch.reason ??
        (isTold ? error : new HttpOriginError(`cannot be reached: ${lastWords(error)}`));
    });
  }

  #answer(response: Response): string | undefined {
    const { url, credentials, randomBytes } = this.#options;
    const asked = response.headers.get("WWW-Authenticate");
    if (credentials === undefined || asked === null) return undefined;
    const { pathname, search } = new URL(url);
    return answerChallenge(parseChallenges(asked), {
      ...credentials,
      method: "GET",
      uri: pathname + search,
      cnonce: toHex(randomBytes(CNONCE_BYTES)),
      nonceCount: 1,
    })?.authorization;
  }
}

/** What is behind the names of all the layers that an error of `fetch` passed through. */
function lastWords(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return lastWords(error.cause);
  const message = error instanceof Error ? error.message : String(error);
  return message.split(": ").at(-1)!.replace(/ \(os error \d+\)$/, "");
}

async function accept(response: Response): Promise<Response> {
  if (response.ok) return response;
  await response.body?.cancel();
  throw new HttpOriginError(`answers ${response.status} ${response.statusText}`.trim());
}

type Take = (bytes: Uint8Array) => void;

async function readAll(
  body: ReadableStream<Uint8Array>,
  watch: Watchdog,
  take: Take,
): Promise<void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      watch.heard();
      take(value);
    }
  } finally {
    // Also where what came was no good: the camera need not send on.
    await reader.cancel().catch(() => {});
  }
}

/** Cuts a multipart body into pictures. @throws {MalformedError} when it makes no sense any more */
function partTaker(boundary: string, sink: LiveSink): Take {
  const parser = new MultipartParser(boundary);
  return (bytes) => {
    parser.push(bytes);
    for (;;) {
      const outcome = parser.next();
      if (outcome.kind === "malformed") throw outcome.error;
      if (outcome.kind === "more") return;
      takePart(outcome.value, sink);
    }
  };
}

/** Parts that are no JPEG are left out, as some cameras send text between pictures. */
function takePart({ headers, body }: Part, sink: LiveSink): void {
  const type = headers.get("content-type") ?? "image/jpeg";
  if (body.length === 0 || !/^(?:image|application)\//i.test(type)) return;
  try {
    sink.frame(trimJpeg(body));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    sink.trouble(`picture left out: ${error.message}`);
  }
}

/** Cuts JPEGs that come one behind the other into pictures. */
export function jpegTaker(sink: LiveSink): Take {
  const cutter = new JpegCutter();
  return (bytes) => {
    cutter.push(bytes);
    for (;;) {
      const outcome = cutter.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "value") sink.frame(outcome.value);
      else sink.trouble(`picture left out: ${outcome.error.message}`);
    }
  };
}

/** Pulls from bytes that come by themselves, as on standard input. */
export function bytesOrigin(open: () => ReadableStream<Uint8Array>): Pull {
  return async (sink, signal) => {
    const reader = open().getReader();
    const take = jpegTaker(sink);
    const onAbort = (): void => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        take(value);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}
