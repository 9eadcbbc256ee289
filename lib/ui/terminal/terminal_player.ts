import { type Clock, sleep, type Timer } from "../../net/clock.ts";
import type { Failure } from "../player/plain_words.ts";
import { type Capabilities, DRAWING_PATIENCE_MS, isStatus } from "./capabilities.ts";
import { ASK_STATUS } from "./control_codes.ts";
import { commandOf, type KeyCommand, nextSpeed } from "./keys.ts";
import { Notices } from "./notices.ts";
import { Screen } from "./screen.ts";
import type { ShownPlayer } from "./shown_player.ts";
import { TerminalBytes } from "./terminal_bytes.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** How a player in a terminal came to its end. */
export interface TerminalEnding {
  /** The person's key or signal, the end of the media, or a terminal that was closed. */
  reason: "quit" | "ended" | "gone";
  /** What stood on the screen when it ended. */
  failure: Failure | undefined;
}

/** How often the lines are looked at when nothing else changes, in ms. */
const LOOK_EVERY_MS = 500;
/** How long a picture under way, and the answer to it, may take when all is to end, in ms. */
const LAST_PICTURE_MS = 1000;

/**
 * Shows a player in a terminal and takes its keys. There is one picture under way at most: the next
 * one is drawn when the terminal has said that it is done, and then it is the newest there is.
 */
export class TerminalPlayer {
  readonly #clock: Clock;
  readonly #screen: Screen;
  readonly #notices = new Notices();
  readonly #out = new TerminalBytes();
  readonly #end = Promise.withResolvers<TerminalEnding>();
  #isOver = false;
  #drawing: Promise<void> | undefined;
  #isWanted = false;
  /** Whether the terminal has not yet taken all it was sent. */
  #isWriting = false;
  /** Called when the terminal has drawn what was sent. */
  #onStatus: (() => void) | undefined;
  #timer: Timer | undefined;
  /** Status questions that have not been answered. */
  #questions = 0;
  #onLastAnswer: (() => void) | undefined;

  constructor(
    readonly player: ShownPlayer,
    readonly port: TerminalPort,
    readonly capabilities: Capabilities,
  ) {
    this.#clock = port.clock;
    this.#screen = new Screen(player, capabilities, this.#notices);
  }

  /** Shows the player until the person or the media ends it. Does not close the player. */
  async run(signal: AbortSignal): Promise<TerminalEnding> {
    const quit = (): void => this.#finish("quit");
    signal.addEventListener("abort", quit);
    const stopListening = this.port.listen((input) => {
      if (isStatus(input)) this.#answered();
    });
    const endings = [
      this.player.listen({
        frame: () => this.#want(),
        changed: () => this.#changed(),
        sample: () => this.#want(),
      }),
      this.port.onResize(() => this.#want()),
      this.port.listenToKeys((key) => this.#take(key)),
      () => signal.removeEventListener("abort", quit),
      () => this.#timer?.cancel(),
    ];
    this.port.gone.then(() => this.#finish("gone"));
    if (signal.aborted) quit();
    this.#look();
    try {
      return await this.#end.promise;
    } finally {
      for (const end of endings) end();
      this.#isOver = true;
      await this.#settle();
      stopListening();
    }
  }

  #finish(reason: TerminalEnding["reason"]): void {
    this.#isOver = true;
    this.#end.resolve({ reason, failure: this.player.snapshot.failure });
  }

  #changed(): void {
    this.#want();
    if (this.player.snapshot.ended) this.#finish("ended");
  }

  #look(): void {
    this.#want();
    this.#timer = this.#clock.setTimer(LOOK_EVERY_MS, () => this.#look());
  }

  /** The screen is to show where the player is, as soon as the terminal can. */
  #want(): void {
    this.#isWanted = true;
    if (this.#drawing !== undefined || this.#isOver) return;
    this.#drawing = this.#draw().catch((error) => this.#end.reject(error)).finally(() => {
      this.#drawing = undefined;
    });
  }

  async #draw(): Promise<void> {
    while (this.#isWanted && !this.#isOver) {
      this.#isWanted = false;
      this.#out.clear();
      await this.#screen.update(this.#out, this.port.size(), this.#clock);
      if (this.capabilities.answers) this.#out.text(ASK_STATUS);
      const begun = this.#clock.now();
      const drawn = this.#drawn();
      if (this.capabilities.answers) this.#questions++;
      this.#isWriting = true;
      await this.port.write(this.#out.gathered);
      this.#isWriting = false;
      await drawn;
      if (this.capabilities.answers) this.#screen.took(this.#clock.now() - begun);
    }
  }

  /** Resolves when the terminal says that it has drawn all, or takes too long to wait for. */
  #drawn(): Promise<void> {
    if (!this.capabilities.answers) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(DRAWING_PATIENCE_MS, resolve);
      this.#onStatus = () => {
        timer.cancel();
        this.#onStatus = undefined;
        resolve();
      };
    });
  }

  /**
   * Waits for what is under way, and takes pictures away. An answer that comes when nobody listens
   * any more would be typed into the person's shell.
   */
  async #settle(): Promise<void> {
    const calledOff = new AbortController();
    await Promise.race([
      Promise.all([this.#drawing, this.#lastAnswer()]),
      this.port.gone,
      sleep(this.#clock, LAST_PICTURE_MS, calledOff.signal).catch(() => {}),
    ]);
    calledOff.abort();
    this.#onStatus?.();
    // Not from a terminal that takes nothing any more.
    if (this.#isWriting) return;
    this.#out.clear();
    this.#screen.erase(this.#out);
    if (this.#out.length > 0) await this.port.write(this.#out.gathered);
  }

  #lastAnswer(): Promise<void> {
    if (this.#questions === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onLastAnswer = resolve);
  }

  #take(key: string): void {
    if (this.#isOver) return;
    const command = commandOf(key);
    if (command !== undefined) this.#obey(command);
  }

  #answered(): void {
    this.#onStatus?.();
    this.#questions = Math.max(0, this.#questions - 1);
    if (this.#questions === 0) this.#onLastAnswer?.();
  }

  #obey(command: KeyCommand): void {
    const { player } = this;
    const { failure, allowed, missing, seekable, scalable, duration, scale } = player.snapshot;
    if (command.do === "quit") return this.#finish("quit");
    if (command.do === "repaint") this.#screen.repaint();
    else if (command.do === "toggle") {
      if (allowed.pause) player.act("pause");
      else player.start();
    } else if (command.do === "act") {
      const { action } = command;
      if (failure !== undefined && action === "restart") player.start();
      else if (allowed[action]) player.act(action);
      else if (missing[action] !== undefined) this.#hint(missing[action]);
    } else if (command.do === "seek") {
      if (seekable) player.seek(command.tenths / 10 * duration!);
      else this.#hint("This stream cannot be sought in.");
    } else if (scalable) player.setScale(nextSpeed(scale, command.do === "faster" ? 1 : -1));
    else this.#hint("This server plays at one speed only.");
    this.#want();
  }

  #hint(text: string): void {
    this.#notices.hint(text, this.#clock.now());
  }
}
