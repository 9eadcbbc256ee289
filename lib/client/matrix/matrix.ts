import { UnreachableError } from "../../net/errors.ts";
import { AuthenticationError, NoReplyError, ProtocolError, StatusError } from "../errors.ts";
import { chooseTracks } from "../rtsp/description.ts";
import { Attempt } from "./attempt.ts";
import { keepAliveTrials, keepAliveWait } from "./keep_alive_trials.ts";
import { pauseTrial, sessionsTrial, transportTrials } from "./media_trials.ts";
import { rangeTrials, rateTrials } from "./play_trials.ts";
import { describeTrials, requestTrials } from "./request_trials.ts";
import type { Known, MatrixOptions, MatrixRow, Trial, TrialOutcome } from "./row.ts";

/** Without a sign of life a session ends after a minute, where nothing else is said (12.37). */
const DEFAULT_SESSION_MS = 60_000;
/** What the rest of a matrix needs besides its waits, in ms, for what is proposed to a person. */
const OVERHEAD_MS = 5000;

/** What a matrix amounts to. */
export interface Matrix {
  rows: MatrixRow[];
  /** Whether media came by at least one transport. */
  plays: boolean;
}

/**
 * Tries out what a server really does, one thing after the other, each in a session of its own that
 * is torn down, whatever happens. Never takes longer than its duration, and a second to leave.
 * @throws {UnreachableError} {@linkcode StatusError} {@linkcode AuthenticationError}
 * {@linkcode ProtocolError} when it cannot even be described
 */
export async function runMatrix(options: MatrixOptions): Promise<Matrix> {
  return await new MatrixRun(options).run();
}

class MatrixRun {
  readonly #rows: MatrixRow[] = [];
  readonly #overall = new AbortController();
  readonly #signal: AbortSignal;
  readonly #deadline: number;
  readonly #known: Known = {
    transport: undefined,
    sessionTimeout: DEFAULT_SESSION_MS,
    saidTimeout: false,
    duration: undefined,
    sessions: 1,
  };

  constructor(readonly options: MatrixOptions) {
    const { signal, clock, duration } = options;
    this.#signal = AbortSignal.any([
      this.#overall.signal,
      ...(signal === undefined ? [] : [signal]),
    ]);
    this.#deadline = clock.now() + duration;
  }

  async run(): Promise<Matrix> {
    const { clock, duration } = this.options;
    const timer = clock.setTimer(duration, () => {
      this.#overall.abort(new UnreachableError(`the matrix was not done in ${duration / 1000} s`));
    });
    try {
      await this.#describe();
      const known = this.#known;
      await this.#tryAll(transportTrials((transport) => known.transport ??= transport));
      await this.#tryAll([sessionsTrial(known), ...requestTrials(known)]);
      await this.#tryAll(describeTrials(), false);
      await this.#tryAll([
        ...rangeTrials(known, clock.wallTime()),
        ...rateTrials(known),
        pauseTrial(known),
      ]);
      await this.#tryKeepAlives();
    } finally {
      timer.cancel();
      this.#overall.abort();
    }
    return { rows: this.#rows, plays: this.#known.transport !== undefined };
  }

  /** What every row needs: where even that fails, the reason is the whole answer. */
  async #describe(): Promise<void> {
    const trial: Trial = {
      ...{ group: "describe", name: "DESCRIBE", shows: ["DESCRIBE"] },
      run: () => Promise.resolve({ result: "yes", detail: "" }),
    };
    const attempt = new Attempt(this.options, trial, this.#signal);
    try {
      const requester = await attempt.connect();
      const accept: [string, string] = ["Accept", "application/sdp"];
      const reply = await requester.ask("DESCRIBE", attempt.target, [accept]);
      if (reply.status >= 300) return; // rows follow redirections each by themselves
      const { url, observer = {} } = this.options;
      this.#known.duration = chooseTracks(reply, url, { observer })[0]?.duration;
    } finally {
      await attempt.close();
    }
  }

  /** @param needsMedia whether it is of no use where no transport brings media */
  async #tryAll(trials: readonly Trial[], needsMedia = true): Promise<void> {
    for (const trial of trials) {
      const isMoot = needsMedia && trial.group !== "transport" &&
        this.#known.transport === undefined;
      if (isMoot) this.#skip(trial, "no transport brings media");
      else await this.#try(trial);
    }
  }

  async #tryKeepAlives(): Promise<void> {
    const { keepAliveMargin, clock, duration } = this.options;
    const known = this.#known;
    const trials = keepAliveTrials(known, keepAliveMargin);
    if (known.transport === undefined) return await this.#tryAll(trials);
    const wait = keepAliveWait(known, keepAliveMargin);
    const rounds = Math.ceil(trials.length / known.sessions);
    const left = this.#deadline - clock.now();
    // What is tried side by side takes no longer than one of them.
    for (let i = 0; i < trials.length; i += known.sessions) {
      const batch = trials.slice(i, i + known.sessions);
      if (this.#deadline - clock.now() > wait + Math.min(OVERHEAD_MS, wait) / 5) {
        await Promise.all(batch.map((trial) => this.#try(trial)));
        continue;
      }
      const seconds = Math.ceil((duration - left + rounds * wait + OVERHEAD_MS) / 1000);
      const why = `the session timeout is ${known.sessionTimeout / 1000} s${
        known.saidTimeout ? "" : " where the server says nothing"
      }, which takes longer than allowed: give --duration ${seconds}s`;
      for (const trial of batch) this.#skip(trial, why);
    }
  }

  async #try(trial: Trial): Promise<void> {
    if (this.#signal.aborted) return this.#skip(trial, "the time was up; give a longer --duration");
    const { clock } = this.options;
    const from = clock.now();
    const attempt = new Attempt(this.options, trial, this.#signal);
    let outcome: TrialOutcome;
    try {
      outcome = await trial.run(attempt);
    } catch (error) {
      outcome = this.#outcomeOf(error);
    } finally {
      await attempt.close();
    }
    this.#learn(attempt);
    const milliseconds = Math.round(clock.now() - from);
    this.#add(trial, outcome, attempt.exchange.lines, milliseconds);
  }

  #learn(attempt: Attempt): void {
    if (attempt.sessionTimeout === undefined) return;
    this.#known.sessionTimeout = attempt.sessionTimeout * 1000;
    this.#known.saidTimeout = true;
  }

  #skip(trial: Trial, detail: string): void {
    this.#add(trial, { result: "skipped", detail }, [], 0);
  }

  #add(
    { group, name }: Trial,
    { result, detail }: TrialOutcome,
    exchange: string[],
    milliseconds: number,
  ): void {
    const row: MatrixRow = { group, name, result, detail, exchange, milliseconds };
    this.#rows.push(row);
    this.options.onRow?.(row);
  }

  #outcomeOf(error: unknown): TrialOutcome {
    const { message } = error as Error;
    if (this.#signal.aborted) {
      return { result: "skipped", detail: "the time was up; give a longer --duration" };
    }
    if (error instanceof StatusError || error instanceof NoReplyError) {
      return { result: "no", detail: message };
    }
    if (error instanceof ProtocolError || error instanceof AuthenticationError) {
      return { result: "no", detail: message };
    }
    return { result: "failed", detail: message };
  }
}
