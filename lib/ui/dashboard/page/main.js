// The dashboard: asks the program once a second what the server does, and shows it.
import { byId, setText, show } from "./dom.js";
import { Files } from "./files.js";
import { Log } from "./log.js";
import { Overview } from "./overview.js";
import { Sessions } from "./sessions.js";
import { Switch } from "./switch.js";

const EVERY_MS = 1000;
/** Files seldom come and go; while some have not been looked at, they are asked for each time. */
const FILES_EVERY_MS = 5000;

/** Says something to those who do not see it. */
function say(text) {
  setText(byId("said"), text);
}

/** Tells the program to do something; resolves with what it answers, or why not. */
async function post(path, body = {}) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { error: "The program does not answer" };
  }
}

async function get(path) {
  const response = await fetch(path);
  const value = await response.json();
  if (!response.ok) throw new ToldError(value.error);
  return value;
}

/** What the program itself says is wrong. */
class ToldError extends Error {}

class Dashboard {
  #files = new Files(say);
  #log = new Log();
  #overview = new Overview();
  #sessions = new Sessions((session) => this.#kick(session));
  #switch = new Switch(post, () => this.#look());
  #filesAt = -Infinity;
  #looking;

  constructor() {
    this.#run();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#look();
    });
  }

  async #run() {
    if (!document.hidden) await this.#look();
    setTimeout(() => this.#run(), EVERY_MS);
  }

  /** One look at a time. */
  #look() {
    this.#looking ??= this.#lookNow().finally(() => this.#looking = undefined);
    return this.#looking;
  }

  async #lookNow() {
    try {
      const [status, sessions, log] = await Promise.all([
        get("api/status"),
        get("api/sessions"),
        get(`api/log?after=${this.#log.newest}`),
      ]);
      this.#show(status, sessions, log);
      await this.#lookAtFiles(status);
      document.body.dataset.ready = "true";
      this.#trouble();
    } catch (error) {
      this.#trouble(
        error instanceof ToldError
          ? `The server is in trouble: ${error.message}.`
          : "The program has ended or cannot be reached. What is shown is what was seen last.",
      );
    }
  }

  #show(status, sessions, log) {
    this.#switch.show(status);
    this.#overview.show(status);
    this.#sessions.show(sessions);
    this.#log.add(log.lines);
    const { ok, reason } = status.health;
    const isUnwell = !ok && status.state === "serving";
    show(byId("unwell"), isUnwell);
    if (isUnwell) setText(byId("unwell"), `The server does not keep its time: ${reason}.`);
  }

  async #lookAtFiles(status) {
    const isDue = performance.now() - this.#filesAt >= FILES_EVERY_MS;
    if (isDue || this.#files.waiting) {
      this.#files.list(await get("api/files"));
      this.#filesAt = performance.now();
    }
    this.#files.show(status);
  }

  async #kick({ id, peer }) {
    const { error } = await post(`api/sessions/${id}/kick`);
    say(error ? `Not ended: ${error}` : `The session of ${peer} has ended.`);
    await this.#look();
  }

  #trouble(text) {
    const banner = byId("offline");
    show(banner, text !== undefined);
    if (text !== undefined) setText(banner, text);
  }
}

new Dashboard();
