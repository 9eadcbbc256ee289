import type { PlayerAction, PlayerState } from "../player/actions.ts";
import type { PlayerSnapshot } from "../player/snapshot.ts";
import type { Sample } from "../player/samples.ts";
import { cellsOf, cellsOfAll, cut, type Look, type Span, span } from "./text.ts";

const STATES: readonly PlayerState[] = ["Init", "Ready", "Playing"];
const MARKS: Readonly<Record<PlayerState, string>> = { Init: "■", Ready: "❚❚", Playing: "▶" };
/** What is under way while the server has not answered. */
const BUSY: Readonly<Record<PlayerAction | "seek", string>> = {
  setup: "Setting up",
  play: "Starting",
  pause: "Pausing",
  restart: "Going back to the start",
  forward: "Going forward",
  backward: "Going backward",
  teardown: "Tearing down",
  seek: "Going there",
};
const GAP = span("   ");

/** The top line: what plays, and the state machine with the state it is in. */
export function titleLine({ name, state }: PlayerSnapshot, columns: number): Span[] {
  const machine = STATES.flatMap((each, i) => {
    const box = span(` ${each} `, each === state ? "reverse" : "dim");
    return i === 0 ? [box] : [span("─", "dim"), box];
  });
  const room = columns - cellsOfAll(machine) - 2;
  if (room < 12) return [span(cut(name, columns), "bold")];
  const title = span(cut(` ${name}`, room), "bold");
  return [title, span(" ".repeat(columns - cellsOf(title.text) - cellsOfAll(machine))), ...machine];
}

/** How far the media has come; the bar is there where its length is known. */
export function progressLine(snapshot: PlayerSnapshot, columns: number): Span[] {
  const { elapsed, duration, ended } = snapshot;
  const at = ended ? duration ?? elapsed : elapsed;
  if (at === undefined && duration === undefined) return [];
  const left = span(` ${timeText(at)} `);
  if (duration === undefined) return [left];
  const right = span(` ${timeText(duration)} `);
  const length = columns - cellsOf(left.text) - cellsOf(right.text);
  if (length < 4) return [left, span("/"), right];
  const done = Math.round(length * Math.min(1, Math.max(0, (at ?? 0) / duration)));
  return [left, span("━".repeat(done), "cyan"), span("─".repeat(length - done), "dim"), right];
}

/** What the status line tells besides the snapshot. */
export interface Readings {
  /** The frame on the screen while it plays. */
  frame: number | undefined;
  /** The last second. */
  sample: Sample | undefined;
}

/** State, frames, rates, loss and transport, what matters most first. */
export function statusLine(
  snapshot: PlayerSnapshot,
  { frame = snapshot.frame, sample }: Readings,
  columns: number,
): Span[] {
  const { state, busy, frames, numbers, scale, transport, dialect } = snapshot;
  const word = busy === undefined ? `${MARKS[state]} ${state}` : `… ${BUSY[busy]}`;
  const look: Look = busy === undefined && state === "Playing" ? "green" : "bold";
  const fps = sample?.fps ?? numbers.fps;
  const bits = sample?.bitsPerSecond ?? numbers.bitsPerSecond;
  const worst = snapshot.findings.filter(({ level }) => level !== "info").length;
  // Before anything came there is nothing to say of it.
  const came = (text: string, look: Look = "plain"): Span[][] => {
    return numbers.packets === 0 ? [] : [[span(text, look)]];
  };
  const groups: Span[][] = [
    [span(` ${word}`, look)],
    [span("FRAMES ", "dim"), span(`${numberText(frame, frames)} / ${frames ?? "–"}`)],
    ...came(`${fps.toFixed(1)} fps`),
    ...came(lossText(snapshot), numbers.lost > 0 ? "yellow" : "plain"),
    ...(scale === 1 ? [] : [[span(`${speedText(scale)}`, "cyan")]]),
    ...came(rateText(bits)),
    ...(transport === undefined
      ? []
      : [[span(transport === "multicast" ? transport : transport.toUpperCase())]]),
    ...(dialect === undefined ? [] : [[span(dialect === "lab" ? "course lab" : "RTSP")]]),
    ...(worst === 0 ? [] : [[span(`! ${worst}`, "yellow")]]),
  ];
  return fitGroups(groups, columns);
}

/** The keys that work now, and dimmed those that do not; those that matter most where room is short. */
export function keysLine(snapshot: PlayerSnapshot, columns: number): Span[] {
  const { allowed, seekable, scalable, failure, retry } = snapshot;
  if (retry !== undefined) {
    const keys = [key("r", "try now", true, " "), key("t", "stop trying", true)];
    return fitGroups([...keys, key("q", "quit", true)], columns);
  }
  if (failure !== undefined) {
    return fitGroups([key("r", "try again", true, " "), key("q", "quit", true)], columns);
  }
  const isPlaying = allowed.pause;
  const keys: [rank: number, group: Span[]][] = [
    [0, key("space", isPlaying ? "pause" : "play", true, " ")],
    [2, key("s", "setup", allowed.setup)],
    [7, key("p", "play", allowed.play)],
    [8, key("u", "pause", allowed.pause)],
    [3, key("←→", "back/forward", allowed.backward || allowed.forward)],
    [5, key("r", "restart", allowed.restart)],
    [9, key("+-", "speed", scalable)],
    [6, key("0-9", "seek", seekable)],
    [4, key("t", "teardown", allowed.teardown)],
    [1, key("q", "quit", true)],
  ];
  const chosen = new Set<Span[]>();
  let room = columns;
  for (const [, group] of keys.toSorted(([a], [b]) => a - b)) {
    room -= cellsOfAll(group) + (chosen.size === 0 ? 0 : 2);
    if (room < 0) break;
    chosen.add(group);
  }
  const shown = keys.filter(([, group]) => chosen.has(group));
  return shown.flatMap(([, group], i) => i === 0 ? group : [span("  "), ...group]);
}

function key(mark: string, word: string, works: boolean, before = ""): Span[] {
  return [span(`${before}${mark}`, works ? "bold" : "dim"), span(` ${word}`, "dim")];
}

/** As many groups as there is room for, a gap between them. */
function fitGroups(groups: readonly Span[][], columns: number): Span[] {
  const line: Span[] = [];
  let left = columns;
  for (const group of groups) {
    const gap = line.length === 0 ? [] : [GAP];
    left -= cellsOfAll(group) + cellsOfAll(gap);
    if (left < 0 && line.length > 0) break;
    line.push(...gap, ...group);
  }
  return line;
}

/** A frame's number as wide as the total. */
function numberText(frame: number | undefined, frames: number | undefined): string {
  const digits = Math.max(3, String(frames ?? "").length);
  return frame === undefined ? "–".padStart(digits) : String(frame).padStart(digits);
}

function lossText({ numbers: { lost, packets, duplicated } }: PlayerSnapshot): string {
  if (lost === 0) return "no loss";
  return `${lost} lost (${(100 * lost / Math.max(1, packets - duplicated + lost)).toFixed(1)} %)`;
}

/** Bits a second with three digits or so. */
function rateText(bits: number): string {
  if (bits < 1e5) return `${(bits / 1e3).toFixed(1)} kbit/s`;
  return bits < 1e6 ? `${(bits / 1e3).toFixed(0)} kbit/s` : `${(bits / 1e6).toFixed(2)} Mbit/s`;
}

export function speedText(scale: number): string {
  return `${scale < 0 ? "−" : ""}${Math.abs(scale)}×`;
}

/** Minutes and seconds; hours where there are any. */
export function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return "–:––";
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
