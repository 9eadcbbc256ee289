import { byId, setText, show, timeText } from "./dom.js";

/** How long a drawn picture's number counts more than what the program says. */
const FRESH_MS = 500;
const SPEAK_EVERY_MS = 10_000;

/** FRAMES current / total, the times, the seek bar and the speed. */
export class Readout {
  #dragging = false;
  #drawnAt = -Infinity;
  #state = {};

  /**
   * @param {(seconds: number) => void} onSeek
   * @param {(scale: number) => void} onScale
   */
  constructor(onSeek, onScale) {
    this.seek = byId("seek");
    this.speed = byId("speed");
    this.seek.addEventListener("input", () => {
      this.#dragging = true;
      this.#showTimes(Number(this.seek.value));
    });
    this.seek.addEventListener("change", () => {
      this.#dragging = false;
      onSeek(Number(this.seek.value));
    });
    this.speed.addEventListener("change", () => onScale(Number(this.speed.value)));
  }

  /** A picture is on the screen: its number is what the label says while it plays. */
  drawn(number) {
    this.#drawnAt = performance.now();
    this.#showFrame(number);
  }

  #showFrame(number) {
    const digits = Math.max(3, String(this.#state.frames ?? "").length);
    const text = number == null ? "–" : String(number).padStart(digits, "0");
    setText(byId("frame-now"), text);
  }

  update(state) {
    this.#state = state;
    const isDrawing = state.state === "Playing" && performance.now() - this.#drawnAt < FRESH_MS;
    if (!isDrawing) this.#showFrame(state.frame);
    setText(byId("frame-total"), state.frames == null ? "–" : String(state.frames));
    if (!this.#dragging) this.#showTimes(state.elapsed ?? undefined);
    this.#showSeek(state);
    show(byId("speed-row"), state.scalable === true);
    const scale = String(state.scale ?? 1);
    if (document.activeElement !== this.speed && this.speed.value !== scale) {
      this.speed.value = scale;
    }
  }

  #showTimes(elapsed) {
    const { duration } = this.#state;
    setText(byId("elapsed"), elapsed === undefined ? "–:––" : timeText(elapsed));
    const end = this.#state.ended ? duration : elapsed;
    const left = duration == null || elapsed === undefined ? undefined : duration - end;
    setText(byId("remaining"), left === undefined ? "–:––" : timeText(left));
  }

  #showSeek({ seekable, duration, elapsed }) {
    show(byId("seek-row"), duration != null);
    this.seek.disabled = seekable !== true;
    if (duration == null) return;
    if (Number(this.seek.max) !== duration) this.seek.max = String(duration);
    if (!this.#dragging) this.seek.value = String(elapsed ?? 0);
    const share = Math.min(1, Number(this.seek.value) / duration);
    this.seek.style.setProperty("--share", `${100 * share}%`);
    const text = `${timeText(Number(this.seek.value))} of ${timeText(duration)}`;
    const now = performance.now();
    if (
      document.activeElement === this.seek || now - (this.spokenAt ?? -Infinity) > SPEAK_EVERY_MS
    ) {
      this.spokenAt = now;
      this.seek.setAttribute("aria-valuetext", text);
    }
  }
}
