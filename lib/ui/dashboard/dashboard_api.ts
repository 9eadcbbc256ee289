import type { Clock } from "../../net/clock.ts";
import { networkAddresses } from "../../net/native/machine_facts.ts";
import { startsPng } from "../../media/transcode/picture_size.ts";
import type { MetricFamily } from "../../server/metrics_families.ts";
import { formatMetrics, METRICS_TYPE } from "../../server/metrics_text.ts";
import type { EventLog } from "./event_log.ts";
import type { FileList } from "./file_list.ts";
import { healthOf } from "./health.ts";
import { jsonResponse, readJson } from "./json_request.ts";
import { processFamilies } from "./process_families.ts";
import { type ServeControl, ServeRefusedError } from "./serve_control.ts";
import { SESSIONS_TOLD, sessionsOf, statusOf } from "./status.ts";
import { Watcher } from "./watcher.ts";

/** What a dashboard tells about, and what it switches. */
export interface DashboardSubject {
  clock: Clock;
  control: ServeControl;
  files: FileList;
  log: EventLog;
  version: string;
  /** `rtsp` or `rtsps`. */
  scheme: string;
  /** The address that is served on; undefined for all. */
  serveHost: string | undefined;
}

const WHOLE_NUMBER = /^\d{1,15}$/;
const MOST_PORT = 65_535;

/** The answers of a dashboard, one a request. */
export class DashboardApi {
  readonly #watcher: Watcher;
  readonly #startedAt: number;
  readonly #wallStartedAt: number;

  constructor(readonly subject: DashboardSubject) {
    const { clock, control } = subject;
    this.#startedAt = clock.now();
    this.#wallStartedAt = clock.wallTime();
    this.#watcher = new Watcher(() => clock.now(), () => control.observe());
  }

  /** `GET metrics` */
  async metrics(): Promise<Response> {
    const { families } = await this.subject.control.observe();
    const text = formatMetrics([...this.#ofProcess(), ...families]);
    return new Response(text, { headers: { "Content-Type": METRICS_TYPE } });
  }

  /** `GET healthz`: 200, or 503 and why. */
  async healthz(): Promise<Response> {
    const { control } = this.subject;
    const health = await healthOf(control.state, () => control.observe());
    return jsonResponse(health, health.ok ? 200 : 503);
  }

  /** `GET api/status` */
  async status(): Promise<Response> {
    const { control, version, scheme, serveHost } = this.subject;
    const seen = await this.#watcher.see();
    const { state, port } = control.state;
    const facts = {
      version,
      state,
      port: port ?? null,
      scheme,
      hosts: serveHost === undefined ? ["localhost", ...networkAddresses()] : [serveHost],
      uptimeSeconds: this.#uptimeMs / 1000,
      health: await healthOf(control.state, () => Promise.resolve(seen.observation)),
    };
    return jsonResponse(statusOf(facts, seen, this.#ofProcess()));
  }

  /** `GET api/sessions?limit=N` */
  async sessions(limit: string | null): Promise<Response> {
    const most = readNumber(limit) ?? SESSIONS_TOLD;
    return jsonResponse(sessionsOf(await this.#watcher.see(), most));
  }

  /** `GET api/files` */
  async files(): Promise<Response> {
    return jsonResponse(await this.subject.files.list());
  }

  /** `GET api/files/NAME/thumbnail`: the first picture as it is in the file. */
  async thumbnail(encodedName: string): Promise<Response> {
    const picture = await this.subject.files.picture(decode(encodedName));
    if (picture === undefined) return jsonResponse({ error: "no picture" }, 404);
    const type = startsPng(picture) ? "image/png" : "image/jpeg";
    return new Response(picture.slice(), { headers: { "Content-Type": type } });
  }

  /** `GET api/log?after=N` */
  log(after: string | null): Promise<Response> {
    const { log } = this.subject;
    const lines = log.after(readNumber(after) ?? 0);
    return Promise.resolve(jsonResponse({ newest: log.newest, lines }));
  }

  /** `POST api/sessions/ID/kick` */
  async kick(id: string): Promise<Response> {
    const found = await this.subject.control.kick(id);
    return found ? jsonResponse({ kicked: id }) : jsonResponse({ error: "no such session" }, 404);
  }

  /** `POST api/serve` with `{"port": N}` */
  async serve(request: Request): Promise<Response> {
    const { port } = await readJson(request) ?? {};
    const isPort = typeof port === "number" && Number.isInteger(port) && port >= 0 &&
      port <= MOST_PORT;
    if (!isPort) return jsonResponse({ error: "A port is a whole number of 0 to 65,535" }, 400);
    const { control } = this.subject;
    return await this.#switch(() => control.start(port));
  }

  /** `POST api/stop` */
  stop(): Promise<Response> {
    const { control } = this.subject;
    return this.#switch(() => control.stop());
  }

  async #switch(turn: () => Promise<void>): Promise<Response> {
    try {
      await turn();
    } catch (error) {
      if (!(error instanceof ServeRefusedError)) throw error;
      return jsonResponse({ error: error.message }, 409);
    }
    const { state, port } = this.subject.control.state;
    return jsonResponse({ state, port: port ?? null });
  }

  get #uptimeMs(): number {
    return this.subject.clock.now() - this.#startedAt;
  }

  #ofProcess(): MetricFamily[] {
    const { version, control } = this.subject;
    return processFamilies({
      version,
      startedAt: this.#wallStartedAt,
      uptimeMs: this.#uptimeMs,
      serving: control.state.state === "serving",
    });
  }
}

function readNumber(text: string | null): number | undefined {
  return text !== null && WHOLE_NUMBER.test(text) ? Number(text) : undefined;
}

/** A name as it stands in a path; one that is no such thing is no file's either. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
