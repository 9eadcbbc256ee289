// Who watches what, one row a session.
import { byId, grouped, make, setText } from "./dom.js";
import { spanText } from "./overview.js";

const TRANSPORTS = { udp: "UDP", tcp: "TCP", multicast: "multicast", lab: "UDP" };
const DIALECTS = { rtsp: "RTSP", lab: "lab" };

const COLUMNS = [
  ["peer", "Viewer"],
  ["file", "File"],
  ["state", "State"],
  ["frame", "Frame"],
  ["fps", "fps"],
  ["sent", "Packets"],
  ["lost", "Lost"],
  ["since", "For"],
];

export class Sessions {
  #rows = new Map();
  #body = make("tbody", { role: "rowgroup" });
  #table;
  #empty = make(
    "p",
    { class: "empty" },
    "Nobody is watching. The URLs beside the files lead here.",
  );
  #more = make("p", { class: "dim more" });

  /** @param kick called with the session to be ended */
  constructor(kick) {
    this.kick = kick;
    const heads = COLUMNS.map(([, name]) => make("th", { role: "columnheader" }, name));
    heads.push(make("th", { role: "columnheader" }, make("span", { class: "unseen" }, "End it")));
    const head = make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads));
    this.#table = make(
      "table",
      { role: "table", "aria-labelledby": "sessions-title" },
      head,
      this.#body,
    );
    byId("sessions").append(this.#empty, this.#table, this.#more);
  }

  /** @param {{total: number, sessions: any[]}} told */
  show({ total, sessions }) {
    const gone = new Set(this.#rows.keys());
    for (const session of sessions) {
      gone.delete(session.id);
      this.#rowOf(session).show(session);
    }
    for (const id of gone) {
      this.#rows.get(id).element.remove();
      this.#rows.delete(id);
    }
    this.#empty.hidden = sessions.length > 0;
    this.#table.hidden = sessions.length === 0;
    const more = total - sessions.length;
    this.#more.hidden = more <= 0;
    setText(this.#more, `and ${grouped(Math.max(0, more))} more`);
    setText(byId("sessions-facts"), total === 0 ? "" : grouped(total));
  }

  #rowOf(session) {
    let row = this.#rows.get(session.id);
    if (row === undefined) {
      row = new Row(session, () => this.kick(session));
      this.#rows.set(session.id, row);
      this.#body.append(row.element);
    }
    return row;
  }
}

class Row {
  #cells = new Map();

  constructor({ id, peer }, kick) {
    const cells = COLUMNS.map(([key, name]) => {
      const cell = make("td", { role: "cell", "data-cell": key, "data-label": name });
      this.#cells.set(key, cell);
      return cell;
    });
    this.#cells.get("peer").append(make("b", {}), make("span", { class: "dim" }));
    this.#cells.get("state").append(make("span", { class: "state" }));
    const label = `End the session of ${peer}`;
    const button = make("button", { type: "button", class: "quiet", "aria-label": label }, "End");
    button.addEventListener("click", () => {
      button.disabled = true;
      kick();
    });
    const last = make("td", { role: "cell", "data-cell": "end" }, button);
    this.element = make("tr", { role: "row", "data-session": id }, ...cells, last);
  }

  show(session) {
    const { peer, file, dialect, state, transport, frame, frameCount, fps, report, since } =
      session;
    const [name, how] = this.#cells.get("peer").children;
    setText(name, peer);
    setText(how, `${DIALECTS[dialect]} · ${TRANSPORTS[transport]}`);
    this.#cells.get("peer").title = session.path;
    this.#set("file", decoded(file));
    const lamp = this.#cells.get("state").firstChild;
    setText(lamp, state);
    lamp.dataset.state = state;
    const last = frameCount === null ? "" : ` / ${grouped(frameCount)}`;
    const now = frameCount === null ? frame : Math.min(frame, frameCount);
    this.#set("frame", `${grouped(now)}${last}`);
    this.#set("fps", fps === null ? "–" : fps.toFixed(1));
    this.#set("sent", grouped(session.packetsSent));
    this.#set("lost", lostText(report, session.framesDropped));
    this.#cells.get("lost").dataset.bad = String((report?.fractionLost ?? 0) > 0.01);
    this.#set("since", spanText(Math.max(0, (Date.now() - since) / 1000)));
  }

  #set(key, text) {
    setText(this.#cells.get(key), text);
  }
}

/** A name as the list of files has it. */
function decoded(file) {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** What the receiver says it misses, and what it was not sent. */
function lostText(report, dropped) {
  const left = dropped > 0 ? `, ${grouped(dropped)} left out` : "";
  if (report === null) return left === "" ? "–" : left.slice(2);
  const { packetsLost, fractionLost } = report;
  return `${grouped(Math.max(0, packetsLost))} (${(100 * fractionLost).toFixed(1)} %)${left}`;
}
