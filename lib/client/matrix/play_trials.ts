import { MalformedError } from "../../bytes/malformed.ts";
import { parseRange, type Range } from "../../rtsp/headers/range.ts";
import { parseScale } from "../../rtsp/headers/scale.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { mediaWait } from "./media_trials.ts";
import type { Known, Trial, TrialOutcome } from "./row.ts";

/** Where playing shall begin, in seconds, and in the middle of shorter media. */
const START = 2;
/** How far from there a server may begin: at a key frame, some seconds before. */
const NEAR = 10;

/** Beginning elsewhere than at the beginning, in each unit of time that there is. */
export function rangeTrials({ transport, duration }: Known, wallTime: number): Trial[] {
  const start = duration === undefined ? START : Math.min(START, duration / 2);
  const whole = Math.floor(start);
  const today = new Date(wallTime).toISOString().replace(/[-:]|\.\d+/g, "");
  const asked: [name: string, value: string][] = [
    ["npt: from a time on", `npt=${start.toFixed(3)}-`],
    ["npt: from now on", "npt=now-"],
    ["clock: from a moment on", `clock=${today}-`],
    ["smpte: from a time on", `smpte=0:00:${String(whole).padStart(2, "0")}-`],
  ];
  return asked.map(([name, value]) => ({
    group: "range",
    name,
    shows: ["PLAY"],
    run: async (attempt) => {
      const session = await attempt.open(transport!);
      const reply = await session.play([["Range", value]]);
      const outcome = rangeGranted(value, reply.headers.get("Range"));
      return await session.arrived(1, mediaWait(attempt)) ? outcome : withoutMedia(outcome);
    },
  }));
}

/** Playing faster, more of it, and backwards. */
export function rateTrials({ transport, duration }: Known): Trial[] {
  const middle = duration === undefined ? START : duration / 2;
  const asked: [name: string, header: "Scale" | "Speed", headers: [string, string][]][] = [
    ["Scale: 2 (twice as fast)", "Scale", [["Range", "npt=0.000-"], ["Scale", "2.0"]]],
    ["Scale: -1 (backwards)", "Scale", [["Range", `npt=${middle.toFixed(3)}-0`], [
      "Scale",
      "-1.0",
    ]]],
    ["Speed: 2 (sent twice as fast)", "Speed", [["Range", "npt=0.000-"], ["Speed", "2.0"]]],
  ];
  return asked.map(([name, header, headers]) => ({
    group: "rate",
    name,
    shows: ["PLAY"],
    run: async (attempt) => {
      const session = await attempt.open(transport!);
      const reply = await session.play(headers);
      const wanted = parseScale(headers[1]![1]);
      const outcome = rateGranted(header, wanted, reply);
      return await session.arrived(1, mediaWait(attempt)) ? outcome : withoutMedia(outcome);
    },
  }));
}

function withoutMedia({ detail }: TrialOutcome): TrialOutcome {
  return { result: "no", detail: `${detail}, but no packet came` };
}

/** What the server made of a Range. @param value of the reply's Range */
export function rangeGranted(asked: string, value: string | undefined): TrialOutcome {
  if (value === undefined) {
    return { result: "partly", detail: "accepted without a Range: where it began is not told" };
  }
  const [wanted, granted] = [readRange(asked), readRange(value)];
  const detail = `begins at ${value}`;
  if (wanted?.unit !== granted?.unit) return { result: "partly", detail: `${detail} instead` };
  if (wanted?.unit !== "npt" || granted?.unit !== "npt") return { result: "yes", detail };
  if (wanted.start === "now") return { result: "yes", detail };
  if (typeof granted.start !== "number") return { result: "partly", detail: `${detail} instead` };
  const away = Math.abs(granted.start - Number(wanted.start));
  const isBeginning = granted.start === 0 && Number(wanted.start) > 0.5;
  return { result: away <= NEAR && !isBeginning ? "yes" : "partly", detail };
}

function readRange(value: string): Range | undefined {
  try {
    return parseRange(value);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return undefined;
  }
}

/** What the server made of a Scale or Speed: its answer counts, not the wish. */
export function rateGranted(
  header: "Scale" | "Speed",
  wanted: number,
  { headers }: Pick<RtspResponse, "headers">,
): TrialOutcome {
  const told = (["Scale", "Speed"] as const).flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  const value = Number(headers.get(header)?.trim());
  if (value === wanted) return { result: "yes", detail: told.join(", ") };
  if (told.length === 0) {
    return { result: "no", detail: `accepted, with no ${header} in the reply` };
  }
  const isIgnored = told.every((text) => Number(text.split(":")[1]) === 1);
  return { result: isIgnored ? "no" : "partly", detail: `${told.join(", ")} instead` };
}
