// What can be asked for, with a picture of each, what serving it takes, and where to find it.
import { byId, bytesText, grouped, make, setText, show, timeText } from "./dom.js";

const WORK = {
  none: ["good", "sent as it is"],
  lossless: ["good", "re-coded without loss"],
  lossy: ["some", "re-coded with some loss"],
  pixels: ["some", "encoded anew"],
};
const LAB = {
  fits: "",
  "over-classic": "over 20,468 bytes: the course's own client shows it cut",
  shrunk: "shrunk to fit a lab datagram",
};
const KINDS = { file: "", "built-in": "built in", live: "live" };
/** Pictures of what is live are looked at anew so often. */
const LIVE_EVERY_MS = 5000;

export class Files {
  /** Whether some have not been looked at yet. */
  waiting = false;
  #cards = new Map();
  #host = byId("host");
  #hosts = "";
  #status;

  /** @param say tells those who do not see it */
  constructor(say) {
    this.say = say;
    this.#host.addEventListener("change", () => this.show(this.#status));
  }

  list({ files, total }) {
    this.waiting = files.some(({ facts }) => facts === null);
    const gone = new Set(this.#cards.keys());
    for (const file of files) {
      gone.delete(file.name);
      this.#cardOf(file.name).list(file);
    }
    for (const name of gone) {
      this.#cards.get(name).element.remove();
      this.#cards.delete(name);
    }
    const more = total - files.length;
    setText(byId("files-facts"), more > 0 ? `${files.length} of ${grouped(total)}` : `${total}`);
  }

  show(status) {
    this.#status = status;
    this.#showHosts(status);
    const { scheme, port } = status;
    for (const card of this.#cards.values()) card.show(scheme, this.#host.value, port);
  }

  #showHosts({ hosts }) {
    if (this.#hosts === hosts.join()) return;
    this.#hosts = hosts.join();
    const before = this.#host.value;
    this.#host.replaceChildren(...hosts.map((host) => make("option", { value: host }, host)));
    if (hosts.includes(before)) this.#host.value = before;
  }

  #cardOf(name) {
    let card = this.#cards.get(name);
    if (card === undefined) {
      card = new Card(name, this.say);
      this.#cards.set(name, card);
      byId("files").append(card.element);
    }
    return card;
  }
}

class Card {
  #image;
  #facts = make("p", { class: "dim file-facts" });
  #badge = make("span", { class: "badge" });
  #steps = make("span", { class: "steps" });
  #url = make("code", { class: "url" });
  #buttons;
  #version;
  #shownAt = -Infinity;
  #command = "";
  #isBroken = false;
  #needs = make("p", { class: "needs" }, this.#badge, " ", this.#steps);

  constructor(name, say) {
    this.name = name;
    this.#image = make("img", { alt: `First picture of ${name}`, loading: "lazy", hidden: "" });
    this.#image.addEventListener("error", () => this.#image.hidden = true);
    const copy = (label, text, what) => {
      const button = make("button", {
        type: "button",
        class: "chip",
        "aria-label": `${label} of ${name}`,
      }, label);
      button.addEventListener("click", async () => {
        await copyText(text());
        say(`${what} copied.`);
        button.dataset.done = "true";
        setTimeout(() => delete button.dataset.done, 1500);
      });
      return button;
    };
    const player = make(
      "a",
      {
        class: "chip play",
        href: `play/${encodeURIComponent(name)}/`,
        target: "_blank",
        rel: "noopener",
        "aria-label": `Play ${name} in a new tab`,
      },
      "Play",
    );
    this.#buttons = make(
      "p",
      { class: "card-buttons" },
      player,
      copy("Copy URL", () => this.#url.textContent, "The URL"),
      copy("Copy command", () => this.#command, "The command"),
    );
    this.element = make(
      "li",
      { class: "card", "data-file": name },
      make("div", { class: "thumb" }, this.#image),
      make(
        "div",
        { class: "card-text" },
        make("h3", {}, name),
        this.#facts,
        this.#needs,
        this.#url,
        this.#buttons,
      ),
    );
  }

  list({ kind, bytes, facts, version }) {
    const now = performance.now();
    const isAged = kind === "live" && now - this.#shownAt > LIVE_EVERY_MS;
    const hasPicture = facts?.needs != null;
    if (hasPicture && version !== this.#version && (kind !== "live" || isAged)) {
      this.#version = version;
      this.#shownAt = now;
      this.#image.hidden = false;
      const path = `api/files/${encodeURIComponent(this.name)}/thumbnail`;
      this.#image.src = `${path}?version=${encodeURIComponent(version)}`;
    }
    this.#isBroken = kind !== "live" && facts !== null && !facts.needs;
    setText(this.#facts, factsText(kind, bytes, facts));
    this.#showNeeds(facts);
  }

  show(scheme, host, port) {
    const canPlay = port !== null && !this.#isBroken;
    show(this.#url, canPlay);
    show(this.#buttons, canPlay);
    if (!canPlay) return;
    const path = this.name.split("/").map(encodeURIComponent).join("/");
    const inUrl = host.includes(":") ? `[${host}]` : host;
    setText(this.#url, `${scheme}://${inUrl}:${port}/${path}`);
    this.#command = `rtspkit play ${scheme}://${inUrl}:${port}/${path}`;
  }

  #showNeeds(facts) {
    const { needs, problem } = facts ?? {};
    const isWaiting = facts === null;
    const [level, words] = isWaiting
      ? ["wait", "being looked at…"]
      : needs
      ? WORK[needs.rtp.work]
      : this.#isBroken
      ? ["bad", "cannot be served"]
      : ["wait", "no picture yet"];
    this.#needs.dataset.level = level;
    this.#badge.dataset.level = level;
    setText(this.#badge, words);
    const steps = needs ? [...needs.rtp.steps, LAB[needs.lab]] : [problem ?? ""];
    setText(this.#steps, steps.filter((text) => text !== "").join("; "));
  }
}

function factsText(kind, bytes, facts) {
  const { needs, frames, fps } = facts ?? {};
  const seconds = frames && fps ? `, ${timeText(frames / fps)}` : "";
  return [
    KINDS[kind],
    needs ? `${needs.width}×${needs.height}` : "",
    frames ? `${grouped(frames)} frames${seconds}` : "",
    bytes ? bytesText(bytes) : "",
  ].filter((text) => text !== "").join(" · ");
}

/** Browsers keep the clipboard from pages that came in the clear from elsewhere. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { class: "unseen" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
