import { hostPort } from "../../net/address.ts";
import { TimeoutError } from "../../net/clock.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import { BindError, reasonOf } from "../../net/errors.ts";
import { PageServer } from "../web/page_server.ts";
import { DASHBOARD_ASSETS } from "./dashboard_assets.ts";
import { DashboardApi, type DashboardSubject } from "./dashboard_api.ts";
import { jsonResponse } from "./json_request.ts";
import { Players } from "./players.ts";

/** What a dashboard is made of. */
export interface DashboardOptions extends DashboardSubject {
  randomBytes: (length: number) => Uint8Array;
  /** The address it is on. */
  hostname: string;
  /** 0 for any free one. */
  port: number;
  /** What the server's certificate is known by, where it has one. */
  trust?: TlsTrust | undefined;
}

const ANY_IPV4 = "0.0.0.0";
/** Where those are reached who listen on all addresses. */
const LOOPBACK: Readonly<Record<string, string>> = { [ANY_IPV4]: "127.0.0.1", "::": "::1" };
const KICK = /^api\/sessions\/([0-9A-Za-z]{1,64})\/kick$/;
const THUMBNAIL = /^api\/files\/(.{1,3072})\/thumbnail$/;

/** A server's window: what it does as a page, as JSON and as metrics, and its switch. */
export class Dashboard {
  readonly #server: PageServer;
  readonly #api: DashboardApi;
  readonly #players: Players;

  /** @throws {BindError} when the port or address cannot be had */
  constructor(readonly options: DashboardOptions) {
    const { hostname, port, randomBytes } = options;
    this.#api = new DashboardApi(options);
    this.#players = new Players({ ...options, urlOf: (name) => this.#urlOf(name) });
    try {
      this.#server = new PageServer({
        assets: DASHBOARD_ASSETS,
        randomBytes,
        hostname,
        port,
        subPage: (name) => this.#players.find(name),
        onRequest: (name, request) => this.#answer(name, request),
        onOpenRequest: (path, request) => this.#answerOpenly(path, request),
      });
    } catch (error) {
      const where = hostPort(hostname, port);
      throw new BindError(`cannot bind the dashboard to ${where}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The page's address. */
  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  async close(): Promise<void> {
    this.options.files.close();
    await this.#players.close();
    await this.#server.close();
  }

  /** A file's URL as this machine reaches it. */
  #urlOf(name: string): string | undefined {
    const { control, scheme, serveHost = ANY_IPV4 } = this.options;
    const { port } = control.state;
    if (port === undefined) return undefined;
    const host = LOOPBACK[serveHost] ?? serveHost;
    const path = name.split("/").map(encodeURIComponent).join("/");
    return `${scheme}://${hostPort(host, port)}/${path}`;
  }

  /** What monitors ask for, who know no token. */
  #answerOpenly(path: string, { method }: Request): Promise<Response> | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    if (path === "/metrics") return settle(this.#api.metrics());
    return path === "/healthz" ? settle(this.#api.healthz()) : undefined;
  }

  #answer(name: string, request: Request): Promise<Response> | undefined {
    if (!name.startsWith("api/")) return undefined;
    const { method } = request;
    const answer = method === "GET"
      ? this.#tell(name, new URL(request.url).searchParams)
      : method === "POST"
      ? this.#change(name, request)
      : undefined;
    return settle(answer ?? Promise.resolve(jsonResponse({ error: "nothing here" }, 404)));
  }

  #tell(name: string, query: URLSearchParams): Promise<Response> | undefined {
    const file = THUMBNAIL.exec(name)?.[1];
    if (file !== undefined) return this.#api.thumbnail(file);
    switch (name) {
      case "api/status":
        return this.#api.status();
      case "api/sessions":
        return this.#api.sessions(query.get("limit"));
      case "api/files":
        return this.#api.files();
      case "api/log":
        return this.#api.log(query.get("after"));
    }
    return undefined;
  }

  #change(name: string, request: Request): Promise<Response> | undefined {
    const session = KICK.exec(name)?.[1];
    if (session !== undefined) return this.#api.kick(session);
    if (name === "api/serve") return this.#api.serve(request);
    return name === "api/stop" ? this.#api.stop() : undefined;
  }
}

/** 503 where a part of the server does not answer. */
function settle(answer: Promise<Response>): Promise<Response> {
  return answer.catch((error) => {
    if (!(error instanceof TimeoutError)) throw error;
    return jsonResponse({ error: `${error.waitedFor} does not answer` }, 503);
  });
}
