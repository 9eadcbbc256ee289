import { UnreachableError } from "../../net/errors.ts";
import { formatUrl, withoutCredentials } from "../../rtsp/url.ts";
import type { Observer } from "../observer.ts";
import { RtspConnection } from "../rtsp/connection.ts";
import { RtspLink } from "../rtsp/link.ts";
import { Requester } from "../rtsp/requester.ts";
import type { TransportChoice } from "../rtsp/transport_choice.ts";
import { CondensedExchange } from "./condensed_exchange.ts";
import { MatrixSession } from "./matrix_session.ts";
import type { MatrixOptions, Trial } from "./row.ts";

/** Of the time that a row has, one reply may take so much. */
const SHARE_OF_ROW = 0.8;

/** One trial under way: what it opens is closed with it, whatever happens. */
export class Attempt {
  readonly exchange: CondensedExchange;
  readonly signal: AbortSignal;
  readonly #sessions: MatrixSession[] = [];
  readonly #connections: RtspConnection[] = [];
  readonly #limit = new AbortController();
  /** Seconds, as the server announced them in the last session; undefined where it did not. */
  sessionTimeout: number | undefined;

  /** @param overall aborted when there is no time for anything any more */
  constructor(readonly options: MatrixOptions, trial: Trial, overall: AbortSignal) {
    this.exchange = new CondensedExchange(trial.shows);
    this.signal = AbortSignal.any([overall, this.#limit.signal]);
    const limit = options.timeout + (trial.waits ?? 0);
    const timer = options.clock.setTimer(limit, () => {
      this.#limit.abort(new UnreachableError(`not done in ${limit / 1000} s`));
    });
    this.#limit.signal.addEventListener("abort", () => timer.cancel());
  }

  /** Bound on one reply, in ms: what a row waits for in vain shall be told, not that it ended. */
  get timeout(): number {
    return Math.ceil(SHARE_OF_ROW * this.options.timeout);
  }

  /** What requests name, without credentials. */
  get target(): string {
    return formatUrl(withoutCredentials(this.options.url));
  }

  /** OPTIONS, DESCRIBE and SETUP of the stream that matters most. */
  async open(transport: TransportChoice): Promise<MatrixSession> {
    const { url, clock, credentials, randomBytes, trust } = this.options;
    const { timeout } = this;
    const link = await RtspLink.open(url, {
      ...{ clock, timeout, credentials, randomBytes, trust, transport, rtpPort: 0 },
      observer: this.#observer(),
      signal: this.signal,
    });
    const session = new MatrixSession(link, clock, this.signal);
    this.#sessions.push(session);
    this.sessionTimeout = link.requester.session?.timeout ?? this.sessionTimeout;
    return session;
  }

  /** A connection with no session on it. */
  async connect(): Promise<Requester> {
    const { url, clock, credentials, randomBytes, trust } = this.options;
    const { timeout } = this;
    const observer = this.#observer();
    const connection = await RtspConnection.open(url, {
      ...{ clock, timeout, trust, observer, signal: this.signal },
    });
    this.#connections.push(connection);
    return new Requester(connection, { credentials, observer, randomBytes });
  }

  /** Ends everything it opened, each with TEARDOWN. Never throws, never takes long. */
  async close(): Promise<void> {
    this.#limit.abort(new DOMException("The attempt is over", "AbortError"));
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#sessions.map((session) => session.close()));
  }

  #observer(): Observer {
    const { observer = {} } = this.options;
    return {
      ...observer,
      message: (message) => {
        this.exchange.message(message);
        observer.message?.(message);
      },
    };
  }
}
