import { addUp, countsOf, type MetricFamily } from "../lib/server/metrics_families.ts";
import { NOTHING_SEEN, type Observation } from "../lib/server/watch.ts";
import {
  type ServeControl,
  ServeRefusedError,
  type ServeState,
} from "../lib/ui/dashboard/serve_control.ts";
import { BindError } from "../lib/net/errors.ts";
import type { Serving } from "./serve_one.ts";

/** Why a session ended that somebody ended from the dashboard, for its viewer and the log. */
const KICK_REASON = "ended from the dashboard";

/** A server that is started and stopped, again and again, while the command goes on. */
export class SwitchedServing implements ServeControl {
  #serving: Serving | undefined;
  #changing = false;
  /** What those before the one that is serving have counted. */
  #past: MetricFamily[] = [];
  readonly #died = Promise.withResolvers<never>();

  /**
   * @param begin serves on a port
   * @param announce told when connections are accepted, and when they no longer are
   */
  constructor(
    readonly begin: (port: number) => Promise<Serving>,
    readonly announce: (state: ServeState) => Promise<void> | void,
  ) {
    this.#died.promise.catch(() => {}); // whoever asks is told
  }

  /** Rejects when a server could not go on. */
  get died(): Promise<never> {
    return this.#died.promise;
  }

  get state(): ServeState {
    if (this.#changing) return { state: "changing", port: undefined };
    const port = this.#serving?.port;
    return { state: port === undefined ? "stopped" : "serving", port };
  }

  async start(port: number): Promise<void> {
    if (this.#changing) throw new ServeRefusedError("It is being started or stopped just now");
    if (this.#serving !== undefined) {
      throw new ServeRefusedError(`It is serving on port ${this.#serving.port}; stop it first`);
    }
    this.#changing = true;
    try {
      this.#take(await this.begin(port));
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      throw new ServeRefusedError(error.message, { cause: error });
    } finally {
      this.#changing = false;
    }
    await this.announce(this.state);
  }

  async stop(): Promise<void> {
    const serving = this.#serving;
    if (serving === undefined || this.#changing) return;
    this.#changing = true;
    try {
      serving.stop();
      await serving.ended;
      this.#past = addUp([this.#past, countsOf((await serving.observe()).families)]);
      this.#serving = undefined;
    } finally {
      this.#changing = false;
    }
    await this.announce(this.state);
  }

  async observe(): Promise<Observation> {
    const now = await this.#serving?.observe() ?? NOTHING_SEEN;
    return { ...now, families: addUp([this.#past, now.families]) };
  }

  kick(id: string): Promise<boolean> {
    return this.#serving?.kick(id, KICK_REASON) ?? Promise.resolve(false);
  }

  /** Takes a server that has begun. */
  #take(serving: Serving): void {
    this.#serving = serving;
    serving.ended.catch((error) => this.#died.reject(error));
  }
}
