import { byId, bytesText, grouped, make, rateText, setText } from "./dom.js";

/**
 * Word, and how it is read from the player's state.
 * @type {[string, string, (state: any, delay?: number) => string][]}
 */
const ROWS = [
  ["frames", "Frames", ({ numbers }) => grouped(numbers.frames)],
  ["damagedFrames", "Damaged", ({ numbers }) => grouped(numbers.damagedFrames)],
  ["packets", "Packets", ({ numbers }) => grouped(numbers.packets)],
  ["lost", "Lost", ({ numbers }) => `${grouped(numbers.lost)} (${lossOf(numbers)} %)`],
  ["duplicated", "Duplicated", ({ numbers }) => grouped(numbers.duplicated)],
  ["reordered", "Out of order", ({ numbers }) => grouped(numbers.reordered)],
  ["bytes", "Received", ({ numbers }) => bytesText(numbers.bytes)],
  ["active", "Playing time", ({ numbers }) => `${numbers.activeSeconds.toFixed(1)} s`],
  ["fps", "Mean rate", ({ numbers }) => `${numbers.fps.toFixed(2)} fps`],
  ["bitrate", "Mean bitrate", ({ numbers }) => rateText(numbers.bitsPerSecond)],
  ["jitter", "Jitter", ({ numbers }) => `${numbers.jitterMs.toFixed(1)} ms`],
  ["maxJitter", "Highest jitter", ({ numbers }) => `${numbers.maxJitterMs.toFixed(1)} ms`],
  [
    "hostDrops",
    "Dropped here",
    ({ numbers }) => numbers.hostDrops == null ? "not told" : grouped(numbers.hostDrops),
  ],
  ["reconnects", "Connected again", ({ reconnects }) => grouped(reconnects ?? 0)],
  [
    "delay",
    "Arrival to screen",
    (_, delay) => delay === undefined ? "–" : `${delay.toFixed(0)} ms`,
  ],
];
const LEVELS = { error: "Error", warning: "Warning", info: "Note" };

/** The session's numbers. */
export class Statistics {
  #values = new Map();

  constructor() {
    byId("statistics").replaceChildren(...ROWS.map(([key, word]) => {
      const value = make("dd", { class: "digits", "data-stat": key }, "–");
      this.#values.set(key, value);
      return make("div", {}, make("dt", {}, word), value);
    }));
  }

  update(state, delay) {
    if (state.numbers === undefined) return;
    for (const [key, , read] of ROWS) setText(this.#values.get(key), read(state, delay));
  }
}

/** What there is to say, in plain words. */
export class Findings {
  #shown = "";

  update({ findings = [] }) {
    const text = JSON.stringify(findings);
    if (text === this.#shown) return;
    this.#shown = text;
    const rows = findings.map(({ level, code, message, evidence, reference }) => {
      return make(
        "li",
        { "data-level": level },
        make(
          "p",
          { class: "finding" },
          make("span", { class: "level" }, LEVELS[level]),
          " ",
          message,
        ),
        make(
          "p",
          { class: "dim evidence" },
          evidence,
          reference ? ` · ${reference}` : "",
          ` · ${code}`,
        ),
      );
    });
    if (rows.length === 0) {
      rows.push(make("li", { class: "dim" }, "Nothing out of the ordinary so far."));
    }
    byId("findings").replaceChildren(...rows);
  }
}

function lossOf({ packets, duplicated, lost }) {
  const sent = packets - duplicated + lost;
  return sent === 0 ? "0.0" : (100 * lost / sent).toFixed(1);
}
