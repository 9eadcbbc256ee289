import { byId, draw, make, setText } from "./dom.js";

/** @type {[string, number][]} */
const STATES = [["Init", 64], ["Ready", 290], ["Playing", 516]];
const LIT_MS = 900;

/** Transitions: name, from, to, path, where its word stands. */
const ARROWS = [
  ["SETUP", "Init", "Ready", "M112 56 C150 38 204 38 242 56", 177, 33],
  ["TEARDOWN", "Ready", "Init", "M242 84 C204 102 150 102 112 84", 177, 115],
  ["PLAY", "Ready", "Playing", "M338 56 C376 38 430 38 468 56", 403, 33],
  ["PAUSE", "Playing", "Ready", "M468 84 C430 102 376 102 338 84", 403, 115],
  ["TEARDOWN", "Playing", "Init", "M506 96 C460 156 120 156 74 96", 290, 158],
];

/** The three states, lit as the session moves through them. */
export class Machine {
  #state = "Init";

  constructor() {
    this.caption = make("figcaption", { class: "unseen" });
    this.nodes = new Map();
    this.arrows = ARROWS.map(([name, from, to, d, x, y]) => {
      const word = draw("text", { x: String(x), y: String(y), class: "arrow-word" }, name);
      const path = draw("path", { d, "marker-end": "url(#arrow-head)" });
      return { from, to, group: draw("g", { class: "arrow" }, path, word) };
    });
    byId("machine").replaceChildren(this.#drawing(), this.caption);
    this.update({ state: "Init" });
  }

  /** @param {{ state?: string, ended?: boolean, busy?: string }} snapshot */
  update({ state = "Init", ended, busy }) {
    if (state !== this.#state) this.#move(this.#state, state);
    this.#state = state;
    for (const [name, node] of this.nodes) node.dataset.lit = String(name === state);
    const ends = ended ? ", at the end of the media" : "";
    setText(this.caption, `State: ${state}${ends}${busy ? `, ${busy} under way` : ""}`);
  }

  #move(from, to) {
    for (const arrow of this.arrows) {
      if (arrow.from !== from || arrow.to !== to) continue;
      arrow.group.dataset.lit = "true";
      setTimeout(() => delete arrow.group.dataset.lit, LIT_MS);
    }
  }

  #drawing() {
    const head = draw(
      "marker",
      {
        id: "arrow-head",
        viewBox: "0 0 8 8",
        refX: "7",
        refY: "4",
        markerWidth: "7",
        markerHeight: "7",
        orient: "auto",
      },
      draw("path", { d: "M0 0.500 8 4 0 7.500z", class: "head" }),
    );
    const nodes = STATES.map(([name, x]) => {
      const node = draw(
        "g",
        { class: "node" },
        draw("rect", { x: String(x - 54), y: "48", width: "108", height: "44", rx: "22" }),
        draw("circle", { cx: String(x - 37), cy: "70", r: "4.500" }),
        draw("text", { x: String(x + 5), y: "75" }, name),
      );
      this.nodes.set(name, node);
      return node;
    });
    return draw(
      "svg",
      { viewBox: "4 18 572 148", "aria-hidden": "true" },
      draw("defs", {}, head),
      ...this.arrows.map(({ group }) => group),
      ...nodes,
    );
  }
}
