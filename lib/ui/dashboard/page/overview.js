// The server at a glance: what it does now, drawn over the last two minutes, and what it counted.
import { byId, bytesText, draw, grouped, make, rateText, setText } from "./dom.js";

const POINTS = 120;
const [WIDTH, HEIGHT] = [120, 28];

/** What is shown large, with what stands beside it. */
const TILES = [
  {
    key: "sessions",
    name: "sessions",
    value: ({ sessions }) => grouped(sessions),
    note: ({ connections }) => `${grouped(connections)} connection${connections === 1 ? "" : "s"}`,
    point: ({ sessions }) => sessions,
  },
  {
    key: "fps",
    name: "frames a second",
    value: ({ framesPerSecond }) => oneDigit(framesPerSecond),
    note: ({ framesSent }) => `${grouped(framesSent)} in all`,
    point: ({ framesPerSecond }) => framesPerSecond,
  },
  {
    key: "bitrate",
    name: "sent",
    value: ({ bitsPerSecond }) => rateText(bitsPerSecond),
    note: ({ bytesSent }) => `${bytesText(bytesSent)} in all`,
    point: ({ bitsPerSecond }) => bitsPerSecond,
  },
  {
    key: "late",
    name: "late at most",
    value: ({ lateMs }) => `${oneDigit(lateMs)} ms`,
    note: () => "in the last 5 s",
    point: ({ lateMs }) => lateMs,
  },
];

/**
 * What is counted from the beginning.
 * @type {[string, string, (status: any) => string][]}
 */
const COUNTS = [
  ["sessions", "Sessions", ({ sessionsTotal }) => grouped(sessionsTotal)],
  ["connections", "Connections", ({ connectionsTotal }) => grouped(connectionsTotal)],
  ["refused", "Connections refused", ({ connectionsRefused }) => grouped(connectionsRefused)],
  ["requests", "Requests", ({ requests }) => grouped(requests)],
  ["frames", "Frames sent", ({ framesSent }) => grouped(framesSent)],
  ["dropped", "Left out, too slow", ({ framesDropped }) => grouped(framesDropped)],
  ["failed", "Left out, unusable", ({ framesFailed }) => grouped(framesFailed)],
  ["transcoded", "Frames re-coded", ({ framesTranscoded }) => grouped(framesTranscoded)],
  ["packets", "RTP packets", ({ packetsSent }) => grouped(packetsSent)],
  ["lost", "Reported lost", ({ packetsReportedLost }) => grouped(packetsReportedLost)],
  ["rtcp", "RTCP received", ({ rtcpReceived }) => grouped(rtcpReceived)],
  ["logins", "Failed log-ins", ({ authFailures }) => grouped(authFailures)],
  ["limits", "Limits reached", ({ limits }) => grouped(sum(Object.values(limits)))],
  ["errors", "Errors", ({ errors }) => grouped(errors)],
  ["memory", "Memory", ({ memoryBytes }) => bytesText(memoryBytes)],
  ["cache", "Frames kept", ({ cacheBytes }) => bytesText(cacheBytes)],
  ["files", "Files open", ({ filesOpen }) => grouped(filesOpen)],
  ["descriptors", "Descriptors", ({ openDescriptors }) => {
    return openDescriptors === null ? "–" : grouped(openDescriptors);
  }],
];

export class Overview {
  #tiles = TILES.map((tile) => new Tile(tile));
  #counts = new Map();

  constructor() {
    byId("tiles").append(...this.#tiles.map(({ element }) => element));
    for (const [key, name] of COUNTS) {
      const value = make("dd", { class: "digits", "data-count": key }, "–");
      this.#counts.set(key, value);
      byId("counts").append(make("div", {}, make("dt", {}, name), value));
    }
  }

  show(status) {
    for (const tile of this.#tiles) tile.show(status);
    for (const [key, , value] of COUNTS) setText(this.#counts.get(key), value(status));
    const { uptimeSeconds, workers, version } = status;
    const threads = workers > 1 ? `, ${workers} threads` : "";
    setText(byId("counts-facts"), `${spanText(uptimeSeconds)} ago${threads}, ${version}`);
  }
}

/** A number, its name, and how it went. */
class Tile {
  #points = [];
  #value = make("output", { class: "digits" }, "–");
  #note = make("span", { class: "dim" });
  #line = draw("polyline", { class: "spark-line" });
  #area = draw("polygon", { class: "spark-area" });

  constructor(tile) {
    this.tile = tile;
    const spark = draw(
      "svg",
      {
        class: "spark",
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      this.#area,
      this.#line,
    );
    this.element = make(
      "div",
      { class: "tile", "data-tile": tile.key },
      make("p", { class: "tile-head" }, this.#value, " ", make("span", {}, tile.name)),
      spark,
      make("p", { class: "tile-note" }, this.#note),
    );
  }

  show(status) {
    setText(this.#value, this.tile.value(status));
    setText(this.#note, this.tile.note(status));
    this.#points.push(this.tile.point(status));
    if (this.#points.length > POINTS) this.#points.shift();
    const most = Math.max(1, ...this.#points);
    const from = POINTS - this.#points.length;
    const points = this.#points.map((value, i) => {
      const x = (from + i + 1) * WIDTH / POINTS;
      return `${x.toFixed(1)},${(HEIGHT - 1 - (HEIGHT - 3) * value / most).toFixed(1)}`;
    });
    const first = (from + 1) * WIDTH / POINTS;
    this.#line.setAttribute("points", points.join(" "));
    this.#area.setAttribute("points", `${first},${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`);
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function oneDigit(value) {
  return value >= 100 ? grouped(value) : value.toFixed(1);
}

/** `42 s`, `12 min`, `3 h 20 min`, `5 d 2 h` */
export function spanText(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${Math.floor(seconds)} s`;
  if (hours === 0) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
