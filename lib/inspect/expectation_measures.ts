import type { StreamMeasures } from "./expectation.ts";
import type { SessionRecord, StreamRecord } from "./report/session_record.ts";

/** What is known of a whole session besides its record. */
export interface SessionEnd {
  /** Until when something could have come, in ms since the Unix epoch; undefined for its own end. */
  end: number | undefined;
  /** `udp`, `tcp` or `multicast`; undefined where it is not known. */
  transport: string | undefined;
}

/** What was measured of each stream of a session: the picture before the sound before the rest. */
export function measuresOf(record: SessionRecord, session: SessionEnd): StreamMeasures[] {
  const rank = ({ inspector: { name, described } }: StreamRecord): number => {
    const type = described?.mediaType ?? name;
    return type.startsWith("video") || type === "" ? 0 : type.startsWith("audio") ? 1 : 2;
  };
  return record.streams.toSorted((a, b) => rank(a) - rank(b))
    .map((stream) => measuresOfStream(stream, record, session));
}

function measuresOfStream(
  { inspector, stillness }: StreamRecord,
  { conclusion, playedAt }: SessionRecord,
  { end, transport }: SessionEnd,
): StreamMeasures {
  const { name, described, statistics, frames, damagedFrames, seen } = inspector;
  const { packets, lost, duplicated, reordered, bytes, activeMs, maxJitterMs } = statistics;
  const seconds = activeMs / 1000;
  const sent = packets - duplicated + lost;
  const { gap, freeze } = stillness.longest(end);
  const codec = inspector.format.encoding.toUpperCase() || seen?.codec.toUpperCase();
  const { firstPacketAt } = stillness;
  const count = (level: string): number => {
    return conclusion?.findings.filter((found) => found.level === level).length ?? 0;
  };
  const known: [keyof StreamMeasures["values"], number | string | undefined][] = [
    ["fps", seconds > 0 ? Math.max(0, frames - 1) / seconds : 0],
    ["frames", frames],
    ["damaged", damagedFrames],
    ["packets", packets],
    ["lost", lost],
    ["loss", sent === 0 ? 0 : 100 * lost / sent],
    ["duplicated", duplicated],
    ["reordered", reordered],
    ["jitter", maxJitterMs],
    ["gap", gap],
    ["freeze", freeze],
    ["duration", activeMs],
    ["bitrate", seconds > 0 ? 8 * bytes / seconds : 0],
    ["width", seen?.width],
    ["height", seen?.height],
    ["errors", count("error")],
    ["warnings", count("warning")],
    ["codec", codec],
    ["transport", transport],
    [
      "first",
      playedAt === undefined || firstPacketAt === undefined
        ? undefined
        : Math.max(0, firstPacketAt - playedAt),
    ],
  ];
  const values = Object.fromEntries(known.filter(([, value]) => value !== undefined));
  return { name: name || described?.name || "", values };
}
