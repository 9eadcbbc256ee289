import { constantTimeEqual } from "../../auth/constant_time.ts";
import { contentSecurityPolicy, SAFE_HEADERS } from "./safe_headers.ts";

/** A file of the page. */
export interface Asset {
  /** MIME type, with the character set. */
  type: string;
  body: string;
}

/** What a page server serves. */
export interface PageServerOptions {
  /** By name, as the page asks for them; `""` is the page itself. */
  assets: ReadonlyMap<string, Asset>;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /**
   * The port that is tried first, so that the browser knows the page again and what it remembers of
   * it; any free one when that is taken. 0 for any.
   */
  preferredPort?: number;
  /** A page has opened its socket. */
  onSocket: (socket: WebSocket) => void;
  /** Answers what is no asset; undefined for what is not there. */
  onRequest?: (name: string, request: Request) => Response | undefined;
}

/** Of the token in the page's address, in bytes: 128 bits. */
const TOKEN_BYTES = 16;
const HOST = "127.0.0.1";
/** Where the page's socket is. */
export const SOCKET_NAME = "socket";

/**
 * Serves a page to the person at this machine and to nobody else: on the loopback address, below a
 * path that cannot be guessed, to requests that name this very server as their host (so no name that
 * was pointed here by its owner) and come from the page itself.
 */
export class PageServer {
  readonly #token: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly options: PageServerOptions) {
    this.#token = Array.from(options.randomBytes(TOKEN_BYTES), (byte) => {
      return byte.toString(16).padStart(2, "0");
    }).join("");
    this.#server = this.#listen(options.preferredPort ?? 0);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** The page's address, token included. */
  get url(): string {
    return `http://${HOST}:${this.port}/${this.#token}/`;
  }

  /** Stops answering; sockets are their owner's to close. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    try {
      return Deno.serve({
        hostname: HOST,
        port,
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
      }, (request) => this.#answer(request));
    } catch (error) {
      if (port === 0 || !(error instanceof Deno.errors.AddrInUse)) throw error;
      return this.#listen(0);
    }
  }

  #answer(request: Request): Response {
    if (!this.#isFromHere(request)) return this.#refusal(403, "Not from here.");
    const { pathname } = new URL(request.url);
    const [token = "", ...rest] = pathname.slice(1).split("/");
    if (!constantTimeEqual(token, this.#token) || rest.length === 0) {
      return this.#refusal(404, "Nothing here.");
    }
    const name = rest.join("/");
    if (name === SOCKET_NAME) return this.#open(request);
    const asset = this.options.assets.get(name);
    if (asset !== undefined) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        return this.#refusal(405, "That cannot be done here.");
      }
      return this.#secured(new Response(asset.body, { headers: { "Content-Type": asset.type } }));
    }
    const other = this.options.onRequest?.(name, request);
    return other === undefined ? this.#refusal(404, "Nothing here.") : this.#secured(other);
  }

  /** Whether a request names this server, and is no other site's. */
  #isFromHere({ headers }: Request): boolean {
    const hosts = [`${HOST}:${this.port}`, `localhost:${this.port}`];
    if (!hosts.includes(headers.get("host") ?? "")) return false;
    const origin = headers.get("origin");
    if (origin !== null && !hosts.some((host) => origin === `http://${host}`)) return false;
    const site = headers.get("sec-fetch-site");
    return site === null || site === "same-origin" || site === "none";
  }

  #open(request: Request): Response {
    // Browsers always say which page opens a socket; what does not is none.
    const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    if (!isSocket || request.headers.get("origin") === null) {
      return this.#refusal(403, "Not from here.");
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.options.onSocket(socket);
    return response;
  }

  #refusal(status: number, text: string): Response {
    return this.#secured(new Response(`${text}\n`, { status }));
  }

  #secured(response: Response): Response {
    for (const [name, value] of SAFE_HEADERS) response.headers.set(name, value);
    response.headers.set("Content-Security-Policy", contentSecurityPolicy(this.port));
    return response;
  }
}
