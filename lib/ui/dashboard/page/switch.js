// Starts and stops serving.
import { byId, setText, show } from "./dom.js";

const WORDS = { stopped: "stopped", changing: "one moment…" };

export class Switch {
  #form = byId("switch");
  #port = byId("port");
  #touched = false;
  #state;
  #turning = false;

  /**
   * @param post tells the program to do something
   * @param turned called when it is done
   */
  constructor(post, turned) {
    this.post = post;
    this.turned = turned;
    this.#port.addEventListener("input", () => {
      this.#touched = true;
      this.#complain("");
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#state === "stopped") this.#start();
    });
    byId("stop").addEventListener("click", () => this.#turn("api/stop", {}));
  }

  show({ state, port }) {
    this.#state = state;
    byId("lamp").dataset.state = state;
    setText(byId("lamp-text"), state === "serving" ? `serving on port ${port}` : WORDS[state]);
    document.title = state === "serving" ? `:${port} – rtspkit server` : "rtspkit server";
    const isServing = state === "serving";
    if (isServing && !this.#touched) this.#port.value = String(port);
    this.#port.readOnly = isServing;
    show(byId("start"), !isServing);
    show(byId("stop"), isServing);
    byId("start").disabled = this.#turning;
    byId("stop").disabled = this.#turning;
  }

  #start() {
    const text = this.#port.value.trim();
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
    if (!(port <= 65535)) {
      this.#port.focus();
      return this.#complain("A port is a whole number of 0 to 65,535; 0 is any free one.");
    }
    this.#turn("api/serve", { port });
  }

  async #turn(path, body) {
    this.#turning = true;
    byId("start").disabled = true;
    byId("stop").disabled = true;
    const { error } = await this.post(path, body);
    this.#turning = false;
    this.#touched = error !== undefined;
    this.#complain(error ? `${error[0].toUpperCase()}${error.slice(1)}.` : "");
    await this.turned();
    // The button that was pressed is gone: the person goes on with the other.
    const next = this.#state === "serving" ? byId("stop") : byId("start");
    if (document.activeElement === document.body) next.focus();
  }

  #complain(text) {
    setText(byId("switch-message"), text);
    this.#port.setAttribute("aria-invalid", String(text !== ""));
  }
}
