import type { Clock, Timer } from "../../net/clock.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import { PlayerControl } from "../player/player_control.ts";
import { AddressError, parseAddressForm, type StreamAddress } from "../player/stream_address.ts";
import type { SubPage } from "../web/page_server.ts";
import { PlayerPage } from "../web/player_page.ts";

/** What the players of a dashboard need from outside. */
export interface PlayersOptions {
  clock: Clock;
  randomBytes: (length: number) => Uint8Array;
  version: string;
  /** What the server's certificate is known by, where it has one. */
  trust?: TlsTrust | undefined;
  /** The URL of a file as this machine reaches it; undefined while nothing is served. */
  urlOf: (name: string) => string | undefined;
}

/** Files that are played at once. */
export const MOST_PLAYED = 8;
/** How long a file goes on playing that nobody watches, in ms: a page may be loaded anew. */
const LINGER_MS = 10_000;
/** Bound on every wait for the server, in ms. */
const TIMEOUT_MS = 10_000;
const PAGE = /^play\/([^/]{1,3072})\/(.*)$/s;

/** The player's page for each file of a server, below the dashboard: `play/NAME/`. */
export class Players {
  readonly #played = new Map<string, PlayedFile>();

  constructor(readonly options: PlayersOptions) {}

  /** The page that a name belongs to; opens it where it is the page itself that is asked for. */
  find(path: string): SubPage | undefined {
    const [, encoded, name] = PAGE.exec(path) ?? [];
    if (encoded === undefined || name === undefined) return undefined;
    const played = name === "" ? this.#begin(encoded) : this.#played.get(encoded);
    return played && { parts: played.page.parts, name };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#played.values()].map((played) => played.close()));
  }

  /** A page is being loaded: what it shows is played from now on. */
  #begin(encoded: string): PlayedFile | undefined {
    const url = this.options.urlOf(decode(encoded));
    let played = this.#played.get(encoded);
    if (played !== undefined && url !== undefined && played.url !== url) {
      // It is served on another port now.
      played.close();
      played = undefined;
    }
    if (played === undefined) {
      if (url === undefined || this.#played.size >= MOST_PLAYED) return undefined;
      const ended = (file: PlayedFile): void => {
        if (this.#played.get(encoded) === file) this.#played.delete(encoded);
      };
      const address = addressOf(url);
      if (address === undefined) return undefined;
      played = new PlayedFile(url, address, this.options, ended);
      this.#played.set(encoded, played);
    }
    played.begin();
    return played;
  }
}

/** One file that is played for as long as somebody watches. */
class PlayedFile {
  readonly page: PlayerPage;
  readonly #player: PlayerControl;
  #linger: Timer | undefined;

  constructor(
    readonly url: string,
    readonly address: StreamAddress,
    readonly options: PlayersOptions,
    readonly onEnd: (file: PlayedFile) => void,
  ) {
    const { clock, randomBytes, version, trust } = options;
    this.#player = new PlayerControl({ clock, randomBytes, trust, timeout: TIMEOUT_MS });
    this.page = new PlayerPage({
      ...{ clock, version, simple: false, players: [this.#player], isFixed: true },
      onDeserted: () => this.#lingerOn(),
    });
  }

  /** A page is being loaded. */
  begin(): void {
    this.#lingerOn();
    if (this.page.viewerCount === 0 && this.#player.snapshot.state === "Init") this.#start();
  }

  async close(): Promise<void> {
    this.#linger?.cancel();
    this.onEnd(this);
    this.page.close();
    await this.#player.close();
  }

  async #start(): Promise<void> {
    await this.#player.choose(this.address);
    // What goes wrong stands in the page.
    await this.#player.start();
  }

  #lingerOn(): void {
    this.#linger?.cancel();
    this.#linger = this.options.clock.setTimer(LINGER_MS, () => {
      if (this.page.viewerCount === 0) this.close();
    });
  }
}

/** Undefined where a name is too much for a URL. */
function addressOf(address: string): StreamAddress | undefined {
  const form = { address, port: "", rtpPort: "", file: "", dialect: "auto", transport: "auto" };
  try {
    return parseAddressForm(form);
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** A name as it stands in a path; one that is no such thing is no file's either. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
