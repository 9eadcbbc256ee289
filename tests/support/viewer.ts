import type { Observer } from "../../lib/client/observer.ts";
import type { OpenOptions } from "../../lib/client/open.ts";
import type { MediaSession } from "../../lib/client/media_session.ts";
import { RtspMediaSession } from "../../lib/client/rtsp/session.ts";
import { parseUrl } from "../../lib/rtsp/url.ts";
import type {
  ObservedMessage,
  ObservedNote,
  ObservedPacket,
  ObservedRtcp,
  ObservedStray,
} from "../../lib/stream/observation.ts";
import type { ReceivedFrame } from "../../lib/stream/received_frame.ts";
import { assertEquals } from "./assert.ts";
import { FakeClock } from "./fake_clock.ts";
import { type Script, ScriptedServer } from "./scripted_server.ts";
import { Waiters } from "./wait.ts";

/** How long the client of these tests waits for the server, in ms of its clock. */
export const TIMEOUT_MS = 10_000;

/** Keeps everything that a session sees. */
export class Viewer implements Observer {
  readonly messages: ObservedMessage[] = [];
  readonly packets: ObservedPacket[] = [];
  readonly reports: ObservedRtcp[] = [];
  readonly strays: ObservedStray[] = [];
  readonly frames: ReceivedFrame[] = [];
  /** Of which stream each frame was said to be. */
  readonly frameStreams: (string | undefined)[] = [];
  readonly notes: ObservedNote[] = [];
  readonly #waiters = new Waiters();

  readonly message = (message: ObservedMessage): void => this.#keep(this.messages, message);
  readonly packet = (packet: ObservedPacket): void => this.#keep(this.packets, packet);
  readonly rtcp = (rtcp: ObservedRtcp): void => this.#keep(this.reports, rtcp);
  readonly stray = (stray: ObservedStray): void => this.#keep(this.strays, stray);
  readonly frame = (frame: ReceivedFrame, stream: string | undefined): void => {
    this.frameStreams.push(stream);
    this.#keep(this.frames, frame);
  };
  readonly note = (note: ObservedNote): void => this.#keep(this.notes, note);

  /** Codes of the notes, in order. */
  get codes(): string[] {
    return this.notes.map(({ code }) => code);
  }

  /** The complete pictures, in order. */
  get pictures(): Uint8Array[] {
    return this.frames.flatMap(({ jpeg }) => jpeg === undefined ? [] : [jpeg]);
  }

  /** Waits until what came is as wanted. */
  async until(what: string, check: (viewer: this) => boolean): Promise<void> {
    await this.#waiters.until(what, () => check(this) || undefined);
  }

  #keep<T>(list: T[], item: T): void {
    list.push(item);
    this.#waiters.notify();
  }
}

/** A scripted server, and a client whose time stands still until the test moves it. */
export class Stage {
  readonly clock = new FakeClock();
  readonly viewer = new Viewer();
  readonly abort = new AbortController();
  readonly #sessions: MediaSession[] = [];

  constructor(readonly server: ScriptedServer) {}

  /** What sessions are opened with where the test says nothing else. */
  options(wishes: Partial<OpenOptions> = {}): OpenOptions {
    return {
      clock: this.clock,
      timeout: TIMEOUT_MS,
      observer: this.viewer,
      signal: this.abort.signal,
      dialect: "rtsp",
      transport: "tcp",
      rtpPort: 0,
      credentials: undefined,
      randomBytes: (length) => new Uint8Array(length).fill(0x5a),
      ...wishes,
    };
  }

  /** Opens the server's stream; closed after the test at the latest. */
  async open(wishes: Partial<OpenOptions> = {}, url = this.server.url()): Promise<MediaSession> {
    return this.keep(await RtspMediaSession.open(parseUrl(url), this.options(wishes)));
  }

  /** Opens the stream and plays it. */
  async play(wishes: Partial<OpenOptions> = {}, url?: string): Promise<MediaSession> {
    const session = await this.open(wishes, url);
    await session.play();
    return session;
  }

  /** Has a session closed after the test. */
  keep<S extends MediaSession>(session: S): S {
    this.#sessions.push(session);
    return session;
  }

  /**
   * Lets time pass, a little at a time, until a promise is settled.
   * @param step ms of the clock for a turn of the event loop; 1 where the server must not seem slow
   */
  async pass<T>(promise: Promise<T>, step = 50): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    while (!settled) {
      await this.clock.advance(step);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return await promise;
  }

  /** Closes what is open. */
  async leave(): Promise<void> {
    for (const session of this.#sessions) await this.pass(session.close());
  }
}

/** Runs a test with a scripted server; afterwards nothing may be left of it. */
export async function onStage(
  script: Script,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const server = new ScriptedServer(script);
  const stage = new Stage(server);
  try {
    await body(stage);
    await stage.leave();
    assertEquals(stage.clock.pending, 0, "timers left");
  } finally {
    await stage.leave();
    await server.close();
  }
}
