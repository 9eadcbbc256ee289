import type { PacketPicks, PacketRow } from "../../inspect/report/packet_picks.ts";
import { grouped, hexSsrc } from "../../inspect/words.ts";
import { type Html, type HtmlPart, markup } from "./html.ts";

/** The first and last packets and those around trouble, as a table. */
export function packetSection(picks: PacketPicks, clean: (text: string) => string): Html {
  const { rows, count } = picks;
  const [first] = rows;
  if (first === undefined) return markup`<p class="muted">No RTP packet came.</p>`;
  const columns = {
    stream: rows.some(({ stream }) => stream !== ""),
    ssrc: rows.some(({ ssrc }) => ssrc !== first.ssrc),
  };
  const names = [
    ...["#", "time", ...(columns.stream ? ["stream"] : []), "sequence", "Δ", "timestamp", "Δ"],
    ...["arrival Δ", "jitter", "M", "PT", ...(columns.ssrc ? ["SSRC"] : []), "size"],
  ];
  const body: Html[] = [];
  let before = 0;
  for (const row of rows) {
    if (row.number > before + 1) body.push(gapRow(row.number - before - 1, names.length + 1));
    before = row.number;
    body.push(packetRow({ ...row, stream: clean(row.stream) }, first.time, columns));
  }
  const which = rows.length === count
    ? `All ${grouped(count)} packets`
    : `${grouped(rows.length)} of ${
      grouped(count)
    } packets: the first, the last, and those around ` +
      "what is out of the ordinary";
  const heads = names.map((name) => markup`<th scope="col">${name}</th>`);
  return markup`<section class="scroll" tabindex="0" aria-label="RTP packets">
<table>
<caption>${which}; sizes in bytes, deltas in numbers, ticks and milliseconds</caption>
<thead><tr>${heads}${REMARK}</tr></thead>
<tbody>
${body}</tbody>
</table>
</section>
`;
}

const REMARK = markup`<th scope="col" class="text">remark</th>`;

/** Columns that are there only where they tell something. */
interface Columns {
  stream: boolean;
  ssrc: boolean;
}

function gapRow(packets: number, columns: number): Html {
  return markup`<tr class="gap"><td colspan="${columns}">${grouped(packets)} more</td></tr>
`;
}

function packetRow(row: PacketRow, start: number, columns: Columns): Html {
  const isFirst = row.place === "first";
  const delta = (value: number): string =>
    isFirst ? "" : `${value >= 0 ? "+" : ""}${grouped(value)}`;
  const cells: HtmlPart[] = [
    grouped(row.number),
    `${((row.time - start) / 1000).toFixed(3)} s`,
    ...(columns.stream ? [row.stream] : []),
    row.sequence,
    delta(row.sequenceDelta),
    row.timestamp,
    delta(row.timestampDelta),
    isFirst ? "" : row.arrivalDelta.toFixed(1),
    row.jitterMs.toFixed(1),
    row.marker ? "M" : "",
    row.payloadType,
    ...(columns.ssrc ? [hexSsrc(row.ssrc)] : []),
    grouped(row.size),
  ];
  const kind = isOdd(row) ? "odd" : "plain";
  const numbers = cells.map((cell) => markup`<td>${cell}</td>`);
  return markup`<tr class="${kind}">${numbers}<td class="text">${remark(row)}</td></tr>
`;
}

function isOdd({ place }: PacketRow): boolean {
  return place !== "next" && place !== "first";
}

function remark({ place, sequenceDelta }: PacketRow): string {
  if (place === "gap") return `${grouped(sequenceDelta - 1)} missing before it`;
  if (place === "reordered") return "late";
  return place === "next" ? "" : place;
}
