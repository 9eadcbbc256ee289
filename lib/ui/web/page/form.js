import { byId, make, setText, show } from "./dom.js";

const STORE = "rtspkit.last";
const RECENT = "rtspkit.addresses";
const MOST_RECENT = 12;
const FIELDS = ["address", "port", "rtpPort", "file", "dialect", "transport"];
const DEFAULTS = {
  address: "localhost",
  port: "8554",
  rtpPort: "0",
  file: "movie.Mjpeg",
  dialect: "auto",
  transport: "auto",
};

/** The launch form. */
export class LaunchForm {
  #failureShown = "";

  /** @param handlers `open(form, user, password)`, `files(address, port)`, `close()` */
  constructor(handlers) {
    this.handlers = handlers;
    this.form = byId("launch");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.form.addEventListener("input", () => this.#showCommand());
    byId("ask-files").addEventListener("click", () => {
      const { address, port } = this.values;
      setText(byId("form-message"), "Asking the server…");
      handlers.files(address, port);
    });
    byId("launch-close").addEventListener("click", () => handlers.close());
    this.fill(read(STORE) ?? DEFAULTS);
    this.#showRecent();
  }

  get values() {
    return Object.fromEntries(FIELDS.map((name) => [name, this.form.elements[name].value]));
  }

  fill(values) {
    for (const name of FIELDS) {
      if (values[name] !== undefined) this.form.elements[name].value = values[name];
    }
    this.#showCommand();
  }

  show(isShown) {
    if (this.form.hidden !== isShown) return;
    show(this.form, isShown);
    byId("open-form").setAttribute("aria-expanded", String(isShown));
  }

  get isShown() {
    return !this.form.hidden;
  }

  focus() {
    this.form.elements.address.focus();
  }

  /** What went wrong, in plain words; undefined for nothing. */
  fail(failure) {
    const text = JSON.stringify(failure ?? "");
    if (text === this.#failureShown) return;
    this.#failureShown = text;
    const box = byId("failure");
    show(box, failure !== undefined);
    setText(byId("launch-title"), failure === undefined ? "What shall be played?" : "Try again");
    setText(byId("launch-play"), failure === undefined ? "Play" : "Try again");
    if (failure === undefined) return;
    box.replaceChildren(
      make("h2", {}, failure.title),
      make("p", {}, failure.text),
      make("p", {}, failure.hint),
    );
    if (failure.kind === "authentication") byId("sign-in").open = true;
  }

  /** A field that cannot be used. */
  refuse(field, message) {
    const input = this.form.elements[field];
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "form-message");
    setText(byId("form-message"), message);
    input.focus();
  }

  /** The files a server offers; null where it does not say. */
  offer(files, message) {
    setText(byId("form-message"), message);
    byId("files").replaceChildren(...(files ?? []).map((name) => make("option", { value: name })));
    const box = byId("offered");
    show(box, (files ?? []).length > 0);
    box.replaceChildren(
      ...(files ?? []).slice(0, 60).map((name) => {
        const button = make("button", { type: "button", class: "chip" }, name);
        button.addEventListener("click", () => {
          this.form.elements.file.value = name;
          this.#showCommand();
        });
        return button;
      }),
    );
  }

  #submit() {
    for (const name of FIELDS) this.form.elements[name].removeAttribute("aria-invalid");
    setText(byId("form-message"), "");
    const { values } = this;
    // A password in a URL is no more kept than one in its field.
    write(STORE, { ...values, address: withoutPassword(values.address) });
    this.#remember(withoutPassword(values.address));
    this.handlers.open(values, this.form.elements.user.value, this.form.elements.password.value);
  }

  #remember(address) {
    const before = (read(RECENT) ?? []).filter((each) => each !== address);
    write(RECENT, [address, ...before].slice(0, MOST_RECENT));
    this.#showRecent();
  }

  #showRecent() {
    const recent = read(RECENT) ?? [];
    byId("addresses").replaceChildren(...recent.map((value) => make("option", { value })));
  }

  #showCommand() {
    const { address, port, rtpPort, file, dialect, transport } = this.values;
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(address.trim());
    for (const name of ["port", "rtpPort", "file"]) this.form.elements[name].disabled = isUrl;
    byId("ask-files").disabled = isUrl;
    const words = isUrl ? [withoutPassword(address.trim())] : [
      address.trim() || "HOST",
      port.trim() || "PORT",
      rtpPort.trim() || "0",
      file.trim() || "FILE",
    ];
    if (dialect !== "auto") words.push("--dialect", dialect);
    if (transport !== "auto") words.push("--transport", transport);
    setText(byId("command"), ["rtspkit play", ...words.map(quoted)].join(" "));
  }
}

function withoutPassword(address) {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}

function quoted(word) {
  return /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing: then nothing is remembered.
  }
}
