import { streamWords } from "../../inspect/healthy_words.ts";
import type { PickedPicture } from "../../inspect/report/picture_picks.ts";
import type { SessionRecord, StreamRecord } from "../../inspect/report/session_record.ts";
import { summaryOf } from "../../inspect/stream_summary.ts";
import { grouped, hexSsrc } from "../../inspect/words.ts";
import { chartFigure, chartsOf } from "./chart.ts";
import { type Html, markup } from "./html.ts";

type Clean = (text: string) => string;

/** Each stream: what it is, its numbers, its courses over time. */
export function streamsSection({ streams }: SessionRecord, clean: Clean): Html {
  if (streams.length === 0) return markup`<p class="muted">No packet of any stream came.</p>`;
  return markup`${streams.map((stream) => streamPart(stream, clean))}`;
}

function streamPart(stream: StreamRecord, clean: Clean): Html {
  const { inspector, series } = stream;
  const facts = factsOf(stream).map(([name, value]) => {
    return markup`<dt>${name}</dt><dd>${clean(value)}</dd>\n`;
  });
  const charts = chartsOf(series).map((chart) => chartFigure(chart, series));
  return markup`<h3>${clean(streamWords(inspector))}</h3>
<dl>
${facts}</dl>
<div class="charts">
${charts}</div>
`;
}

function factsOf({ inspector }: StreamRecord): [string, string][] {
  const { statistics, frames, damagedFrames, lastPacket, format } = inspector;
  const { packets, lost, duplicated, reordered, bytes, activeMs, jitterMs, maxJitterMs } =
    statistics;
  const seconds = activeMs / 1000;
  const sent = packets - duplicated + lost;
  const facts = summaryOf(inspector);
  const rows: [string, string][] = [
    [
      "packets",
      `${grouped(packets)}, lost ${grouped(lost)} (${
        (sent === 0 ? 0 : 100 * lost / sent).toFixed(2)
      } %), duplicated ${grouped(duplicated)}, reordered ${grouped(reordered)}`,
    ],
    [
      "frames",
      `${grouped(frames)} whole, ${grouped(damagedFrames)} damaged` +
      (seconds > 0 && frames > 1 ? `, ${((frames - 1) / seconds).toFixed(2)} a second` : "") +
      (facts.keyFrames === undefined ? "" : `, ${grouped(facts.keyFrames)} key frames`),
    ],
    [
      "rate",
      seconds > 0
        ? `${(8 * bytes / seconds / 1e6).toFixed(3)} Mbit/s over ${seconds.toFixed(1)} s`
        : "too short to tell",
    ],
    ["jitter", `${jitterMs.toFixed(2)} ms at the end, ${maxJitterMs.toFixed(2)} ms at most`],
    ["clock", clockWords(facts)],
    ["sender reports", grouped(facts.senderReports)],
  ];
  if (lastPacket !== undefined) {
    const { payloadType, ssrc } = lastPacket.packet;
    rows.push([
      "RTP",
      `payload type ${payloadType}, ${format.encoding || "not described"}, SSRC ${hexSsrc(ssrc)}`,
    ]);
  }
  return rows;
}

function clockWords(
  { clockRate, measuredClockRate, driftPpm }: ReturnType<typeof summaryOf>,
): string {
  if (measuredClockRate === undefined) return `${grouped(clockRate)} Hz`;
  const drift = driftPpm === undefined ? "" : ` (${driftPpm > 0 ? "+" : ""}${driftPpm} ppm)`;
  return `${grouped(clockRate)} Hz, measured ${grouped(measuredClockRate)} Hz${drift}`;
}

/** Pictures in the page itself. */
export function picturesSection(pictures: readonly PickedPicture[], start: number): Html {
  const figures = pictures.map(({ jpeg, time }) => {
    const when = `${((time - start) / 1000).toFixed(1)} s`;
    const source = `data:image/jpeg;base64,${base64(jpeg)}`;
    return markup`<figure><img src="${source}" alt="The picture at ${when}">
<figcaption class="muted">${when}</figcaption></figure>
`;
  });
  return markup`<div class="pictures">
${figures}</div>`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(text);
}
