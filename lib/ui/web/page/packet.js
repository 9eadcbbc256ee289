import { byId, make, setText } from "./dom.js";

const WORD = 32;

/** The last packet: its fields over their bits, each row of 32 beside its four bytes. */
export class Packet {
  #shape = "";
  #cells = [];
  #hexes = [];
  #list = [];

  clear() {
    this.#shape = "";
    byId("packet").replaceChildren(make("p", { class: "dim" }, "No packet so far."));
    setText(byId("packet-facts"), "");
  }

  show({ number, size, fields, hex }) {
    setText(
      byId("packet-facts"),
      `no. ${number.toLocaleString("en")}, ${size.toLocaleString("en")} bytes`,
    );
    const bytes = hex.split(" ");
    const shape = `${fields.map(({ name, bits }) => `${name}${bits}`).join()} ${bytes.length}`;
    if (shape !== this.#shape) this.#build(fields, bytes.length);
    this.#shape = shape;
    fields.forEach((field, i) => this.#fill(field, i));
    this.#hexes.forEach((cell, row) => {
      setText(cell, bytes.slice(4 * row, 4 * row + 4).join(" "));
    });
  }

  #fill({ name, value, meaning }, i) {
    for (const { cell, value: box } of this.#cells[i]) {
      setText(box, value);
      cell.title = `${name}: ${value}${meaning === "" ? "" : ` (${meaning})`}`;
    }
    const { value: listed, meaning: told } = this.#list[i];
    setText(listed, value);
    setText(told, meaning);
  }

  #build(fields, byteCount) {
    const diagram = make("div", { class: "bits", "aria-hidden": "true" });
    this.#cells = fields.map(() => []);
    const used = fields.reduce((end, { bit, bits }) => Math.max(end, bit + bits), 0);
    const rows = Math.max(Math.ceil(used / WORD), Math.min(12, Math.ceil(byteCount / 4)));
    for (let bit = 0; bit < WORD; bit += 8) {
      const label = make("span", { class: "ruler" }, String(bit));
      label.style.gridColumn = `${bit + 1} / span 8`;
      diagram.append(label);
    }
    diagram.append(make("span", { class: "ruler hex-head" }, "bytes"));
    fields.forEach((field, i) => this.#box(diagram, field, i));
    this.#hexes = [];
    for (let row = 0; row < rows; row++) {
      const cell = make("span", { class: "hex" });
      cell.style.gridRow = String(row + 2);
      diagram.append(cell);
      this.#hexes.push(cell);
    }
    this.#payload(diagram, used, rows);
    byId("packet").replaceChildren(diagram, this.#listOf(fields));
  }

  #box(diagram, { name, bit, bits }, i) {
    for (let at = bit; at < bit + bits;) {
      const row = Math.floor(at / WORD), column = at % WORD;
      const span = Math.min(bit + bits - at, WORD - column);
      const value = make("span", { class: "value" });
      const cell = make(
        "span",
        { class: "bit-field", "data-bits": String(span) },
        make("span", { class: "name" }, name),
        value,
      );
      cell.style.gridRow = String(row + 2);
      cell.style.gridColumn = `${column + 1} / span ${span}`;
      if (at >= 96) cell.dataset.part = "payload";
      diagram.append(cell);
      this.#cells[i].push({ cell, value });
      at += span;
    }
  }

  /** What follows the fields. */
  #payload(diagram, used, rows) {
    const column = used % WORD;
    const first = Math.floor(used / WORD);
    if (column > 0) {
      const rest = make(
        "span",
        { class: "bit-field data" },
        make("span", { class: "name" }, "data"),
      );
      rest.style.gridRow = String(first + 2);
      rest.style.gridColumn = `${column + 1} / span ${WORD - column}`;
      diagram.append(rest);
    }
    const next = column > 0 ? first + 1 : first;
    if (next >= rows) return;
    const rest = make(
      "span",
      { class: "bit-field data" },
      make("span", { class: "name" }, "payload …"),
    );
    rest.style.gridRow = `${next + 2} / span ${rows - next}`;
    rest.style.gridColumn = `1 / span ${WORD}`;
    diagram.append(rest);
  }

  #listOf(fields) {
    this.#list = fields.map(({ name }) => {
      const value = make("td"), meaning = make("td");
      return {
        row: make("tr", {}, make("th", { scope: "row" }, name), value, meaning),
        value,
        meaning,
      };
    });
    return make(
      "details",
      { class: "as-list" },
      make("summary", {}, "What the fields mean"),
      make(
        "table",
        {},
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...["Field", "Value", "Meaning"].map((word) => make("th", { scope: "col" }, word)),
          ),
        ),
        make("tbody", {}, ...this.#list.map(({ row }) => row)),
      ),
    );
  }
}
