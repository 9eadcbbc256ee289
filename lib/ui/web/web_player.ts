import { PageServer } from "./page_server.ts";
import { PlayerPage, type PlayerPageOptions } from "./player_page.ts";

/** What the player's page is made of, and where it is. */
export interface WebPlayerOptions extends PlayerPageOptions {
  randomBytes: (length: number) => Uint8Array;
  /** As {@linkcode PageServerOptions.preferredPort}. */
  preferredPort?: number;
}

/** The player as a page, on a server of its own. */
export class WebPlayer {
  readonly #page: PlayerPage;
  readonly #server: PageServer;

  constructor(readonly options: WebPlayerOptions) {
    const { randomBytes, preferredPort = 0 } = options;
    this.#page = new PlayerPage(options);
    this.#server = new PageServer({ ...this.#page.parts, randomBytes, preferredPort });
  }

  /** The page's address. */
  get url(): string {
    return this.#server.url;
  }

  /** Pages open now. */
  get viewerCount(): number {
    return this.#page.viewerCount;
  }

  /** Ends the pages' connections and the server; the players are their owner's to close. */
  async close(): Promise<void> {
    this.#page.close();
    await this.#server.close();
  }
}
