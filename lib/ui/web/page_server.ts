import { constantTimeEqual } from "../../auth/constant_time.ts";
import { hostPort, isLoopback } from "../../net/address.ts";
import { isNamedHost } from "./named_host.ts";
import { contentSecurityPolicy, SAFE_HEADERS } from "./safe_headers.ts";

/** A file of the page. */
export interface Asset {
  /** MIME type, with the character set. */
  type: string;
  body: string;
}

/** What a page is made of. */
export interface PageParts {
  /** By name, as the page asks for them; `""` is the page itself. */
  assets: ReadonlyMap<string, Asset>;
  /** The page has opened its socket; there is none when left out. */
  onSocket?: (socket: WebSocket) => void;
  /** Answers what is no asset; undefined for what is not there. */
  onRequest?: (name: string, request: Request) => Answer | undefined;
}

/** Another page, below the first. */
export interface SubPage {
  parts: PageParts;
  /** What is asked of it. */
  name: string;
}

/** What a page server serves. */
export interface PageServerOptions extends PageParts {
  /** Finds the page below this one that a name belongs to; undefined where it is this one's. */
  subPage?: (name: string) => SubPage | undefined;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /**
   * The port that is tried first, so that the browser knows the page again and what it remembers of
   * it; any free one when that is taken. 0 for any.
   */
  preferredPort?: number;
  /** The port that it has to be, 0 for any; instead of one that is preferred. */
  port?: number;
  /** The address that is listened on, 127.0.0.1 unless said otherwise. */
  hostname?: string;
  /** Answers who does not know the token; undefined for what is not there. */
  onOpenRequest?: (path: string, request: Request) => Answer | undefined;
}

/** What a request is answered with. */
type Answer = Response | Promise<Response>;

/** Of the token in the page's address, in bytes: 128 bits. */
const TOKEN_BYTES = 16;
const DEFAULT_HOSTNAME = "127.0.0.1";
/** Where the page's socket is. */
export const SOCKET_NAME = "socket";

/**
 * Serves a page to the person who knows its address and to nobody else: on the loopback address
 * unless another is asked for, below a path that cannot be guessed, to requests that name this very
 * server as their host (so no name that was pointed here by its owner) and come from the page itself.
 */
export class PageServer {
  readonly #token: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly options: PageServerOptions) {
    this.#token = Array.from(options.randomBytes(TOKEN_BYTES), (byte) => {
      return byte.toString(16).padStart(2, "0");
    }).join("");
    this.#server = this.#listen(options.port ?? options.preferredPort ?? 0);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** The page's address, token included. */
  get url(): string {
    return `http://${hostPort(this.#hostname, this.port)}/${this.#token}/`;
  }

  /** Stops answering; sockets are their owner's to close. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  get #hostname(): string {
    return this.options.hostname ?? DEFAULT_HOSTNAME;
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    try {
      return Deno.serve({
        hostname: this.#hostname,
        port,
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
      }, (request) => this.#answer(request));
    } catch (error) {
      const isAsked = port === 0 || this.options.port !== undefined;
      if (isAsked || !(error instanceof Deno.errors.AddrInUse)) throw error;
      return this.#listen(0);
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const isOpen = this.options.onOpenRequest !== undefined && this.#isOpenTo(request);
    const open = isOpen ? this.options.onOpenRequest?.(pathname, request) : undefined;
    if (open !== undefined) return this.#secured(await open);
    if (!this.#isFromHere(request)) return this.#refusal(403, "Not from here.");
    const [token = "", ...rest] = pathname.slice(1).split("/");
    if (!constantTimeEqual(token, this.#token) || rest.length === 0) {
      return this.#refusal(404, "Nothing here.");
    }
    const name = rest.join("/");
    const { parts, name: own } = this.options.subPage?.(name) ?? { parts: this.options, name };
    return await this.#answerPart(parts, own, request);
  }

  async #answerPart(parts: PageParts, name: string, request: Request): Promise<Response> {
    const { assets, onSocket, onRequest } = parts;
    if (name === SOCKET_NAME && onSocket) return this.#open(request, onSocket);
    const asset = assets.get(name);
    if (asset !== undefined) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        return this.#refusal(405, "That cannot be done here.");
      }
      return this.#secured(new Response(asset.body, { headers: { "Content-Type": asset.type } }));
    }
    const other = onRequest?.(name, request);
    return other === undefined ? this.#refusal(404, "Nothing here.") : this.#secured(await other);
  }

  /** Whether a request names this server, and is no other site's. */
  #isFromHere({ headers }: Request): boolean {
    const host = headers.get("host") ?? "";
    if (!isNamedHost(host, this.#hostname, this.port)) return false;
    const origin = headers.get("origin");
    if (origin !== null && !this.#isOurOrigin(origin)) return false;
    const site = headers.get("sec-fetch-site");
    return site === null || site === "same-origin" || site === "none";
  }

  #isOurOrigin(origin: string): boolean {
    const [, host] = /^http:\/\/(.+)$/.exec(origin) ?? [];
    return host !== undefined && isNamedHost(host, this.#hostname, this.port);
  }

  /**
   * Whether a request may be answered without the token. What whole networks may read anyway is read
   * by whatever name they have for this machine, but never for another site's page.
   */
  #isOpenTo(request: Request): boolean {
    if (isLoopback(this.#hostname)) return this.#isFromHere(request);
    return !request.headers.has("origin");
  }

  #open(request: Request, onSocket: (socket: WebSocket) => void): Response {
    // Browsers always say which page opens a socket; what does not is none.
    const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    if (!isSocket || request.headers.get("origin") === null) {
      return this.#refusal(403, "Not from here.");
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => onSocket(socket);
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
