import { Charts } from "./charts.js";
import { Controls } from "./controls.js";
import { byId, make, setText, show } from "./dom.js";
import { Exchange } from "./exchange.js";
import { LaunchForm } from "./form.js";
import { Link } from "./link.js";
import { Machine } from "./machine.js";
import { Packet } from "./packet.js";
import { Screen } from "./picture.js";
import { Readout } from "./readout.js";
import { Retry, whenText } from "./retry.js";
import { Findings, Statistics } from "./statistics.js";

const NAMES = { udp: "UDP", tcp: "TCP", multicast: "multicast", lab: "course lab", rtsp: "RTSP" };

/** Everything about one player that the page has been told. */
class Player {
  state = {};
  exchange = [];
  samples = [];
  packet = undefined;
  recording = false;
}

/** The page: what it is told goes to the parts that show it, what the person does goes back. */
class Page {
  players = [];
  screens = [];
  chosen = 0;
  #formWanted = undefined;
  #controls = undefined;

  constructor() {
    this.exchange = new Exchange();
    this.packet = new Packet();
    this.machine = new Machine();
    this.charts = new Charts();
    this.statistics = new Statistics();
    this.findings = new Findings();
    this.readout = new Readout(
      (seconds) => this.#command({ type: "seek", seconds }),
      (scale) => this.#command({ type: "scale", scale }),
    );
    this.retry = new Retry(
      () => this.#command({ type: "start" }),
      () => this.#command({ type: "act", action: "teardown" }),
    );
    this.form = new LaunchForm({
      open: (form, user, password) => {
        this.#formWanted = undefined;
        this.#ask({ type: "open", form, user, password });
      },
      files: (address, port) => this.#ask({ type: "files", address, port }),
      close: () => this.#wantForm(false),
    });
    byId("open-form").addEventListener("click", () => {
      this.#wantForm(!this.form.isShown);
      if (this.form.isShown) this.form.focus();
    });
    byId("save-frame").addEventListener("click", () => this.#saveFrame());
    byId("record").addEventListener("click", () => this.#record());
    byId("full-screen").addEventListener("click", () => this.#fullScreen());
    this.link = new Link({
      message: (message) => this.#told(message),
      frame: (frame) => this.screens[frame.player]?.push(frame),
      open: (isOpen) => this.#connected(isOpen),
    });
    setInterval(() => this.#showPassing(), 1000);
  }

  get #player() {
    return this.players[this.chosen] ?? new Player();
  }

  #ask(message) {
    this.link.send({ player: this.chosen, ...message });
  }

  /** Asks it of the chosen stream, or of all where the person wants that. */
  #command(message) {
    if (!byId("all").checked) return this.#ask(message);
    this.players.forEach((_, player) => this.link.send({ player, ...message }));
  }

  #told(message) {
    const player = this.players[message.player];
    switch (message.type) {
      case "hello":
        return this.#begin(message);
      case "state":
        Object.assign(player.state, message.delta);
        return this.#showState(message.player);
      case "exchange":
        player.exchange.push(...message.entries);
        if (message.player === this.chosen) this.exchange.add(message.entries);
        return;
      case "sample":
        player.samples.push(message.sample);
        if (player.samples.length > 61) player.samples.shift();
        if (message.player === this.chosen) this.charts.add(message.sample);
        return;
      case "packet":
        player.packet = message.packet;
        if (message.player === this.chosen) this.packet.show(message.packet);
        return;
      case "recording":
        player.recording = message.on;
        if (!message.on) say(`Recorded ${message.frames} frames.`);
        return this.#showState(message.player);
      case "form-error":
        this.#wantForm(true);
        return this.form.refuse(message.field, message.message);
      case "files":
        return this.form.offer(message.files, message.message);
    }
  }

  #begin({ players, simple, isFixed }) {
    document.body.dataset.simple = String(simple);
    document.body.dataset.fixed = String(isFixed);
    this.players = players.map(({ state, exchange, samples }) => {
      return Object.assign(new Player(), { state, exchange: [...exchange], samples: [...samples] });
    });
    this.#controls ??= new Controls(simple, (action) => {
      this.#command(action === "start" ? { type: "start" } : { type: "act", action });
    });
    if (this.screens.length !== this.players.length) this.#makeScreens();
    this.chosen = Math.min(this.chosen, this.players.length - 1);
    const { form } = this.#player.state;
    if (form) this.form.fill(form);
    this.#choose(this.chosen);
    document.body.dataset.ready = "true";
  }

  #makeScreens() {
    this.screens = this.players.map((_, i) => {
      const onDrawn = (serial, number) => {
        this.link.drawn(i, serial);
        if (i === this.chosen && number !== undefined) this.readout.drawn(number);
      };
      return new Screen(i, onDrawn, () => this.#choose(i));
    });
    const box = byId("screens");
    box.replaceChildren(...this.screens.map(({ element }) => element));
    box.dataset.count = String(this.screens.length);
    show(byId("all-row"), this.screens.length > 1);
    const columns = Math.ceil(Math.sqrt(this.screens.length));
    box.style.setProperty("--columns", String(columns));
    box.style.setProperty("--rows", String(Math.ceil(this.screens.length / columns)));
  }

  #choose(index) {
    this.chosen = index;
    this.screens.forEach((screen, i) => {
      screen.element.dataset.chosen = String(i === index);
      screen.element.querySelector("button").setAttribute("aria-pressed", String(i === index));
    });
    const player = this.#player;
    this.exchange.clear();
    this.exchange.add(player.exchange);
    this.charts.set(player.samples);
    if (player.packet === undefined) this.packet.clear();
    else this.packet.show(player.packet);
    this.players.forEach((_, i) => this.#showState(i));
  }

  #showState(index) {
    const { state, recording } = this.players[index];
    const screen = this.screens[index];
    const title = state.name ?? "";
    screen.label(title, state.ended ? "End" : state.state ?? "Init", this.#shortName(title));
    this.#explain(screen, state);
    if (state.name !== screen.name) screen.clear();
    screen.name = state.name;
    if (index !== this.chosen) return;
    this.#controls.update(state);
    this.machine.update(state);
    this.readout.update(state);
    this.retry.update(state);
    this.statistics.update(state, screen.delay);
    this.findings.update(state);
    this.#showHead(state);
    this.#showForm(state);
    const record = byId("record");
    record.setAttribute("aria-pressed", String(recording));
    setText(record, recording ? "Stop recording" : "Record");
  }

  /** What tells a stream from the others: its server, too, where they have several. */
  #shortName(name) {
    const servers = this.players.map(({ state }) => serverOf(state.name ?? ""));
    return servers.every((server) => server === servers[0]) ? name.slice(servers[0].length) : name;
  }

  /** Why there is no picture, or only an old one. */
  #explain(screen, { failure, retry, busy }) {
    const text = failure?.title ?? (busy ? "connecting…" : "no picture yet");
    screen.explain(retry ? `${text}. ${whenText(retry)}` : text, failure != null);
  }

  #showHead(state) {
    setText(byId("stream"), state.name ?? "");
    const word = state.retry
      ? "lost"
      : state.busy
      ? "busy"
      : state.ended
      ? "ended"
      : state.state?.toLowerCase();
    document.title = state.name ? `${state.name} (${word}), rtspkit` : "rtspkit player";
    const facts = [state.dialect, state.transport, state.encoding].filter((each) => each);
    const { size } = this.screens[this.chosen].element.dataset;
    if (size !== undefined) facts.push(size);
    const text = facts.join();
    if (byId("facts").dataset.text !== text) {
      byId("facts").dataset.text = text;
      byId("facts").replaceChildren(...facts.map((fact) => make("li", {}, NAMES[fact] ?? fact)));
    }
    show(byId("notice"), state.notice != null);
    setText(byId("notice"), state.notice ?? "");
  }

  /** Where there is nothing to play, or it failed, the form is what is wanted. */
  #showForm(state) {
    const failure = state.retry ? undefined : state.failure ?? undefined;
    const needed = !state.name || failure !== undefined;
    if (!needed && this.#needed) this.#formWanted = undefined;
    this.#needed = needed;
    this.form.fail(failure);
    this.form.show(this.#formWanted ?? (needed && !state.busy));
    show(byId("launch-close"), !needed);
    this.#makeRoom();
  }
  #needed = false;

  #wantForm(isWanted) {
    this.#formWanted = isWanted;
    this.form.show(isWanted);
    this.#makeRoom();
  }

  /** The form stands where the picture would be. */
  #makeRoom() {
    const isEmpty = this.screens.every(({ shown }) => shown === undefined);
    show(byId("screens"), !(this.form.isShown && this.screens.length === 1 && isEmpty));
  }

  #connected(isOpen) {
    const banner = byId("offline");
    show(banner, !isOpen);
    setText(banner, isOpen ? "" : "The player has ended. Start rtspkit play again to go on.");
    if (!isOpen) {
      for (const player of this.players) player.state.allowed = {};
      this.players.forEach((_, i) => this.#showState(i));
    }
  }

  /** What changes with time alone. */
  #showPassing() {
    if (this.players.length === 0) return;
    const { state } = this.#player;
    this.statistics.update(state, this.screens[this.chosen].delay);
    this.retry.update(state);
    this.players.forEach((player, i) => this.#explain(this.screens[i], player.state));
  }

  #saveFrame() {
    const frame = this.screens[this.chosen]?.shown;
    if (frame === undefined) return say("There is no picture to save.");
    const url = URL.createObjectURL(new Blob([frame.jpeg], { type: "image/jpeg" }));
    download(url, `frame-${String(frame.number).padStart(6, "0")}.jpg`);
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    say(`Saved frame ${frame.number}.`);
  }

  #record() {
    if (this.#player.recording) return this.#ask({ type: "stop-recording" });
    download(`record/${this.chosen}`, "");
    say("Recording what is shown.");
  }

  #fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else byId("screens").requestFullscreen().catch(() => say("The browser refuses full screen."));
  }
}

/** `rtsp://192.0.2.7/` or `192.0.2.7:554/` of a stream's name, nothing where it has no path. */
function serverOf(name) {
  return /^(?:[a-z]+:\/\/)?[^/]+\/(?=[^/])/i.exec(name)?.[0] ?? "";
}

function download(url, name) {
  make("a", { href: url, download: name }).click();
}

/** Says something to those who do not see it. */
function say(text) {
  setText(byId("said"), text);
}

// Tests and measurements look at it.
globalThis.rtspkitPage = new Page();
