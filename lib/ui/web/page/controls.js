import { byId, draw, make } from "./dom.js";

/** The seven buttons: action, word, key as marked, the key's value, icon. */
const SEVEN = [
  ["setup", "Setup", "S", "s", "M5 12a7 7 0 1 0 3-5.700M12 5v7"],
  ["play", "Play", "P", "p", "M7 4v16l13-8z"],
  ["pause", "Pause", "U", "u", "M7 4h4v16H7zM14 4h4v16h-4z"],
  ["restart", "Restart", "R", "r", "M4 5h3v14H4zM20 5v14L8 12z"],
  ["backward", "Backward", "←", "ArrowLeft", "M12 5v14L3 12zM21 5v14l-9-7z"],
  ["forward", "Forward", "→", "ArrowRight", "M3 5v14l9-7zM12 5v14l9-7z"],
  ["teardown", "Teardown", "T", "t", "M5 5h14v14H5z"],
];
/** Three for those who want them: SETUP is implied. */
const THREE = [
  ["start", "Play", "P", "p", "M7 4v16l13-8z"],
  ["pause", "Pause", "U", "u", "M7 4h4v16H7zM14 4h4v16h-4z"],
  ["teardown", "Stop", "T", "t", "M5 5h14v14H5z"],
];
const OUTLINED = new Set(["setup"]);
const KEY_STORE = "rtspkit.shortcuts";

/** The buttons, by the mouse and by keys. */
export class Controls {
  #buttons = new Map();

  /**
   * @param {boolean} simple
   * @param {(action: string) => void} onAction
   */
  constructor(simple, onAction) {
    this.onAction = onAction;
    /** @type {any[]} */
    this.list = simple ? THREE : SEVEN;
    const deck = byId("deck");
    deck.replaceChildren(...this.list.map((entry) => this.#button(entry)));
    deck.dataset.count = String(this.list.length);
    this.switch = byId("shortcuts");
    this.switch.checked = localStorage.getItem(KEY_STORE) !== "off";
    this.switch.addEventListener("change", () => {
      localStorage.setItem(KEY_STORE, this.switch.checked ? "on" : "off");
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param state the player's snapshot */
  update(state) {
    for (const [action, button] of this.#buttons) {
      const allowed = this.#allows(state, action);
      // Not `disabled`, which would take the focus from under a person's fingers.
      button.setAttribute("aria-disabled", String(!allowed));
      button.dataset.busy = String(state.busy === action);
      const why = state.missing?.[action];
      button.title = why ?? "";
    }
  }

  #allows(state, action) {
    if (action === "start") return state.allowed?.setup || state.allowed?.play;
    return state.allowed?.[action] === true;
  }

  #button([action, word, mark, key, path]) {
    const kind = OUTLINED.has(action) ? "outline" : "solid";
    const button = make(
      "button",
      { type: "button", "data-action": action, "aria-disabled": "true", "aria-keyshortcuts": key },
      draw(
        "svg",
        { viewBox: "0 0 24 24", class: kind, "aria-hidden": "true" },
        draw("path", { d: path }),
      ),
      make("span", { class: "word" }, word),
      make("kbd", { "aria-hidden": "true" }, mark),
    );
    button.addEventListener("click", () => this.#press(action));
    this.#buttons.set(action, button);
    return button;
  }

  #press(action) {
    const button = this.#buttons.get(action);
    if (button?.getAttribute("aria-disabled") !== "false") return;
    this.onAction(action);
  }

  #key(event) {
    if (!this.switch.checked || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("input:not([type=checkbox]), select, textarea, [role=log]")) return;
    if (event.key === " ") {
      if (target.closest("button, summary, a, input")) return;
      event.preventDefault();
      return this.#press(
        this.#isOpen("pause") ? "pause" : this.list[this.list === THREE ? 0 : 1][0],
      );
    }
    const entry = this.list.find(([, , , key]) =>
      key === event.key || key === event.key.toLowerCase()
    );
    if (entry === undefined) return;
    event.preventDefault();
    this.#press(entry[0]);
  }

  #isOpen(action) {
    return this.#buttons.get(action)?.getAttribute("aria-disabled") === "false";
  }
}
