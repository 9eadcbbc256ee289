// The last lines of the log.
import { byId, make } from "./dom.js";

/** Lines in the page; older ones are dropped. */
const MOST_LINES = 300;
/** So close to its end, in pixels, that the person wants to see what comes. */
const AT_END = 24;

export class Log {
  /** The number of the last line that is shown. */
  newest = 0;
  #box = byId("log");
  #lines = byId("log-lines");

  add(lines) {
    if (lines.length === 0) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    for (const { number, time, level, text } of lines) {
      if (number <= this.newest) continue;
      this.newest = number;
      const at = new Date(time);
      const clock = make("time", { datetime: at.toISOString() }, clockText(at));
      this.#lines.append(make("li", { "data-level": level }, clock, make("span", {}, text)));
    }
    while (this.#lines.children.length > MOST_LINES) this.#lines.firstChild.remove();
    if (isAtEnd) this.#box.scrollTop = this.#box.scrollHeight;
  }
}

function clockText(at) {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}
