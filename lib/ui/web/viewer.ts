import type { Clock, Timer } from "../../net/clock.ts";
import type { PlayerControl } from "../player/player_control.ts";
import type { PlayerSnapshot } from "../player/snapshot.ts";
import { parseDrawn } from "./frame_message.ts";
import { FramePump } from "./frame_pump.ts";
import type { ToPage } from "./page_messages.ts";

/** How often a page is told of numbers that change all the time, in ms. */
const TELL_EVERY_MS = 100;
/** How often it is told of findings and of the last packet, in ms. */
const TELL_SLOWLY_MS = 500;

/** What a page that opens is told first. */
export interface Greeting {
  version: string;
  simple: boolean;
  isFixed: boolean;
}

/** One page that shows the players. */
export class Viewer {
  readonly #pumps: FramePump[];
  readonly #told: Record<string, string>[];
  readonly #changed = new Set<number>();
  readonly #packetTold: number[];
  readonly #endings: (() => void)[] = [];
  #timer: Timer | undefined;
  #toldSlowlyAt = -Infinity;

  constructor(
    readonly socket: WebSocket,
    readonly players: readonly PlayerControl[],
    readonly clock: Clock,
    greeting: Greeting,
  ) {
    this.#pumps = players.map((_, i) => new FramePump(i, socket));
    this.#told = players.map(() => ({}));
    this.#packetTold = players.map(() => 0);
    this.#send({
      type: "hello",
      ...greeting,
      players: players.map((player, i) => ({
        state: this.#delta(i, player.snapshot),
        exchange: player.log.entries,
        samples: player.samples,
      })),
    });
    players.forEach((player, i) => this.#follow(player, i));
  }

  /** The page says it has drawn a picture. */
  acknowledged(data: ArrayBuffer): void {
    const drawn = parseDrawn(data);
    if (drawn !== undefined) this.#pumps[drawn.player]?.drawn(drawn.serial);
  }

  tell(message: ToPage): void {
    this.#send(message);
  }

  /** Follows the players no more. */
  close(): void {
    for (const end of this.#endings) end();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #follow(player: PlayerControl, i: number): void {
    if (player.frame !== undefined) this.#pumps[i]!.push(player.frame);
    this.#endings.push(player.listen({
      frame: (frame) => this.#isOpen && this.#pumps[i]!.push(frame),
      exchange: (entry) => this.#send({ type: "exchange", player: i, entries: [entry] }),
      sample: (sample) => this.#send({ type: "sample", player: i, sample }),
      changed: () => {
        this.#changed.add(i);
        this.#timer ??= this.clock.setTimer(TELL_EVERY_MS, () => this.#tellChanges());
      },
    }));
  }

  #tellChanges(): void {
    this.#timer = undefined;
    const now = this.clock.now();
    const slowly = now - this.#toldSlowlyAt >= TELL_SLOWLY_MS;
    if (slowly) this.#toldSlowlyAt = now;
    for (const i of this.#changed) {
      const player = this.players[i]!;
      const delta = this.#delta(i, player.snapshot);
      if (Object.keys(delta).length > 0) this.#send({ type: "state", player: i, delta });
      if (slowly) this.#tellPacket(i);
    }
    if (slowly) this.#changed.clear();
    // What comes slowly has not been told yet, and nothing else may change any more.
    else this.#timer = this.clock.setTimer(TELL_EVERY_MS, () => this.#tellChanges());
  }

  #tellPacket(i: number): void {
    const packet = this.players[i]!.packet;
    if (packet === undefined || packet.time === this.#packetTold[i]) return;
    this.#packetTold[i] = packet.time;
    this.#send({ type: "packet", player: i, packet });
  }

  /** What is another value than the page has been told; null where there is none any more. */
  #delta(i: number, snapshot: PlayerSnapshot): Record<string, unknown> {
    const told = this.#told[i]!;
    const delta: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(snapshot)) {
      const text = JSON.stringify(value) ?? "null";
      if (told[key] === text) continue;
      told[key] = text;
      delta[key] = value ?? null;
    }
    return delta;
  }

  get #isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  #send(message: ToPage): void {
    if (this.#isOpen) this.socket.send(JSON.stringify(message));
  }
}
