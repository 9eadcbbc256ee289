import { MalformedError } from "../../bytes/malformed.ts";
import type { Clock } from "../../net/clock.ts";
import type { PlayerSnapshot } from "../player/snapshot.ts";
import type { Capabilities } from "./capabilities.ts";
import { BEGIN_UPDATE, END_UPDATE, ERASE_SCREEN } from "./control_codes.ts";
import type { CellBox } from "./fit.ts";
import { type Layout, layoutOf, type ScreenSize } from "./layout.ts";
import { drawMessage, messageLines } from "./message_box.ts";
import type { Notices } from "./notices.ts";
import type { ShownPlayer } from "./shown_player.ts";
import { Painter } from "./painter.ts";
import { keysLine, progressLine, statusLine, titleLine } from "./status_lines.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";
import { type Span, writeLine } from "./text.ts";

/** What is on the screen, and what brings it to where the player is. */
export class Screen {
  readonly #painter: Painter;
  #size: ScreenSize = { columns: 0, rows: 0 };
  #layout: Layout = layoutOf(this.#size);
  #isBlank = true;
  #view: "picture" | "message" | undefined;
  #box: CellBox | undefined;
  /** Serial and number of the frame that is drawn. */
  #drawn = 0;
  #number: number | undefined;
  /** Whether the last update had a picture. */
  #hasDrawn = false;

  constructor(
    readonly player: ShownPlayer,
    readonly capabilities: Capabilities,
    readonly notices: Notices,
  ) {
    this.#painter = new Painter(capabilities);
  }

  /** Everything is drawn anew the next time. */
  repaint(): void {
    this.#isBlank = true;
  }

  /** Adds what changes the screen into what it should show. */
  async update(
    out: TerminalBytes,
    size: ScreenSize,
    clock: Pick<Clock, "now" | "wallTime">,
  ): Promise<void> {
    if (size.columns !== this.#size.columns || size.rows !== this.#size.rows) {
      this.#size = size;
      this.#layout = layoutOf(size);
      this.#isBlank = true;
    }
    this.#hasDrawn = false;
    const snapshot = this.player.snapshot;
    const hasPicture = this.player.frame !== undefined && snapshot.failure === undefined;
    const view = hasPicture ? "picture" : "message";
    if (view !== this.#view) this.#isBlank = true;
    this.#view = view;
    out.text(BEGIN_UPDATE);
    if (this.#isBlank) this.#blank(out);
    if (view === "picture") await this.#picture(out);
    else this.#message(out, snapshot, clock.wallTime());
    this.#lines(out, snapshot, clock.now());
    out.text(END_UPDATE);
  }

  /** How long the terminal took for the last update, in ms; counts where that had a picture. */
  took(ms: number): void {
    if (this.#hasDrawn) this.#painter.took(ms);
  }

  /** Takes away what is no characters. */
  erase(out: TerminalBytes): void {
    this.#painter.erase(out);
  }

  #blank(out: TerminalBytes): void {
    this.#isBlank = false;
    this.#painter.erase(out);
    this.#painter.forget();
    out.text(ERASE_SCREEN);
    this.#drawn = 0;
  }

  async #picture(out: TerminalBytes): Promise<void> {
    const frame = this.player.frame!;
    if (frame.serial === this.#drawn) return;
    this.#drawn = frame.serial;
    this.#number = frame.number;
    try {
      const box = this.#painter.boxOf(frame.jpeg, this.#layout.picture);
      if (this.#box !== undefined && !isSame(box, this.#box)) {
        this.#blank(out);
        this.#drawn = frame.serial;
      }
      this.#box = box;
      await this.#painter.draw(out, frame.jpeg, box);
      this.#hasDrawn = true;
    } catch (error) {
      // A picture that cannot be decoded: the one before stays.
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  #message(out: TerminalBytes, snapshot: PlayerSnapshot, wallTime: number): void {
    const { columns } = this.#size;
    const lines = messageLines(snapshot, columns, wallTime);
    const { colours } = this.capabilities;
    drawMessage(out, lines, { area: this.#layout.picture, columns, colours });
  }

  #lines(out: TerminalBytes, snapshot: PlayerSnapshot, now: number): void {
    const { columns } = this.#size;
    const { title, progress, status, keys } = this.#layout;
    const isPlaying = snapshot.state === "Playing" && snapshot.busy === undefined;
    const readings = {
      // What is drawn may still be a picture of the session before.
      frame: isPlaying && snapshot.frame !== undefined ? this.#number : undefined,
      sample: isPlaying ? this.player.samples.at(-1) : undefined,
    };
    this.#line(out, title, () => titleLine(snapshot, columns));
    this.#line(out, progress, () => progressLine(snapshot, columns));
    this.#line(out, status, () => statusLine(snapshot, readings, columns));
    this.#line(out, keys, () => this.notices.at(now, snapshot) ?? keysLine(snapshot, columns));
  }

  #line(out: TerminalBytes, row: number | undefined, spans: () => Span[]): void {
    if (row === undefined) return;
    const { colours } = this.capabilities;
    writeLine(out, spans(), { row, columns: this.#size.columns, colours });
  }
}

function isSame(a: CellBox, b: CellBox): boolean {
  return a.row === b.row && a.column === b.column && a.rows === b.rows && a.columns === b.columns;
}
