import uPlot from "./uplot.js";
import { byId, make, setText, show } from "./dom.js";

const HEIGHT = 74;
const SECONDS = 60;

/**
 * What is drawn: key of the sample, title, unit, how a value reads, least top of the scale.
 * @type {[string, string, string, (value: number) => string, number][]}
 */
const CHARTS = [
  ["fps", "Frame rate", "frames/s", (value) => value.toFixed(1), 10],
  ["bitsPerSecond", "Bitrate", "Mbit/s", (value) => (value / 1e6).toFixed(2), 1e5],
  ["jitterMs", "Jitter", "ms", (value) => value.toFixed(1), 2],
  ["lossPercent", "Loss", "%", (value) => value.toFixed(1), 5],
];

/** Frame rate, bitrate, jitter and loss over the last minute. */
export class Charts {
  #samples = [];
  #plots = [];

  constructor() {
    this.box = byId("charts");
    this.cells = CHARTS.map(([key, title, unit]) => {
      const value = make("output", { class: "digits" }, "–");
      const plot = make("div", { class: "plot" });
      const label = make(
        "p",
        { class: "chart-head" },
        make("span", {}, title),
        value,
        make("span", { class: "dim" }, unit),
      );
      const cell = make("div", { class: "chart", "data-key": key }, label, plot);
      return { cell, value, plot };
    });
    this.box.replaceChildren(...this.cells.map(({ cell }) => cell));
    new ResizeObserver(() => this.#resize()).observe(this.box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#rebuild());
    this.#rebuild();
  }

  set(samples) {
    this.#samples = [...samples];
    this.#update();
  }

  add(sample) {
    this.#samples.push(sample);
    if (this.#samples.length > SECONDS + 1) this.#samples.shift();
    this.#update();
  }

  #rebuild() {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = CHARTS.map(([, , , read, least], i) => {
      return new uPlot(optionsFor(this.#width(i), read, least), this.#data(i), this.cells[i].plot);
    });
    this.#update();
  }

  #width(i) {
    return Math.max(120, Math.floor(this.cells[i].plot.clientWidth));
  }

  #resize() {
    this.#plots.forEach((plot, i) => plot.setSize({ width: this.#width(i), height: HEIGHT }));
  }

  #data(i) {
    const [key] = CHARTS[i];
    return [
      this.#samples.map(({ time }) => time / 1000),
      this.#samples.map((sample) => sample[key] ?? null),
    ];
  }

  #update() {
    const last = this.#samples.at(-1);
    CHARTS.forEach(([key, , , read], i) => {
      const now = last?.[key];
      setText(this.cells[i].value, now == null ? "–" : read(now));
      this.#plots[i]?.setData(this.#data(i));
    });
    show(this.box, true);
  }
}

function optionsFor(width, read, least) {
  const style = getComputedStyle(document.documentElement);
  const line = style.getPropertyValue("--trace").trim();
  const grid = { stroke: style.getPropertyValue("--hairline").trim(), width: 1 };
  const axis = {
    stroke: style.getPropertyValue("--dim").trim(),
    grid,
    ticks: { show: false },
    font: "10px system-ui, sans-serif",
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, 6, 8, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: {
        time: false,
        range: (_, _least, most) => {
          const end = most ?? Date.now() / 1000;
          return [end - SECONDS, end];
        },
      },
      y: { range: (_, _least, most) => [0, roundUp(Math.max(least, (most ?? 0) * 1.05))] },
    },
    axes: [
      { ...axis, show: false },
      {
        ...axis,
        size: 38,
        gap: 4,
        splits: (_u, _i, from, to) => [from, to / 2, to],
        values: (_, splits) => splits.map((value) => shorten(read(value))),
      },
    ],
    series: [{}, { stroke: line, width: 1.5, fill: `${line}22`, points: { show: false } }],
  };
}

/** The next number above that reads well, and half of it too. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * TOPS.find((top) => top * power >= value * 0.999);
}
const TOPS = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10];

function shorten(text) {
  return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}
