import { listLabFiles } from "../../client/lab/list_files.ts";
import type { Clock } from "../../net/clock.ts";
import type { PlayerControl } from "../player/player_control.ts";
import { failureOf } from "../player/plain_words.ts";
import { AddressError, parseAddressForm } from "../player/stream_address.ts";
import { type FromPage, parseFromPage } from "./page_messages.ts";
import type { PageParts } from "./page_server.ts";
import { PLAYER_ASSETS } from "./player_assets.ts";
import { Recording } from "./recording.ts";
import { Viewer } from "./viewer.ts";

/** What a player's page shows. */
export interface PlayerPageOptions {
  clock: Clock;
  /** What it shows, one beside the other. */
  players: readonly PlayerControl[];
  version: string;
  /** Three buttons instead of seven. */
  simple: boolean;
  /** Whether it shows what it was given and nothing else: its form then only tries again. */
  isFixed?: boolean;
  /** Told when the last page that was open has been closed. */
  onDeserted?: () => void;
}

/** How long a server may take to say which files it offers, in ms. */
const FILES_MS = 3000;
const UNTOLD = "The server does not tell which files it has.";
/** Pages open at once. */
const MOST_VIEWERS = 32;

/** The player as a page: every page that is open shows the same and has the same controls. */
export class PlayerPage {
  readonly #viewers = new Set<Viewer>();
  readonly #recordings = new Map<number, Recording>();
  readonly parts: PageParts = {
    assets: PLAYER_ASSETS,
    onSocket: (socket) => this.#join(socket),
    onRequest: (name) => this.#record(name),
  };

  constructor(readonly options: PlayerPageOptions) {}

  /** Pages open now. */
  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Ends the connections; the players are their owner's to close. */
  close(): void {
    for (const recording of this.#recordings.values()) recording.stop();
    for (const viewer of this.#viewers) {
      viewer.close();
      viewer.socket.close(1001, "The player has ended");
    }
  }

  #join(socket: WebSocket): void {
    if (this.#viewers.size >= MOST_VIEWERS) return socket.close(1013, "Too many pages");
    const { players, clock, version, simple, isFixed = false } = this.options;
    const viewer = new Viewer(socket, players, clock, { version, simple, isFixed });
    this.#viewers.add(viewer);
    for (const [player, { frames }] of this.#recordings) {
      viewer.tell({ type: "recording", player, on: true, frames });
    }
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== "string") return viewer.acknowledged(data);
      const message = parseFromPage(data);
      if (message !== undefined) this.#carryOut(message, viewer);
    };
    const leave = (): void => {
      viewer.close();
      if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.options.onDeserted?.();
    };
    socket.onclose = leave;
    socket.onerror = leave;
  }

  #carryOut(message: FromPage, viewer: Viewer): void {
    const player = this.options.players[message.player];
    if (player === undefined) return;
    switch (message.type) {
      case "act":
        return void player.act(message.action);
      case "start":
        return void player.start();
      case "seek":
        return void player.seek(message.seconds);
      case "scale":
        return void player.setScale(message.scale);
      case "open":
        return void this.#open(player, message, viewer);
      case "files":
        return void this.#listFiles(message, viewer);
      case "stop-recording":
        return this.#recordings.get(message.player)?.stop();
    }
  }

  async #open(
    player: PlayerControl,
    { form, user, password, player: index }: Extract<FromPage, { type: "open" }>,
    viewer: Viewer,
  ): Promise<void> {
    try {
      const { isFixed } = this.options;
      const address = isFixed && player.address ? player.address : parseAddressForm(form);
      const credentials = user === "" ? undefined : { username: user, password };
      await player.choose(address, credentials);
      await player.start();
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      const { field, message } = error;
      viewer.tell({ type: "form-error", player: index, field, message });
    }
  }

  async #listFiles(
    { address, port, player }: Extract<FromPage, { type: "files" }>,
    viewer: Viewer,
  ): Promise<void> {
    if (this.options.isFixed) return;
    const options = { clock: this.options.clock, timeout: FILES_MS, observer: {} };
    let files: string[] | null = null;
    let message = UNTOLD;
    try {
      const form = { address, port, rtpPort: "0", file: "*", dialect: "auto", transport: "auto" };
      const { target } = parseAddressForm(form);
      if (target.form === "lab") {
        files = await listLabFiles(target.hostname, target.port, options) ?? null;
      }
      if (files !== null) message = `${files.length} files on the server.`;
    } catch (error) {
      const failure = failureOf(error);
      if (error instanceof AddressError) message = error.message;
      else if (failure.kind !== "no-reply") message = failure.text;
    }
    viewer.tell({ type: "files", player, files, message });
  }

  /** `record/N`: a download of what player N shows from now on. */
  #record(name: string): Response | undefined {
    const index = /^record\/(\d{1,3})$/.exec(name)?.[1];
    const player = index === undefined ? undefined : this.options.players[Number(index)];
    if (player === undefined) return undefined;
    const number = Number(index);
    this.#recordings.get(number)?.stop();
    const recording = new Recording(player, this.#recordingName(player), (frames) => {
      if (this.#recordings.get(number) === recording) this.#recordings.delete(number);
      this.#tellAll({ type: "recording", player: number, on: false, frames });
    });
    this.#recordings.set(number, recording);
    this.#tellAll({ type: "recording", player: number, on: true, frames: 0 });
    return recording.response;
  }

  #recordingName(player: PlayerControl): string {
    const stem = player.snapshot.name.replace(/^.*[/]/, "").replace(/\.[A-Za-z0-9]{1,8}$/, "");
    const time = new Date(this.options.clock.wallTime()).toISOString().slice(0, 19);
    const safe = stem.replace(/[^\w-]+/g, "-").slice(0, 40) || "stream";
    return `${safe}-${time.replace(/[:T]/g, "-")}.mjpeg`;
  }

  #tellAll(message: Parameters<Viewer["tell"]>[0]): void {
    for (const viewer of this.#viewers) viewer.tell(message);
  }
}
