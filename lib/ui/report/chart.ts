import type { Sample, Series } from "../../inspect/report/series.ts";
import { type Html, markup } from "./html.ts";

const WIDTH = 460;
const HEIGHT = 130;
const LEFT = 46;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 22;
/** The last stretch is shown where this much of it was seen: in a part, nothing can be counted on. */
const ENOUGH_OF_LAST = 0.9;

/** One line of numbers over time. */
export interface Chart {
  title: string;
  unit: string;
  values: number[];
  /** Whether each number stands for itself, as losses do, or for a course. */
  shape: "line" | "bars";
  digits: number;
}

/** The four courses of a stream. */
export function chartsOf(series: Series): Chart[] {
  const { samples } = series;
  const shown = samples.filter((_sample, i) => coverage(i, series) >= ENOUGH_OF_LAST || i === 0);
  const perSecond = (number: (sample: Sample) => number): number[] => {
    return shown.map((sample) => Math.max(0, number(sample)) * 1000 / lengthOf(series));
  };
  // Late packets may make up for losses of the stretch before.
  const losses = samples.map(({ lost }) => Math.max(0, lost));
  return [
    {
      title: "Bit rate",
      unit: "Mbit/s",
      values: perSecond(({ bytes }) => 8 * bytes / 1e6),
      shape: "line",
      digits: 2,
    },
    {
      title: "Frames a second",
      unit: "fps",
      values: perSecond(({ frames }) => frames),
      shape: "line",
      digits: 1,
    },
    { title: "Packets lost", unit: "packets", values: losses, shape: "bars", digits: 0 },
    {
      title: "Jitter",
      unit: "ms",
      values: samples.map(({ jitterMs }) => jitterMs),
      shape: "line",
      digits: 1,
    },
  ];
}

/** What a stretch of a series lasts, in ms; the only one lasts as long as the series. */
function lengthOf({ widthMs, lengthMs }: Series): number {
  return Math.max(1, Math.min(widthMs, lengthMs));
}

/** Which share of a stretch was seen: less than all of the last one. */
function coverage(index: number, { widthMs, lengthMs }: Series): number {
  return Math.min(1, (lengthMs - index * widthMs) / widthMs);
}

/** A chart as SVG, with the same in words for whoever does not see it. */
export function chartFigure(chart: Chart, { widthMs }: Series): Html {
  const { title, unit, values, digits } = chart;
  const number = (value: number): string => value.toFixed(digits);
  const most = values.reduce((most, value) => Math.max(most, value), 0);
  const least = values.reduce((least, value) => Math.min(least, value), Infinity);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const sum = values.reduce((sum, value) => sum + value, 0);
  const words = values.length === 0
    ? "nothing came"
    : chart.shape === "bars"
    ? `${number(sum)} ${unit} in all, at most ${number(most)} in ${seconds(widthMs)}`
    : `${number(least)} to ${number(most)} ${unit}, ${number(mean)} on average`;
  const top = niceTop(most, digits);
  const course = chart.shape === "bars" ? bars(values, top) : line(values, top);
  const label = `${title} over time: ${words}`;
  return markup`<figure class="chart">
<figcaption><b>${title}</b> <span class="muted">${words}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${axes(top, values.length * widthMs, digits)}${course}</svg>
</figure>
`;
}

function axes(top: number, lengthMs: number, digits: number): Html {
  const bottom = HEIGHT - BOTTOM;
  const right = WIDTH - RIGHT;
  // Halves of what comes in whole numbers are no marks to read by.
  const marks = digits === 0 && top % 2 !== 0 ? [0, 1] : [0, 0.5, 1];
  const rows = marks.map((share) => {
    const y = point(bottom - share * (bottom - TOP));
    const line = markup`<path class="grid" d="M${LEFT} ${y}H${right}"/>`;
    const text = axisNumber(top * share);
    return markup`${line}<text x="${LEFT - 6}" y="${y}" dy="4" text-anchor="end">${text}</text>\n`;
  });
  const times = [0, 0.5, 1].map((share) => {
    const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
    const at = point(LEFT + share * (right - LEFT));
    const text = seconds(lengthMs * share);
    return markup`<text x="${at}" y="${HEIGHT - 5}" text-anchor="${anchor}">${text}</text>\n`;
  });
  return markup`${rows}${times}`;
}

function line(values: readonly number[], top: number): Html {
  if (values.length === 0) return markup``;
  // One stretch is a level line.
  const all = values.length === 1 ? [values[0]!, values[0]!] : values;
  const points = all.map((value, i) => `${x(i / (all.length - 1))} ${y(value, top)}`);
  const bottom = HEIGHT - BOTTOM;
  const course = `M${points.join("L")}`;
  const area = `${course}L${x(1)} ${bottom}L${x(0)} ${bottom}Z`;
  return markup`<path class="area" d="${area}"/><path class="line" d="${course}"/>`;
}

function bars(values: readonly number[], top: number): Html {
  const width = (WIDTH - LEFT - RIGHT) / Math.max(1, values.length);
  const wide = Math.max(1.5, width * 0.8);
  const shapes = values.flatMap((value, i) => {
    if (value <= 0) return [];
    const from = LEFT + i * width + (width - wide) / 2;
    const bottom = HEIGHT - BOTTOM;
    return [`M${point(from)} ${bottom}V${y(value, top)}h${point(wide)}V${bottom}Z`];
  });
  return shapes.length === 0 ? markup`` : markup`
    <path class="bars" d="${shapes.join("")}" />
  `;
}

function x(share: number): number {
  return point(LEFT + share * (WIDTH - LEFT - RIGHT));
}

function y(value: number, top: number): number {
  const bottom = HEIGHT - BOTTOM;
  return point(bottom - Math.min(1, value / top) * (bottom - TOP));
}

function point(value: number): number {
  return Math.round(value * 10) / 10;
}

/** At most two digits behind the point. */
function axisNumber(value: number): string {
  return String(Number(value.toFixed(value < 0.1 ? 3 : 2)));
}

/** The next number above that is 1, 2, 2.5 or 5 times a power of ten. */
export function niceTop(most: number, digits: number): number {
  const least = 10 ** -digits;
  const wanted = Math.max(most, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= wanted * 0.9999) ?? 10) * power;
}

function seconds(milliseconds: number): string {
  const total = milliseconds / 1000;
  if (total < 120) return `${Number(total.toFixed(1))} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 120) return `${minutes} min ${String(Math.round(total % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
