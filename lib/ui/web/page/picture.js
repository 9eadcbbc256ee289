import { make, setText } from "./dom.js";

/** Delays remembered. */
const MOST_DRAWS = 2000;
/**
 * Pictures that are decoded and wait for the screen. Two, as both may come within one of its
 * refreshes and none within the next; one more would be delay.
 */
const MOST_DECODED = 2;

/** One stream's picture: decodes off the page's thread, draws in turn, skips what is late. */
export class Screen {
  /** The newest picture drawn. */
  shown = undefined;
  /** What was drawn when: number of the frame, ms since the Unix epoch, ms since it arrived. */
  draws = [];
  #decoded = [];
  #newestSerial = 0;
  #context;

  /**
   * @param {number} index of the player
   * @param {(serial: number, number?: number) => void} onDrawn
   * @param {() => void} onChoose
   */
  constructor(index, onDrawn, onChoose) {
    this.index = index;
    this.onDrawn = onDrawn;
    this.canvas = make("canvas", { width: "640", height: "480", role: "img" });
    this.caption = make("span", { class: "caption-name" });
    this.state = make("span", { class: "caption-state" });
    this.idle = make("span", {}, "no picture yet");
    this.element = make(
      "div",
      { class: "screen", "data-empty": "true" },
      this.canvas,
      make("div", { class: "idle", "aria-hidden": "true" }, this.idle),
      make("button", { type: "button", class: "caption" }, this.caption, this.state),
    );
    this.element.querySelector("button").addEventListener("click", onChoose);
    this.element.addEventListener("click", onChoose);
    this.#context = this.canvas.getContext("2d", { alpha: false });
    this.label("", "Init");
  }

  /** What it shows, and for those who do not see it. */
  label(name, state, shortName = name) {
    setText(this.caption, shortName || "no stream");
    this.caption.title = name;
    setText(this.state, state);
    this.state.dataset.state = state;
    const text = name === "" ? "No stream chosen" : `Picture of ${name}, ${state}`;
    if (this.canvas.getAttribute("aria-label") !== text) {
      this.canvas.setAttribute("aria-label", text);
    }
  }

  /** Says why there is no picture, where there is none, or that it is an old one. */
  explain(text, isLost) {
    setText(this.idle, text);
    if (isLost) this.element.dataset.lost = "true";
    else delete this.element.dataset.lost;
  }

  /** Nothing to show any more. */
  clear() {
    this.shown = undefined;
    this.element.dataset.empty = "true";
    this.#context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {import("./link.js").Frame} frame */
  async push(frame) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(new Blob([frame.jpeg], { type: "image/jpeg" }));
    } catch {
      // A picture that no decoder takes: on with the next.
      this.onDrawn(frame.serial);
      return;
    }
    // Decoded later than one that came after it.
    if (frame.serial < this.#newestSerial) return bitmap.close();
    this.#newestSerial = frame.serial;
    this.#decoded.push({ frame, bitmap });
    if (this.#decoded.length > MOST_DECODED) this.#decoded.shift().bitmap.close();
    else if (this.#decoded.length === 1) requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const { frame, bitmap } = this.#decoded.shift();
    if (this.#decoded.length > 0) requestAnimationFrame(() => this.#draw());
    const { width, height } = bitmap;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.element.dataset.size = `${width}×${height}`;
    }
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.shown = frame;
    delete this.element.dataset.empty;
    this.canvas.dataset.frame = String(frame.number);
    const now = performance.timeOrigin + performance.now();
    this.draws.push([frame.number, now, now - frame.arrivedAt]);
    if (this.draws.length > MOST_DRAWS) this.draws.shift();
    this.onDrawn(frame.serial, frame.number);
  }

  /** The median time from arrival to drawing, in ms; undefined before any. */
  get delay() {
    if (this.draws.length === 0) return undefined;
    const delays = this.draws.slice(-100).map(([, , delay]) => delay).sort((a, b) => a - b);
    return delays[delays.length >> 1];
  }
}
