import type { FrameRanges } from "../lib/media/transcode/frame_ranges.ts";
import type { CheckedFault, FrameWork, MediaCheck } from "../lib/media/transcode/media_check.ts";
import type { Style } from "./style.ts";

/** What came of looking at a file. */
export type Checked =
  | { kind: "unreadable"; file: string; problem: string }
  | { kind: "unplayable"; file: string; problem: string }
  | CheckedMedia;

/** A file whose frames were looked at. */
export interface CheckedMedia {
  kind: "media";
  file: string;
  /** Bytes; 0 for a folder. */
  size: number;
  format: string | undefined;
  /** Frames a second that it states. */
  rate: number | undefined;
  /** Frames a second at which it would be served. */
  fps: number;
  /** Whether it goes on without an end, as a still does. */
  endless: boolean;
  /** PNG files that frames are made of; what is told of frames is told of the JPEGs then. */
  pngs: number;
  check: MediaCheck;
}

/** What files of one JPEG are recognised as too. */
const STREAM_OF_JPEG = "concatenated JPEG";
/** Ranges shown in a line; JSON has more. */
const RANGES_SHOWN = 6;
const FAULTS_SHOWN = 10;
const LABEL_WIDTH = 12;

/** A file as lines for a person. */
export function checkedLines(checked: Checked, style: Style): string[] {
  const title = style.bold(checked.file);
  if (checked.kind !== "media") return [title, verdictLine(checked, style)];
  const rows: [label: string, text: string][] = [
    ["format", formatText(checked)],
    ["frames", framesText(checked)],
    ["rate", rateText(checked)],
    ["coding", codingText(checked.check)],
    ["frame size", sizeText(checked.check)],
    ...withLabel("pictures", severalTexts(checked.check)),
    ...withLabel("RTP", rtpTexts(checked.check)),
    ...withLabel("lab", labTexts(checked.check)),
    ...withLabel("damage", faultTexts(checked.check, style)),
  ];
  const lines = rows.map(([label, text]) => `  ${style.dim(label.padEnd(LABEL_WIDTH))}${text}`);
  return [title, ...lines, verdictLine(checked, style)];
}

/** A file as one JSON object. */
export function checkedObject(checked: Checked): Record<string, unknown> {
  const { file } = checked;
  const { ok, text: verdict } = verdictOf(checked);
  if (checked.kind !== "media") {
    return { event: "check", file, ok, readable: checked.kind !== "unreadable", verdict };
  }
  const { check, format, size, rate, fps, endless, pngs } = checked;
  return {
    event: "check",
    file,
    ok,
    readable: true,
    format,
    bytes: size,
    frames: check.frames,
    endless,
    pngs,
    rate: rate ?? null,
    durationSeconds: endless ? null : check.frames / fps,
    sizes: Object.fromEntries(check.sizes),
    sampling: Object.fromEntries(check.samplings),
    coding: Object.fromEntries(check.codings),
    huffman: Object.fromEntries(check.huffman),
    quantisation: Object.fromEntries(check.quantisation),
    frameBytes: {
      least: check.frames === 0 ? 0 : check.leastBytes,
      mean: check.frames === 0 ? 0 : Math.round(check.totalBytes / check.frames),
      most: check.mostBytes,
    },
    rtp: {
      asIs: rangesObject(check.asIs),
      work: [...check.work.values()].map(({ steps, lossless, pixels, frames }) => {
        return { steps, lossless, pixels, ...rangesObject(frames) };
      }),
    },
    lab: {
      over99999: rangesObject(check.overFile),
      over65495: rangesObject(check.overDatagram),
      over20468: rangesObject(check.overClassic),
    },
    several: rangesObject(check.several),
    leftOut: check.leftOut,
    faultCount: check.faultCount,
    faults: check.faults,
    verdict,
  };
}

function verdictLine(checked: Checked, style: Style): string {
  const { ok, text } = verdictOf(checked);
  return `  ${ok ? style.green(`✓ ${text}`) : style.red(`✗ ${text}`)}`;
}

function verdictOf(checked: Checked): { ok: boolean; text: string } {
  if (checked.kind === "unreadable") {
    return { ok: false, text: `Cannot be read: ${checked.problem}` };
  }
  if (checked.kind === "unplayable") {
    return { ok: false, text: `Cannot be served: ${checked.problem}` };
  }
  const { leftOut, work } = checked.check;
  if (leftOut > 0) {
    return { ok: false, text: `Served without ${plural(leftOut, "frame")} that cannot be used` };
  }
  const kinds = [...work.values()];
  if (kinds.length === 0) {
    const text = checked.pngs === 0
      ? "Served as it is"
      : "Served to everybody, PNG turned into JPEG";
    return { ok: true, text };
  }
  if (kinds.every(({ lossless }) => lossless)) {
    return { ok: true, text: "Served to everybody, re-coded for RTSP without loss" };
  }
  const how = kinds.some(({ pixels }) => pixels) ? "encoded anew" : "re-coded with some loss";
  return { ok: true, text: `Served to everybody, ${how} for RTSP` };
}

function formatText({ format = "unknown", size, endless, pngs }: CheckedMedia): string {
  const name = endless && format === STREAM_OF_JPEG ? "JPEG" : format;
  const what = endless ? `a still ${name}` : name;
  const made = pngs === 0 ? "" : `; ${endless ? "" : `${plural(pngs, "PNG")} `}turned into JPEG`;
  return (size === 0 ? what : `${what}, ${grouped(size)} bytes`) + made;
}

function framesText({ check, endless, fps }: CheckedMedia): string {
  const sizes = kindsText(check.sizes, check.frames);
  if (endless) return `1, repeated without an end; ${sizes}`;
  return `${grouped(check.frames)}, ${seconds(check.frames / fps)}; ${sizes}`;
}

function rateText({ rate, fps }: CheckedMedia): string {
  if (rate === undefined) return `none stated; ${fps} a second unless --fps says otherwise`;
  return `${Math.round(rate * 1000) / 1000} a second`;
}

function codingText(check: MediaCheck): string {
  const { codings, samplings, huffman, quantisation, frames } = check;
  return [
    kindsText(codings, frames),
    kindsText(samplings, frames),
    huffman.size === 0 ? "" : `Huffman tables ${kindsText(huffman, frames)}`,
    quantisation.size === 0 ? "" : `quantisation ${kindsText(quantisation, frames)}`,
  ].filter((text) => text !== "").join("; ");
}

function sizeText({ frames, totalBytes, leastBytes, mostBytes }: MediaCheck): string {
  if (frames === 0) return "no frame";
  if (leastBytes === mostBytes) return `${grouped(mostBytes)} bytes`;
  const mean = grouped(Math.round(totalBytes / frames));
  return `${grouped(leastBytes)} to ${grouped(mostBytes)} bytes, ${mean} on average`;
}

function severalTexts({ several, frames }: MediaCheck): string[] {
  if (several.count === 0) return [];
  return [`${which(several, frames)}: several JPEGs in one frame; players show the first`];
}

function rtpTexts(check: MediaCheck): string[] {
  const { asIs, work, frames } = check;
  const texts: string[] = [];
  if (asIs.count > 0) texts.push(`${which(asIs, frames)}: as it is`);
  for (const kind of work.values()) {
    texts.push(`${which(kind.frames, frames)}: ${kind.steps.join(", ")}${lossOf(kind)}`);
  }
  return texts;
}

function lossOf({ lossless, pixels }: FrameWork): string {
  // What is encoded anew says so itself.
  if (pixels) return "";
  return lossless ? " (lossless)" : " (with some loss)";
}

function labTexts({ overFile, overDatagram, overClassic, frames }: MediaCheck): string[] {
  const texts: string[] = [];
  if (overFile.count > 0) {
    texts.push(`${which(overFile, frames)}: over 99,999 bytes, too long for a lab file`);
  }
  if (overDatagram.count > 0) {
    texts.push(`${which(overDatagram, frames)}: over 65,495 bytes, shrunk to fit a datagram`);
  }
  if (overClassic.count > 0) {
    texts.push(`${which(overClassic, frames)}: over 20,468 bytes, cut by clients that read 20,480`);
  }
  return texts.length > 0 ? texts : [`${frames === 1 ? "the frame" : "all frames"}: as it is`];
}

function faultTexts({ faults, faultCount }: MediaCheck, style: Style): string[] {
  const shown = faults.slice(0, FAULTS_SHOWN).map((fault) => faultText(fault, style));
  const more = faultCount - shown.length;
  return more > 0 ? [...shown, `and ${grouped(more)} more`] : shown;
}

function faultText({ frame, position, problem, recovered }: CheckedFault, style: Style): string {
  const at = position === undefined ? "" : ` at byte ${grouped(position)}`;
  const text = `frame ${frame}${at}: ${problem}`;
  return recovered ? style.yellow(`${text} (sent all the same)`) : style.red(text);
}

function withLabel(label: string, texts: string[]): [string, string][] {
  return texts.map((text, index) => [index === 0 ? label : "", text]);
}

/** `"all frames"`, or which of them. */
function which(ranges: FrameRanges, total: number): string {
  if (ranges.count === total) return total === 1 ? "the frame" : "all frames";
  const parts = ranges.ranges.slice(0, RANGES_SHOWN)
    .map(([first, last]) => first === last ? `${first}` : `${first}-${last}`);
  const rest = ranges.ranges.length > RANGES_SHOWN ? ", …" : "";
  const name = ranges.count === 1 ? "frame" : `${grouped(ranges.count)} frames`;
  return `${name}${ranges.count === 1 ? " " : " ("}${parts.join(", ")}${rest}${
    ranges.count === 1 ? "" : ")"
  }`;
}

/** One kind by its name alone, several with how many there are of each. */
function kindsText(kinds: ReadonlyMap<string, number>, total: number): string {
  const entries = [...kinds];
  if (entries.length === 1 && entries[0]![1] === total) return entries[0]![0];
  return entries.map(([kind, count]) => `${kind} (${grouped(count)})`).join(", ");
}

function rangesObject(ranges: FrameRanges): { count: number; frames: FrameRanges["ranges"] } {
  return { count: ranges.count, frames: ranges.ranges };
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}
