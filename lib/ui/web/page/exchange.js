import { byId, make, setText } from "./dom.js";

const MOST_ROWS = 400;
const STORE = "rtspkit.headers";

/** The messages as they went, each reply below its request. */
export class Exchange {
  #start = undefined;
  #count = 0;

  constructor() {
    this.box = byId("exchange");
    this.list = make("ol");
    this.box.replaceChildren(this.list);
    this.toggle = byId("headers");
    this.toggle.setAttribute("aria-pressed", String(localStorage.getItem(STORE) !== "off"));
    this.toggle.addEventListener("click", () => this.#showHeaders(!this.#showsHeaders));
  }

  get #showsHeaders() {
    return this.toggle.getAttribute("aria-pressed") === "true";
  }

  #showHeaders(isShown) {
    this.toggle.setAttribute("aria-pressed", String(isShown));
    localStorage.setItem(STORE, isShown ? "on" : "off");
    for (const details of this.list.querySelectorAll("details")) details.open = isShown;
    this.box.scrollTop = this.box.scrollHeight;
  }

  clear() {
    this.#start = undefined;
    this.#count = 0;
    this.list.replaceChildren();
    setText(byId("exchange-facts"), "");
  }

  add(entries) {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const follows = scrollTop + clientHeight >= scrollHeight - 24;
    for (const entry of entries) this.list.append(this.#row(entry));
    while (this.list.childElementCount > MOST_ROWS) this.list.firstElementChild.remove();
    if (follows) this.box.scrollTop = this.box.scrollHeight;
    setText(byId("exchange-facts"), `${this.#count} messages`);
  }

  #row(entry) {
    this.#start ??= entry.time;
    if (entry.kind !== "note") this.#count++;
    const row = make("li", {
      class: entry.kind,
      "data-level": entry.status >= 400 ? "bad" : undefined,
      "data-direction": entry.direction,
      "data-id": String(entry.id),
    });
    const head = [
      make("time", {}, ((entry.time - this.#start) / 1000).toFixed(3)),
      make("span", { class: "way", "aria-hidden": "true" }, wayOf(entry)),
      make("span", { class: "unseen" }, entry.direction === "out" ? "sent" : "received"),
      ...this.#firstLine(entry),
    ];
    if (entry.kind === "note") {
      row.append(make("p", { class: "line" }, ...head));
      return row;
    }
    const open = this.#showsHeaders ? "" : undefined;
    row.append(
      make("details", { open }, make("summary", { class: "line" }, ...head), bodyOf(entry)),
    );
    return row;
  }

  #firstLine({ kind, line, cseq, answers }) {
    if (kind === "note") return [make("span", { class: "text" }, line)];
    const [first, ...rest] = line.split(" ");
    const text = kind === "request"
      ? make("span", { class: "text" }, make("b", {}, first), ` ${rest.join(" ")}`)
      : make("span", { class: "text" }, `${first} `, make("b", {}, rest.join(" ")));
    const took = answers === undefined ? "" : `${Math.round(answers.took)} ms`;
    const tags = make("span", { class: "tags" });
    if (took !== "") tags.append(make("span", { class: "took" }, took));
    if (cseq !== undefined) {
      tags.append(
        make("span", { class: "cseq" }, make("span", { class: "unseen" }, "CSeq "), `#${cseq}`),
      );
    }
    return [text, tags];
  }
}

function wayOf({ kind, direction }) {
  if (kind === "note") return "·";
  return direction === "out" ? "→" : "←";
}

function bodyOf({ headers, body }) {
  const rows = headers.map(([name, value]) => {
    return make("div", {}, make("dt", {}, name), make("dd", {}, value));
  });
  const box = make("div", { class: "message" }, make("dl", {}, ...rows));
  if (body !== "") box.append(make("pre", {}, body.trimEnd()));
  return box;
}
