import { describedFormat } from "../codec/format.ts";
import { formatOf } from "./healthy_words.ts";
import type { StreamInspector } from "./stream_inspector.ts";

/** What is known of a stream beside its numbers of packets; what nobody knows is absent. */
export interface StreamSummary {
  /** `video`, `audio 2` …; absent where there is one stream. */
  name?: string;
  payloadType?: number;
  ssrc?: number;
  /** As in `a=rtpmap`. */
  encodingName?: string;
  /** As declared, in Hz. */
  clockRate: number;
  /** In plain words: `"H.264 High@4.0 1920x1080 25 fps"`. */
  format: string;
  codec?: string;
  profile?: string;
  level?: string;
  width?: number;
  height?: number;
  sampleRate?: number;
  channels?: number;
  /** Frames a second as described, by the parameter sets or by a=framerate. */
  describedFps?: number;
  /** Frames a second by the timestamps. */
  mediaFps?: number;
  keyFrames?: number;
  /** From key frame to key frame, on average. */
  keyFrameIntervalFrames?: number;
  keyFrameIntervalSeconds?: number;
  /** Ticks a second as they arrived. */
  measuredClockRate?: number;
  /** How far that is from the declared rate, and how much of it may be chance. */
  driftPpm?: number;
  driftErrorPpm?: number;
  senderReports: number;
  /** Ticks a second by the sender's own wall clock. */
  reportedClockRate?: number;
  /** The sender's wall clock less ours. */
  senderClockOffsetMs?: number;
  /** Media time of the last report less that of the packets then. */
  senderReportAheadMs?: number;
}

/** A stream's facts, as data. */
export function summaryOf(stream: StreamInspector): StreamSummary {
  const { name, format, described, seen, clock, units, reported } = stream;
  const known = format.encoding === "" ? undefined : { ...describedFormat(format), ...seen };
  const { payloadType, ssrc } = stream.lastPacket?.packet ?? {};
  const interval = units.keyFrameInterval;
  return withoutUnknown({
    name: name === "" ? undefined : name,
    payloadType,
    ssrc,
    encodingName: format.encoding === "" ? undefined : format.encoding,
    clockRate: format.clockRate,
    format: formatOf(stream),
    codec: known?.codec,
    profile: known?.profile,
    level: known?.level,
    width: known?.width,
    height: known?.height,
    sampleRate: known?.sampleRate,
    channels: known?.channels,
    describedFps: described?.frameRate ?? known?.frameRate,
    mediaFps: round(clock.mediaFps, 3),
    keyFrames: units.tellsKeyFrames ? units.keyFrames : undefined,
    keyFrameIntervalFrames: round(interval?.frames, 1),
    keyFrameIntervalSeconds: round(interval?.seconds, 2),
    measuredClockRate: round(clock.measuredRate, 0),
    driftPpm: round(clock.driftPpm, 0),
    driftErrorPpm: round(clock.driftErrorPpm, 0),
    senderReports: reported.reports,
    reportedClockRate: round(reported.rate, 0),
    senderClockOffsetMs: round(reported.offsetMs, 1),
    senderReportAheadMs: round(reported.aheadMs, 1),
  });
}

type WithUndefined<T> = { [K in keyof T]: T[K] | undefined };

function withoutUnknown(facts: WithUndefined<Required<StreamSummary>>): StreamSummary {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as unknown as StreamSummary;
}

function round(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10 ** digits) / 10 ** digits;
}
